// Metadata and instruction files, both from one input: the part behind the first zero byte is the instruction file.
// What was read has all that its format needs.
#include "envelope/s3ec.hpp"

#include <algorithm>
#include <cstdlib>

#include "envelope/rfc2047.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  envelope::decode_rfc2047(as_text(input));
  const auto zero = std::ranges::find(input, 0);
  const auto metadata = envelope::parse_metadata({input.begin(), zero});
  if (!metadata) {
    if (metadata.error().message.empty()) std::abort();
    return;
  }
  std::optional<Bytes> instruction;
  if (zero != input.end()) instruction.emplace(zero + 1, input.end());
  envelope::S3ecHeader header;
  if (const auto failure = envelope::read_s3ec(*metadata, instruction, header)) {
    if (failure->detail.empty()) std::abort();
    return;
  }
  if (header.format == envelope::Format::none || header.wrapped_key.empty() || header.cipher_name.empty()) std::abort();
  const bool v3 = header.format == envelope::Format::s3ec_v3;
  if (v3 != (header.commitment.size() == 28) || v3 != (header.message_id.size() == 28) || v3 == !header.iv.empty())
    std::abort();
}
