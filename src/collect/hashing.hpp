// SHA-256 of pieces that are at hand.
#pragma once

#include <string_view>

#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::collect {

Result<Sha256> hash_of(ByteView bytes, const crypto::Backend& backend);
// From where it stands to its end. Errors: io, and those of the backend.
Result<Sha256> hash_of_file(int descriptor, const crypto::Backend& backend);

}  // namespace trailseal::collect
