#include <botan/bigint.h>
#include <botan/ecdsa.h>
#include <botan/exceptn.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>

#include <string>
#include <utility>

#include "crypto/botan/botan.hpp"

namespace trailseal::crypto::botan {
namespace {

// A key is expensive to load and never changes afterwards; a Botan::PK_Verifier is cheap and holds the state of one
// check, so each check makes its own and no lock is needed.
class BotanRsaVerifier final : public RsaVerifier {
 public:
  BotanRsaVerifier(std::size_t signature_size, Botan::RSA_PublicKey key)
      : RsaVerifier(signature_size), key_(std::move(key)) {}

 private:
  Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const override {
    return guarded([&]() -> Result<SignatureCheck> {
      // "Raw": what it is given is the hash already.
      Botan::PK_Verifier verifier(key_, "PKCS1v15(Raw," + name_of(hash) + ")");
      const bool valid = verifier.verify_message(digest.data(), digest.size(), signature.data(), signature.size());
      return valid ? SignatureCheck::valid : SignatureCheck::invalid;
    });
  }

  Botan::RSA_PublicKey key_;
};

class BotanEcdsaVerifier final : public EcdsaVerifier {
 public:
  BotanEcdsaVerifier(Curve curve, Botan::ECDSA_PublicKey key) : EcdsaVerifier(curve), key_(std::move(key)) {}

 private:
  Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const override {
    return guarded([&]() -> Result<SignatureCheck> {
      Bytes both(r.begin(), r.end());  // IEEE 1363, which is what Botan expects unless told otherwise
      both.insert(both.end(), s.begin(), s.end());
      Botan::PK_Verifier verifier(key_, "Raw");
      const bool valid = verifier.verify_message(digest.data(), digest.size(), both.data(), both.size());
      return valid ? SignatureCheck::valid : SignatureCheck::invalid;
    });
  }

  Botan::ECDSA_PublicKey key_;
};

// The parameters of an EC key (RFC 5480 2.1.1): the DER of the curve's name, which is how both Botan 2 and 3 take it.
Bytes name_of(Curve curve) {
  if (curve == Curve::p256) return {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
  return {0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
}

}  // namespace

Result<std::unique_ptr<RsaVerifier>> make_rsa_verifier(const RsaPublicKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<RsaVerifier>> {
    const Botan::BigInt modulus(key.modulus().data(), key.modulus().size());
    const Botan::BigInt exponent(key.exponent().data(), key.exponent().size());
    return std::unique_ptr<RsaVerifier>(
        new BotanRsaVerifier(key.signature_size(), Botan::RSA_PublicKey(modulus, exponent)));
  });
}

Result<std::unique_ptr<EcdsaVerifier>> make_ecdsa_verifier(const EcPublicKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<EcdsaVerifier>> {
    const Botan::AlgorithmIdentifier algorithm(Botan::OID("1.2.840.10045.2.1"), name_of(key.curve()));
    const Bytes point(key.point().begin(), key.point().end());
    try {
      Botan::ECDSA_PublicKey loaded(algorithm, point);  // sees to it that the point lies on the curve
      return std::unique_ptr<EcdsaVerifier>(new BotanEcdsaVerifier(key.curve(), std::move(loaded)));
    } catch (const Botan::Exception&) {
      return Error{Errc::corrupt, "public key: the point is not on the curve"};
    }
  });
}

}  // namespace trailseal::crypto::botan
