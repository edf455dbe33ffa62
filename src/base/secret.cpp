#include "trailseal/secret.hpp"

#include <cstring>

namespace trailseal {
namespace {

// Which function this is the compiler must not know, or it leaves out a call whose result nobody reads.
void* (*const volatile overwrite)(void*, int, std::size_t) = std::memset;

}  // namespace

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // never allocates; what was behind the end is wiped too
  overwrite(text.data(), 0, text.size());
  text.clear();
}

void wipe(Bytes& bytes) noexcept {
  bytes.resize(bytes.capacity());
  if (!bytes.empty()) overwrite(bytes.data(), 0, bytes.size());
  bytes.clear();
}

bool equal_in_constant_time(ByteView a, ByteView b) noexcept {
  if (a.size() != b.size()) return false;
  std::uint8_t difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) difference = static_cast<std::uint8_t>(difference | (a[i] ^ b[i]));
  volatile std::uint8_t all_of_it = difference;
  return all_of_it == 0;
}

}  // namespace trailseal
