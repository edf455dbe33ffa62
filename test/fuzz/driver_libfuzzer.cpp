// libFuzzer's entry point. The library is instrumented by b_sanitize=address,undefined and -fsanitize=fuzzer-no-link.
#include <cstddef>
#include <cstdint>

#include "fuzz/fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz(trailseal::ByteView(data, size));
  return 0;
}
