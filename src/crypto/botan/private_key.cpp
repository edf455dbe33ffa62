#include <botan/bigint.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>
#include <botan/system_rng.h>

#include <algorithm>
#include <utility>

#include "crypto/botan/botan.hpp"

namespace trailseal::crypto::botan {
namespace {

// Botan blinds the private operation and checks the result. As with the verifier, each decryption has a decryptor of
// its own.
class BotanRsaDecrypter final : public RsaDecrypter {
 public:
  BotanRsaDecrypter(const Backend& backend, const RsaPublicKey& key, Botan::RSA_PrivateKey loaded)
      : RsaDecrypter(backend, key), key_(std::move(loaded)) {}

 private:
  Result<SecretBytes> do_raw(ByteView ciphertext) const override {
    return guarded([&]() -> Result<SecretBytes> {
      Botan::System_RNG random;  // for the blinding
      const Botan::PK_Decryptor_EME decryptor(key_, random, "Raw");
      const auto number = decryptor.decrypt(ciphertext.data(), ciphertext.size());  // without the zeros in front
      SecretBytes out(ciphertext.size());
      if (number.size() > out.size()) return Error{Errc::unsupported, "botan: decrypted more than there is"};
      std::ranges::copy(number, out.span().last(number.size()).begin());
      return out;
    });
  }

  Botan::RSA_PrivateKey key_;
};

Botan::BigInt number(ByteView bytes) { return {bytes.data(), bytes.size()}; }

}  // namespace

// The numbers are checked by RFC 8017 3.2, though not whether p and q are prime: that takes seconds, and a key that is
// wrong in that decrypts nothing.
Result<std::unique_ptr<RsaDecrypter>> make_rsa_decrypter(const Backend& backend, const RsaPrivateKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<RsaDecrypter>> {
    const Botan::BigInt n = number(key.public_key().modulus()), e = number(key.public_key().exponent());
    const Botan::BigInt d = number(key.part(RsaPrivateKey::private_exponent));
    const Botan::BigInt p = number(key.part(RsaPrivateKey::prime1)), q = number(key.part(RsaPrivateKey::prime2));
    const Botan::BigInt inverse = number(key.part(RsaPrivateKey::coefficient));
    const Botan::BigInt p1 = p - 1, q1 = q - 1;
    if (p * q != n || e * d % p1 != 1 || e * d % q1 != 1 || d % p1 != number(key.part(RsaPrivateKey::exponent1)) ||
        d % q1 != number(key.part(RsaPrivateKey::exponent2)) || inverse >= p || inverse * q % p != 1)
      return Error{Errc::corrupt, "private key: its numbers do not belong together"};
    return std::unique_ptr<RsaDecrypter>(
        new BotanRsaDecrypter(backend, key.public_key(), Botan::RSA_PrivateKey(p, q, e, d, n)));
  });
}

}  // namespace trailseal::crypto::botan
