// Files of keys: what is read has the size of a key, and no message repeats anything of the file.
#include <cstdlib>

#include "cli/envelope_keys.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  for (const SecretBytes& key : cli::parse_aes_key(input))
    if (key.size() != 16 && key.size() != 24 && key.size() != 32) std::abort();
  const auto der = cli::read_pem_private_key(as_text(input));
  if (der) {
    const auto key = crypto::RsaPrivateKey::from_der(der->view());
    if (!key && key.error().message.empty()) std::abort();
    return;
  }
  if (der.error().message.empty() || der.error().message.size() > 60) std::abort();
}
