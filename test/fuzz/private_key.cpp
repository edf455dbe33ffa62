// A private key that is read is written again, and its DER is read as the same key.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "trailseal/crypto.hpp"

void fuzz(trailseal::ByteView data) {
  using trailseal::crypto::RsaPrivateKey;
  const auto key = RsaPrivateKey::from_der(data);
  if (!key) return;
  const trailseal::SecretBytes der = key->pkcs1_der();
  const auto again = RsaPrivateKey::from_der(der.view());
  if (!again || !(again->pkcs1_der() == der)) std::abort();
}
