// A key that is read is written again as the same bytes, in one of its two encodings.
#include <algorithm>
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "trailseal/crypto.hpp"

void fuzz(trailseal::ByteView data) {
  const auto key = trailseal::crypto::RsaPublicKey::from_der(data);
  if (!key) return;
  if (!std::ranges::equal(key->pkcs1_der(), data) && !std::ranges::equal(key->spki_der(), data)) std::abort();
}
