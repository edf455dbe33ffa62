#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "crypto/der.hpp"
#include "crypto/openssl/openssl.hpp"

namespace trailseal::crypto::openssl {
namespace {

Result<SignatureCheck> answer_of(int answer) {
  if (answer < 0) return failure("cannot check a signature");
  ERR_clear_error();
  return answer == 1 ? SignatureCheck::valid : SignatureCheck::invalid;
}

// Did the check come upon the point at infinity? The signature is wrong then (FIPS 186-5 6.4.2), but OpenSSL says that
// it could not check it. Empties the queue of errors in that case.
bool met_infinity() {
  const unsigned long first = ERR_peek_error();
  const bool met = ERR_GET_LIB(first) == ERR_LIB_EC && ERR_GET_REASON(first) == EC_R_POINT_AT_INFINITY;
  if (met) ERR_clear_error();
  return met;
}

// One EVP_PKEY serves all threads (OpenSSL locks what it caches in it); each check has a context of its own.
class OpensslRsaVerifier final : public RsaVerifier {
 public:
  OpensslRsaVerifier(std::size_t signature_size, Key key) : RsaVerifier(signature_size), key_(std::move(key)) {}

 private:
  Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const override {
    const KeyContext context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    if (!context || EVP_PKEY_verify_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context.get(), digest_of(hash)) != 1)
      return failure("cannot check a signature");
    return answer_of(EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size()));
  }

  Key key_;
};

class OpensslEcdsaVerifier final : public EcdsaVerifier {
 public:
  OpensslEcdsaVerifier(Curve curve, Key key) : EcdsaVerifier(curve), key_(std::move(key)) {}

 private:
  Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const override {
    Bytes numbers, signature;
    append_positive(numbers, without_zeros(r));
    append_positive(numbers, without_zeros(s));
    append_element(signature, DerTag::sequence, numbers);
    const KeyContext context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    if (!context || EVP_PKEY_verify_init(context.get()) != 1) return failure("cannot check a signature");
    ERR_clear_error();
    const int answer = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size());
    if (answer < 0 && met_infinity()) return SignatureCheck::invalid;
    return answer_of(answer);
  }

  Key key_;
};

}  // namespace

Result<std::unique_ptr<RsaVerifier>> make_rsa_verifier(const RsaPublicKey& key) {
  const Bytes der = key.spki_der();
  const std::uint8_t* position = der.data();
  Key loaded{d2i_PUBKEY(nullptr, &position, static_cast<long>(der.size()))};
  if (!loaded) return failure("cannot load the public key");
  return std::unique_ptr<RsaVerifier>(new OpensslRsaVerifier(key.signature_size(), std::move(loaded)));
}

Result<std::unique_ptr<EcdsaVerifier>> make_ecdsa_verifier(const EcPublicKey& key) {
  const OSSL_PARAM parameters[] = {text(OSSL_PKEY_PARAM_GROUP_NAME, key.curve() == Curve::p256 ? "P-256" : "P-384"),
                                   octets(OSSL_PKEY_PARAM_PUB_KEY, key.point()), OSSL_PARAM_construct_end()};
  const KeyContext loader{EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr)};
  if (!loader || EVP_PKEY_fromdata_init(loader.get()) != 1) return failure("cannot load the public key");
  EVP_PKEY* raw = nullptr;
  const bool loads =
      EVP_PKEY_fromdata(loader.get(), &raw, EVP_PKEY_PUBLIC_KEY, const_cast<OSSL_PARAM*>(parameters)) == 1;
  Key loaded{raw};
  const KeyContext checker{loads ? EVP_PKEY_CTX_new_from_pkey(nullptr, loaded.get(), nullptr) : nullptr};
  if (!loads || !checker || EVP_PKEY_public_check(checker.get()) != 1) {
    ERR_clear_error();
    return Error{Errc::corrupt, "public key: the point is not on the curve"};
  }
  return std::unique_ptr<EcdsaVerifier>(new OpensslEcdsaVerifier(key.curve(), std::move(loaded)));
}

}  // namespace trailseal::crypto::openssl
