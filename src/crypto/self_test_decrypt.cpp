#include <string>

#include "base/hex.hpp"
#include "crypto/self_test.hpp"
#include "crypto/self_test_answers.hpp"

namespace trailseal::crypto {
namespace {

// The constants are ours, so they are hexadecimal.
Bytes hex(std::string_view text) { return base::from_hex(text).value_or(Bytes{}); }

template <class T>
bool does_not_open(const Result<T>& result) {
  return !result && result.error().code == Errc::authentication;
}

Result<void> test_aes(const Backend& backend) {
  const Bytes key = hex(answers::kAesKey), iv = hex(answers::kCbcIv);
  Bytes ciphertext = hex(answers::kCbc);
  TRY(const Bytes plaintext, backend.aes_cbc_decrypt(key, iv, ciphertext));
  TRY_VOID(expect(as_text(plaintext) == answers::kCbcPlaintext, "AES-CBC"));
  ciphertext[15] ^= 0x20;  // the last byte of the padding
  TRY_VOID(expect(does_not_open(backend.aes_cbc_decrypt(key, iv, ciphertext)), "AES-CBC refuses a wrong padding"));

  TRY(const SecretBytes block, backend.aes_ecb_decrypt(key, hex(answers::kEcb)));
  TRY_VOID(expect(block == hex(answers::kEcbPlaintext), "AES-ECB"));

  Bytes wrapped = hex(answers::kWrapped);
  TRY(const SecretBytes unwrapped, backend.aes_kw_open(hex(answers::kWrapKey), wrapped));
  TRY_VOID(expect(unwrapped == hex(answers::kUnwrapped), "AES key wrap"));
  wrapped[0] ^= 1;
  TRY_VOID(expect(does_not_open(backend.aes_kw_open(hex(answers::kWrapKey), wrapped)),
                  "AES key wrap refuses an altered key"));
  return {};
}

Result<void> test_rsa_decryption(const Backend& backend) {
  const Bytes der = hex(answers::kPrivateKey), data_key = hex(answers::kDataKey);
  TRY(const RsaPrivateKey key, RsaPrivateKey::from_der(der));
  TRY_VOID(expect(key.pkcs1_der() == der, "private key"));
  TRY(const std::unique_ptr<RsaDecrypter> decrypter, backend.rsa_decrypter(key));
  for (const answers::Oaep& row : answers::kOaep) {
    Bytes ciphertext = hex(row.ciphertext);
    TRY(const SecretBytes opened, decrypter->decrypt_oaep(row.hash, row.mgf1_hash, hex(row.label), ciphertext));
    TRY_VOID(expect(opened == data_key, "RSA-OAEP"));
    ciphertext.back() ^= 1;
    TRY_VOID(expect(does_not_open(decrypter->decrypt_oaep(row.hash, row.mgf1_hash, hex(row.label), ciphertext)),
                    "RSA-OAEP refuses an altered ciphertext"));
  }
  const Bytes ciphertext = hex(answers::kPkcs1);
  TRY(const SecretBytes opened, decrypter->decrypt_pkcs1(ciphertext, data_key.size()));
  TRY_VOID(expect(opened == data_key, "RSA decryption"));
  TRY_VOID(expect(does_not_open(decrypter->decrypt_pkcs1(ciphertext, data_key.size() - 1)),
                  "RSA decryption refuses another size"));
  return {};
}

Result<void> test_ecdsa(const Backend& backend) {
  for (const answers::Ecdsa& row : answers::kEcdsa) {
    TRY(Bytes digest, backend.hash(hash_of(row.curve), as_bytes("sample")));
    for (const std::string_view point : {row.compressed, row.uncompressed}) {
      TRY(const EcPublicKey key, EcPublicKey::from_point(row.curve, hex(point)));
      TRY(const std::unique_ptr<EcdsaVerifier> verifier, backend.ecdsa_verifier(key));
      TRY(const SignatureCheck genuine, verifier->verify(digest, hex(row.signature)));
      TRY_VOID(expect(genuine == SignatureCheck::valid, "ECDSA signature"));
      digest[0] ^= 1;
      TRY(const SignatureCheck other, verifier->verify(digest, hex(row.signature)));
      TRY_VOID(expect(other == SignatureCheck::invalid, "ECDSA refuses the signature of something else"));
      digest[0] ^= 1;
    }
  }
  return {};
}

}  // namespace

Result<void> self_test_decryption(const Backend& backend) {
  TRY_VOID(test_aes(backend));
  TRY_VOID(test_rsa_decryption(backend));
  TRY_VOID(test_ecdsa(backend));
  return {};
}

}  // namespace trailseal::crypto
