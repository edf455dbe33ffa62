#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/openssl/openssl.hpp"

namespace trailseal::crypto {
namespace openssl {
namespace {

constexpr const char* kNames[] = {"MD5", "SHA1", "SHA256", "SHA384", "SHA512"};  // in the order of Hash
constexpr const char* kModes[] = {"GCM", "CBC", "WRAP"};                         // in the order of CipherMode

Algorithms fetch_algorithms() {
  Algorithms all;
  for (std::size_t i = 0; i < all.digests.size(); ++i) all.digests[i].reset(EVP_MD_fetch(nullptr, kNames[i], nullptr));
  for (std::size_t mode = 0; mode < all.ciphers.size(); ++mode) {
    for (std::size_t size = 0; size < all.ciphers[mode].size(); ++size) {
      const std::string name = "AES-" + std::to_string(128 + 64 * size) + "-" + kModes[mode];
      all.ciphers[mode][size].reset(EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr));
    }
  }
  all.hmac.reset(EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr));
  all.hkdf.reset(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr));
  ERR_clear_error();
  return all;
}

class OpensslHasher final : public Hasher {
 public:
  OpensslHasher(Hash hash, DigestContext context)
      : Hasher(hash), digest_(digest_of(hash)), context_(std::move(context)) {
    start();
  }

 private:
  void start() { good_ = EVP_DigestInit_ex2(context_.get(), digest_, nullptr) == 1; }
  void do_update(ByteView data) override {
    good_ = good_ && EVP_DigestUpdate(context_.get(), data.data(), data.size()) == 1;
  }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    const bool good = good_ && EVP_DigestFinal_ex(context_.get(), out.data(), nullptr) == 1;
    start();
    if (!good) return failure("cannot hash");
    return {};
  }

  const EVP_MD* digest_;
  DigestContext context_;
  bool good_ = false;
};

Result<void> compute_hmac(Hash hash, ByteView key, ByteView data, std::span<std::uint8_t> out) {
  const MacContext context{EVP_MAC_CTX_new(algorithms().hmac.get())};
  const OSSL_PARAM parameters[] = {text(OSSL_MAC_PARAM_DIGEST, name_of(hash)), OSSL_PARAM_construct_end()};
  std::size_t written = 0;
  if (!context || EVP_MAC_init(context.get(), data_of(key), key.size(), parameters) != 1 ||
      EVP_MAC_update(context.get(), data_of(data), data.size()) != 1 ||
      EVP_MAC_final(context.get(), out.data(), &written, out.size()) != 1)
    return failure("cannot compute an HMAC");
  return {};
}

class Openssl final : public Backend {
 public:
  std::string_view name() const noexcept override { return "openssl"; }
  std::string version() const override { return OpenSSL_version(OPENSSL_VERSION); }

 private:
  Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const override {
    DigestContext context{EVP_MD_CTX_new()};
    if (digest_of(hash) == nullptr || !context) return failure("does not provide this hash");
    return std::unique_ptr<Hasher>(new OpensslHasher(hash, std::move(context)));
  }

  Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const override {
    return make_rsa_verifier(key);
  }
  Result<std::unique_ptr<RsaDecrypter>> do_rsa_decrypter(const RsaPrivateKey& key) const override {
    return make_rsa_decrypter(*this, key);
  }
  Result<std::unique_ptr<EcdsaVerifier>> do_ecdsa_verifier(const EcPublicKey& key) const override {
    return make_ecdsa_verifier(key);
  }

  Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const override {
    Bytes out(size_of(hash));
    TRY_VOID(compute_hmac(hash, key, data, out));
    return out;
  }

  // Extract is an HMAC (RFC 5869 2.2) and done as one: EVP_KDF refuses an empty key, which HKDF allows.
  Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                              std::size_t length) const override {
    SecretBytes extracted(size_of(hash)), out(length);
    TRY_VOID(compute_hmac(hash, salt, key, extracted.span()));
    const KdfContext context{EVP_KDF_CTX_new(algorithms().hkdf.get())};
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode), text(OSSL_KDF_PARAM_DIGEST, name_of(hash)),
        octets(OSSL_KDF_PARAM_KEY, extracted.view()), octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    if (!context || EVP_KDF_derive(context.get(), out.span().data(), out.size(), parameters) != 1)
      return failure("cannot derive a key");
    return out;
  }

  Result<std::unique_ptr<AesGcmOpener>> do_aes_gcm_opener(ByteView key) const override {
    return make_aes_gcm_opener(key);
  }
  Result<std::unique_ptr<AesCbcDecrypter>> do_aes_cbc_decrypter(ByteView key, ByteView iv) const override {
    return make_aes_cbc_decrypter(key, iv);
  }
  Result<SecretBytes> do_aes_kw_open(ByteView key, ByteView wrapped) const override {
    return open_aes_kw(key, wrapped);
  }
};

}  // namespace

const Algorithms& algorithms() {
  static const Algorithms all = fetch_algorithms();
  return all;
}

const char* name_of(Hash hash) { return kNames[static_cast<std::size_t>(hash)]; }

const EVP_MD* digest_of(Hash hash) { return algorithms().digests[static_cast<std::size_t>(hash)].get(); }

const EVP_CIPHER* aes_of(CipherMode mode, ByteView key) {
  return algorithms().ciphers[static_cast<std::size_t>(mode)][key.size() / 8 - 2].get();
}

Error failure(const char* doing) {
  std::string message = std::string("openssl: ") + doing;
  if (const unsigned long code = ERR_get_error(); code != 0) {
    std::array<char, 256> text{};
    ERR_error_string_n(code, text.data(), text.size());
    message += std::string(": ") + text.data();
  }
  ERR_clear_error();
  return Error{Errc::unsupported, std::move(message)};
}

const std::uint8_t* data_of(ByteView bytes) {
  static constexpr std::uint8_t kNothing = 0;
  return bytes.empty() ? &kNothing : bytes.data();
}

OSSL_PARAM octets(const char* name, ByteView bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(data_of(bytes)), bytes.size());
}

OSSL_PARAM text(const char* name, const char* value) {
  return OSSL_PARAM_construct_utf8_string(name, const_cast<char*>(value), 0);
}

}  // namespace openssl

const Backend& openssl_backend();
const Backend& openssl_backend() {
  static const openssl::Openssl backend;
  return backend;
}

}  // namespace trailseal::crypto
