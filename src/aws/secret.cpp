#include "aws/secret.hpp"

namespace trailseal::aws {
namespace {

void overwrite(void* start, std::size_t size) noexcept {
  volatile unsigned char* byte = static_cast<unsigned char*>(start);
  while (size-- > 0) *byte++ = 0;
}

}  // namespace

void wipe(std::string& text) noexcept {
  text.resize(text.capacity());  // never allocates; what was behind the end is wiped too
  overwrite(text.data(), text.size());
  text.clear();
}

void wipe(Bytes& bytes) noexcept {
  bytes.resize(bytes.capacity());
  overwrite(bytes.data(), bytes.size());
  bytes.clear();
}

}  // namespace trailseal::aws
