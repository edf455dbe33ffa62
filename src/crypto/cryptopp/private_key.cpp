#include <cryptopp/integer.h>
#include <cryptopp/osrng.h>
#include <cryptopp/rsa.h>

#include <utility>

#include "crypto/cryptopp/cryptopp.hpp"

namespace trailseal::crypto::cryptopp {
namespace {

// Crypto++ blinds the private operation and checks the result; all of a computation's state is its own.
class CryptoppRsaDecrypter final : public RsaDecrypter {
 public:
  CryptoppRsaDecrypter(const Backend& backend, const RsaPublicKey& key, const CryptoPP::InvertibleRSAFunction& loaded)
      : RsaDecrypter(backend, key), key_(loaded) {}

 private:
  Result<SecretBytes> do_raw(ByteView ciphertext) const override {
    return guarded([&]() -> Result<SecretBytes> {
      CryptoPP::AutoSeededRandomPool random;  // for the blinding
      const CryptoPP::Integer opened =
          key_.CalculateInverse(random, CryptoPP::Integer(ciphertext.data(), ciphertext.size()));
      SecretBytes out(ciphertext.size());
      opened.Encode(out.span().data(), out.size());
      return out;
    });
  }

  CryptoPP::InvertibleRSAFunction key_;
};

CryptoPP::Integer number(ByteView bytes) { return CryptoPP::Integer(bytes.data(), bytes.size()); }

}  // namespace

Result<std::unique_ptr<RsaDecrypter>> make_rsa_decrypter(const Backend& backend, const RsaPrivateKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<RsaDecrypter>> {
    CryptoPP::InvertibleRSAFunction loaded;
    loaded.Initialize(number(key.public_key().modulus()), number(key.public_key().exponent()),
                      number(key.part(RsaPrivateKey::private_exponent)), number(key.part(RsaPrivateKey::prime1)),
                      number(key.part(RsaPrivateKey::prime2)), number(key.part(RsaPrivateKey::exponent1)),
                      number(key.part(RsaPrivateKey::exponent2)), number(key.part(RsaPrivateKey::coefficient)));
    // RFC 8017 3.2. Level 2 would ask whether p and q are prime: that takes seconds, and a key that is wrong in that
    // decrypts nothing.
    constexpr unsigned int kNumbersBelongTogether = 1;
    CryptoPP::AutoSeededRandomPool random;
    if (!loaded.Validate(random, kNumbersBelongTogether))
      return Error{Errc::corrupt, "private key: its numbers do not belong together"};
    return std::unique_ptr<RsaDecrypter>(new CryptoppRsaDecrypter(backend, key.public_key(), loaded));
  });
}

}  // namespace trailseal::crypto::cryptopp
