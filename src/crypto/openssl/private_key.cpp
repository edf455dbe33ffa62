#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "crypto/openssl/openssl.hpp"

namespace trailseal::crypto::openssl {
namespace {

// EVP blinds the private operation and, after the shortcut by the two primes, checks the result.
class OpensslRsaDecrypter final : public RsaDecrypter {
 public:
  OpensslRsaDecrypter(const Backend& backend, const RsaPublicKey& key, Key loaded)
      : RsaDecrypter(backend, key), key_(std::move(loaded)) {}

 private:
  Result<SecretBytes> do_raw(ByteView ciphertext) const override {
    const KeyContext context{EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr)};
    SecretBytes out(ciphertext.size());
    std::size_t written = out.size();
    if (!context || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) != 1 ||
        EVP_PKEY_decrypt(context.get(), out.span().data(), &written, ciphertext.data(), ciphertext.size()) != 1 ||
        written != out.size())
      return failure("cannot decrypt with the private key");
    return out;
  }

  Key key_;
};

Number number(ByteView bytes) {
  Number out{BN_secure_new()};
  if (!out || BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), out.get()) == nullptr) return nullptr;
  BN_set_flags(out.get(), BN_FLG_CONSTTIME);
  return out;
}

// a * b = 1 mod m, which is above 1.
bool are_inverse(const Number& a, const Number& b, const Number& m, BN_CTX* context) {
  const Number product{BN_secure_new()};
  return product && BN_mod_mul(product.get(), a.get(), b.get(), m.get(), context) == 1 && BN_is_one(product.get());
}

// remainder = a mod m
bool is_remainder(const Number& remainder, const Number& a, const Number& m, BN_CTX* context) {
  const Number right{BN_secure_new()};
  return right && BN_mod(right.get(), a.get(), m.get(), context) == 1 && BN_cmp(remainder.get(), right.get()) == 0;
}

// RFC 8017 3.2. Not that p and q are prime: that takes seconds, and a key that is wrong in that decrypts nothing.
bool belong_together(const RsaPrivateKey& key) {
  const NumberContext context{BN_CTX_secure_new()};
  const Number n = number(key.public_key().modulus()), e = number(key.public_key().exponent());
  const Number d = number(key.part(RsaPrivateKey::private_exponent));
  const Number p = number(key.part(RsaPrivateKey::prime1)), q = number(key.part(RsaPrivateKey::prime2));
  const Number dp = number(key.part(RsaPrivateKey::exponent1)), dq = number(key.part(RsaPrivateKey::exponent2));
  const Number inverse = number(key.part(RsaPrivateKey::coefficient));
  const Number p1 = number(key.part(RsaPrivateKey::prime1)), q1 = number(key.part(RsaPrivateKey::prime2));
  const Number product{BN_secure_new()};
  if (!context || !n || !e || !d || !p || !q || !dp || !dq || !inverse || !p1 || !q1 || !product) return false;
  return BN_mul(product.get(), p.get(), q.get(), context.get()) == 1 && BN_cmp(product.get(), n.get()) == 0 &&
         BN_sub_word(p1.get(), 1) == 1 && BN_sub_word(q1.get(), 1) == 1 && are_inverse(d, e, p1, context.get()) &&
         are_inverse(d, e, q1, context.get()) && is_remainder(dp, d, p1, context.get()) &&
         is_remainder(dq, d, q1, context.get()) && are_inverse(inverse, q, p, context.get()) &&
         BN_cmp(inverse.get(), p.get()) < 0;
}

}  // namespace

Result<std::unique_ptr<RsaDecrypter>> make_rsa_decrypter(const Backend& backend, const RsaPrivateKey& key) {
  if (!belong_together(key)) {
    ERR_clear_error();
    return Error{Errc::corrupt, "private key: its numbers do not belong together"};
  }
  const SecretBytes der = key.pkcs1_der();
  const std::uint8_t* position = der.view().data();
  Key loaded{d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &position, static_cast<long>(der.size()))};
  if (!loaded) return failure("cannot load the private key");
  return std::unique_ptr<RsaDecrypter>(new OpensslRsaDecrypter(backend, key.public_key(), std::move(loaded)));
}

}  // namespace trailseal::crypto::openssl
