// The checks and the padding before and behind every backend's RSA private operation.
#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/padding.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {

// A ciphertext that RSADP refuses (RFC 8017 5.1.2 step 1) is no more wrong than another: sizes and ranges are public.
Result<SecretBytes> RsaDecrypter::encoded_message(ByteView ciphertext) const {
  if (ciphertext.size() != key_.modulus().size() || !std::ranges::lexicographical_compare(ciphertext, key_.modulus()))
    return does_not_decrypt();
  return do_raw(ciphertext);
}

Result<SecretBytes> RsaDecrypter::decrypt_oaep(Hash hash, Hash mgf1_hash, ByteView label, ByteView ciphertext) const {
  if (hash == Hash::md5 || mgf1_hash == Hash::md5)
    return Error{Errc::invalid_argument, "md5 serves only as a fingerprint"};
  TRY(const SecretBytes encoded, encoded_message(ciphertext));
  TRY(std::optional<SecretBytes> message, without_oaep(backend_, hash, mgf1_hash, label, encoded.view()));
  if (!message) return does_not_decrypt();
  return std::move(*message);
}

Result<SecretBytes> RsaDecrypter::decrypt_pkcs1(ByteView ciphertext, std::size_t size) const {
  TRY(const SecretBytes encoded, encoded_message(ciphertext));
  std::optional<SecretBytes> message = without_pkcs1(encoded.view(), size);
  if (!message) return does_not_decrypt();
  return std::move(*message);
}

}  // namespace trailseal::crypto
