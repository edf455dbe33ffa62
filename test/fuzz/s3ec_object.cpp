// Whole objects of the S3 Encryption Client under the key of the seeds: metadata up to the first zero byte, and behind
// it the content. Every seed holds "CloudTrail", so nothing else may ever authenticate; what has no integrity never
// does; and without a key nothing does.
#include <algorithm>
#include <cstdlib>

#include "base/hex.hpp"
#include "fuzz/fuzz.hpp"
#include "trailseal/envelope.hpp"

using namespace trailseal;
using envelope::Verdict;

namespace {

envelope::Opened open(const envelope::Metadata& metadata, ByteView content, const envelope::Keyring& keys) {
  envelope::Envelope object;
  object.metadata = metadata;
  object.body = envelope::source_of(content);
  envelope::Policy policy;
  policy.allow_legacy = true;
  return envelope::open(object, keys, policy, *crypto::backends().front());
}

}  // namespace

void fuzz(ByteView input) {
  const auto zero = std::ranges::find(input, 0);
  const auto metadata = envelope::parse_metadata({input.begin(), zero});
  if (!metadata || zero == input.end()) return;
  const ByteView content(zero + 1, input.end());
  envelope::Keyring keys;
  Bytes material(32);
  for (std::size_t i = 0; i < material.size(); ++i) material[i] = static_cast<std::uint8_t>(i);
  keys.aes.push_back({"", "", SecretBytes(std::move(material))});
  const auto opened = open(*metadata, content, keys);
  const bool sound = opened.verdict == Verdict::authenticated;
  if ((sound || opened.verdict == Verdict::unauthenticated_mode) != opened.plaintext_hash.has_value()) std::abort();
  if (sound != opened.detail.empty() || (sound && opened.suite == 0x0070)) std::abort();
  if (sound &&
      base::to_hex(*opened.plaintext_hash) != "524552aab5b6aabc1759b7d333cef73bfea308c0e7b9f17e0b054ed4e2a76e63")
    std::abort();
  if (open(*metadata, content, {}).verdict == Verdict::authenticated) std::abort();
}
