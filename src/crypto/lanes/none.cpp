// A machine for which there is no kernel.
#include "crypto/lanes/lanes.hpp"

namespace trailseal::crypto {

bool has_lanes() noexcept { return false; }

void hash_in_lanes(std::span<const ByteView>, std::span<Sha256>) noexcept {}

}  // namespace trailseal::crypto
