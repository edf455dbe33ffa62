// Crypto++ verifies signatures of messages, not of hashes, so a signature is checked as the standards say it.
//
// RSA (RFC 8017 8.2.2): raise it to the public exponent and compare all of the result with the one encoded message that
// is right (9.2). Comparing whole blocks instead of parsing one leaves no room for padding tricks.
#include <cryptopp/config.h>
#include <cryptopp/eccrypto.h>
#include <cryptopp/ecp.h>
#include <cryptopp/gfpcrypt.h>
#include <cryptopp/integer.h>
#include <cryptopp/modarith.h>
#include <cryptopp/oids.h>
#include <cryptopp/pkcspad.h>

#include <utility>

#include "crypto/cryptopp/cryptopp.hpp"

namespace trailseal::crypto::cryptopp {
namespace {

// EMSA-PKCS1-v1_5 (RFC 8017 9.2): 00 01 FF...FF 00 DigestInfo. The smallest key leaves room for the largest hash.
template <class Function>
Bytes encoded_message(ByteView digest, std::size_t size) {
  using Prefix = CryptoPP::PKCS_DigestDecoration<Function>;
  Bytes out = {0x00, 0x01};
  out.resize(size - 1 - Prefix::length - digest.size(), 0xff);
  out.push_back(0x00);
  out.insert(out.end(), Prefix::decoration, Prefix::decoration + Prefix::length);
  out.insert(out.end(), digest.begin(), digest.end());
  return out;
}

// Constant after construction; each check has its own integers.
class CryptoppRsaVerifier final : public RsaVerifier {
 public:
  explicit CryptoppRsaVerifier(const RsaPublicKey& key)
      : RsaVerifier(key.signature_size()),
        modulus_(key.modulus().data(), key.modulus().size()),
        exponent_(key.exponent().data(), key.exponent().size()) {}

 private:
  Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const override {
    return guarded([&] {
      return with_sha2(hash, [&]<class Function>() -> Result<SignatureCheck> {
        const CryptoPP::Integer number(signature.data(), signature.size());
        if (number >= modulus_) return SignatureCheck::invalid;
        const CryptoPP::MontgomeryRepresentation field(modulus_);  // holds the state of one computation
        const CryptoPP::Integer opened = field.ConvertOut(field.Exponentiate(field.ConvertIn(number), exponent_));
        Bytes message(signature.size());
        opened.Encode(message.data(), message.size());
        return message == encoded_message<Function>(digest, message.size()) ? SignatureCheck::valid
                                                                            : SignatureCheck::invalid;
      });
    });
  }

  CryptoPP::Integer modulus_, exponent_;
};

using Parameters = CryptoPP::DL_GroupParameters_EC<CryptoPP::ECP>;

// Crypto++'s arithmetic keeps its last result inside the curve, so no two checks may share one.
Parameters parameters_of(Curve curve) {
  return Parameters(curve == Curve::p256 ? CryptoPP::ASN1::secp256r1() : CryptoPP::ASN1::secp384r1());
}

class CryptoppEcdsaVerifier final : public EcdsaVerifier {
 public:
  CryptoppEcdsaVerifier(Curve curve, CryptoPP::ECPPoint point)
      : EcdsaVerifier(curve), curve_(curve), point_(std::move(point)) {}

 private:
  Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const override {
    return guarded([&]() -> Result<SignatureCheck> {
      const Parameters parameters = parameters_of(curve_);
      CryptoPP::DL_PublicKey_EC<CryptoPP::ECP> key;
      key.Initialize(parameters, point_);
      const CryptoPP::DL_Algorithm_GDSA<CryptoPP::ECPPoint> algorithm;
      // The hash is as long as the order: nothing to cut off (FIPS 186-4 6.4).
      const bool valid = algorithm.Verify(parameters, key, CryptoPP::Integer(digest.data(), digest.size()),
                                          CryptoPP::Integer(r.data(), r.size()), CryptoPP::Integer(s.data(), s.size()));
      return valid ? SignatureCheck::valid : SignatureCheck::invalid;
    });
  }

  Curve curve_;
  CryptoPP::ECPPoint point_;
};

}  // namespace

Result<std::unique_ptr<RsaVerifier>> make_rsa_verifier(const RsaPublicKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<RsaVerifier>> {
    return std::unique_ptr<RsaVerifier>(new CryptoppRsaVerifier(key));
  });
}

Result<std::unique_ptr<EcdsaVerifier>> make_ecdsa_verifier(const EcPublicKey& key) {
  return guarded([&]() -> Result<std::unique_ptr<EcdsaVerifier>> {
    const Parameters parameters = parameters_of(key.curve());
    CryptoPP::ECPPoint point;
    if (!parameters.GetCurve().DecodePoint(point, key.point().data(), key.point().size()) || point.identity ||
        !parameters.GetCurve().VerifyPoint(point))
      return Error{Errc::corrupt, "public key: the point is not on the curve"};
    return std::unique_ptr<EcdsaVerifier>(new CryptoppEcdsaVerifier(key.curve(), std::move(point)));
  });
}

}  // namespace trailseal::crypto::cryptopp
