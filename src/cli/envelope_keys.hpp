// --key of trailseal envelope, --envelope-keys of trailseal verify: which key, and the file that holds it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::cli {

// The flag that names the keys, for messages; and whether a data key may be given.
struct KeyFlag {
  std::string_view name;
  bool takes_data_key;
};

// Reads aes:NAMESPACE:NAME=FILE, rsa:NAMESPACE:NAME=FILE and data:FILE into the ring. AES and data keys are raw bytes,
// hexadecimal or base64; RSA keys are PEM or DER, PKCS#1 or PKCS#8. `warnings` are for the user. No message holds
// anything of a key.
std::optional<UsageError> load_envelope_keys(const KeyFlag& flag, const std::vector<std::string>& values,
                                             const crypto::Backend& backend, envelope::Keyring& keys,
                                             std::vector<std::string>& warnings);

// FILE of such a value; empty: it is none.
std::string envelope_key_path(const std::string& value);

// What the content of a file may mean as an AES key: raw bytes may also read as hexadecimal, and that as base64. Each
// reading has another size. Empty: none.
std::vector<SecretBytes> parse_aes_key(ByteView content);

// The DER of the one private key in a PEM text, or why there is none.
Result<SecretBytes> read_pem_private_key(std::string_view text);

}  // namespace trailseal::cli
