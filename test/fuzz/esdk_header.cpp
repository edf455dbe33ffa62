// A header that was read is whole, within its limits and made of the bytes that were taken.
#include "envelope/esdk_header.hpp"

#include <algorithm>
#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  std::size_t at = 0;
  const envelope::Source source = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
    const std::size_t size = std::min({out.size(), input.size() - at, std::size_t{7}});
    std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
    at += size;
    return size;
  };
  const auto hasher = crypto::backends().front()->hasher(crypto::Hash::sha256);
  envelope::Input reader(source, **hasher);
  envelope::EsdkHeader header;
  constexpr std::size_t kMost = 4;
  if (const auto failure = envelope::read_header(reader, kMost, header)) {
    if (failure->detail.empty() || failure->verdict == envelope::Verdict::error) std::abort();
    return;
  }
  if (header.suite == nullptr || header.edks.empty() || header.edks.size() > kMost) std::abort();
  if (header.raw.size() != reader.taken() || !std::ranges::equal(header.raw, input.first(header.raw.size())))
    std::abort();
  if (header.framed != (header.frame_length > 0) || header.tag.size() != 16) std::abort();
}
