// Whole messages under the key of the seeds. Every seed holds "CloudTrail", so nothing else may ever authenticate; and
// without a key nothing authenticates at all.
#include <cstdlib>

#include "base/hex.hpp"
#include "fuzz/fuzz.hpp"
#include "trailseal/envelope.hpp"

using namespace trailseal;

namespace {

envelope::Opened open(ByteView input, const envelope::Keyring& keys) {
  envelope::Envelope sealed;
  sealed.body = envelope::source_of(input);
  return envelope::open(sealed, keys, {}, *crypto::backends().front());
}

}  // namespace

void fuzz(ByteView input) {
  envelope::Keyring keys;
  Bytes material(32);
  for (std::size_t i = 0; i < material.size(); ++i) material[i] = static_cast<std::uint8_t>(i);
  keys.aes.push_back({"archive", "k1", SecretBytes(std::move(material))});
  const auto opened = open(input, keys);
  const bool sound = opened.verdict == envelope::Verdict::authenticated;
  if (sound != opened.plaintext_hash.has_value() || sound != opened.detail.empty()) std::abort();
  if (sound &&
      base::to_hex(*opened.plaintext_hash) != "524552aab5b6aabc1759b7d333cef73bfea308c0e7b9f17e0b054ed4e2a76e63")
    std::abort();
  if (open(input, {}).verdict == envelope::Verdict::authenticated) std::abort();
}
