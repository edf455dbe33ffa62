// Backend OpenSSL 3, through EVP only.
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_it(object);
  }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Kdf = std::unique_ptr<EVP_KDF, Free<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Free<EVP_KDF_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;

constexpr const char* kNames[] = {"MD5", "SHA256", "SHA384", "SHA512"};  // in the order of Hash

const char* name_of(Hash hash) { return kNames[static_cast<std::size_t>(hash)]; }

// Fetching costs more than a short hash, so each algorithm is fetched once. One that this library does not provide
// (MD5 under FIPS) is null.
struct Algorithms {
  std::array<Digest, 4> digests;
  Mac hmac{EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr)};
  Kdf hkdf{EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_HKDF, nullptr)};
  Cipher aes_128_gcm{EVP_CIPHER_fetch(nullptr, "AES-128-GCM", nullptr)};
  Cipher aes_192_gcm{EVP_CIPHER_fetch(nullptr, "AES-192-GCM", nullptr)};
  Cipher aes_256_gcm{EVP_CIPHER_fetch(nullptr, "AES-256-GCM", nullptr)};

  Algorithms() {
    for (std::size_t i = 0; i < digests.size(); ++i) digests[i].reset(EVP_MD_fetch(nullptr, kNames[i], nullptr));
    ERR_clear_error();
  }
};

const Algorithms& algorithms() {
  static const Algorithms all;
  return all;
}

const EVP_MD* digest_of(Hash hash) { return algorithms().digests[static_cast<std::size_t>(hash)].get(); }

// "Could not", in OpenSSL's words; empties this thread's queue of errors.
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

// Never null: OpenSSL takes a null pointer for "not given", which is not the same as empty.
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
    const int answer = EVP_PKEY_verify(context.get(), signature.data(), signature.size(), digest.data(), digest.size());
    if (answer < 0) return failure("cannot check a signature");
    ERR_clear_error();
    return answer == 1 ? SignatureCheck::valid : SignatureCheck::invalid;
  }

  Key key_;
};

// EVP_DecryptUpdate counts in int.
constexpr std::size_t kMaxPiece = std::size_t{1} << 30;

// Authenticates (out == nullptr) or decrypts all of `data`.
bool decrypt_update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView data) {
  while (!data.empty()) {
    const ByteView piece = data.first(std::min(data.size(), kMaxPiece));
    int written = 0;
    if (EVP_DecryptUpdate(context, out, &written, piece.data(), static_cast<int>(piece.size())) != 1) return false;
    if (out != nullptr) out += written;
    data = data.subspan(piece.size());
  }
  return true;
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
    const Bytes der = key.spki_der();
    const std::uint8_t* position = der.data();
    Key loaded{d2i_PUBKEY(nullptr, &position, static_cast<long>(der.size()))};
    if (!loaded) return failure("cannot load the public key");
    return std::unique_ptr<RsaVerifier>(new OpensslRsaVerifier(key.signature_size(), std::move(loaded)));
  }

  Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const override {
    const MacContext context{EVP_MAC_CTX_new(algorithms().hmac.get())};
    const OSSL_PARAM parameters[] = {text(OSSL_MAC_PARAM_DIGEST, name_of(hash)), OSSL_PARAM_construct_end()};
    Bytes out(size_of(hash));
    std::size_t written = 0;
    if (!context || EVP_MAC_init(context.get(), data_of(key), key.size(), parameters) != 1 ||
        EVP_MAC_update(context.get(), data_of(data), data.size()) != 1 ||
        EVP_MAC_final(context.get(), out.data(), &written, out.size()) != 1)
      return failure("cannot compute an HMAC");
    return out;
  }

  // Extract is an HMAC (RFC 5869 2.2) and done as one: EVP_KDF refuses an empty key, which HKDF allows.
  Result<Bytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const override {
    TRY(const Bytes extracted, do_hmac(hash, salt, key));
    const KdfContext context{EVP_KDF_CTX_new(algorithms().hkdf.get())};
    int mode = EVP_KDF_HKDF_MODE_EXPAND_ONLY;
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
                                     text(OSSL_KDF_PARAM_DIGEST, name_of(hash)), octets(OSSL_KDF_PARAM_KEY, extracted),
                                     octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
    Bytes out(length);
    if (!context || EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) != 1)
      return failure("cannot derive a key");
    return out;
  }

  Result<Bytes> do_aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                ByteView tag) const override {
    const Algorithms& all = algorithms();
    const Cipher& cipher = key.size() == 16 ? all.aes_128_gcm : key.size() == 24 ? all.aes_192_gcm : all.aes_256_gcm;
    const CipherContext context{EVP_CIPHER_CTX_new()};
    const OSSL_PARAM expected[] = {octets(OSSL_CIPHER_PARAM_AEAD_TAG, tag), OSSL_PARAM_construct_end()};
    Bytes out(ciphertext.size());
    if (!context || EVP_DecryptInit_ex2(context.get(), cipher.get(), key.data(), nonce.data(), nullptr) != 1 ||
        !decrypt_update(context.get(), nullptr, aad) || !decrypt_update(context.get(), out.data(), ciphertext) ||
        EVP_CIPHER_CTX_set_params(context.get(), expected) != 1)
      return failure("cannot decrypt");
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> rest{};
    int written = 0;
    if (EVP_DecryptFinal_ex(context.get(), rest.data(), &written) != 1) {
      ERR_clear_error();
      return Error{Errc::authentication, "the tag does not match"};
    }
    return out;
  }
};

}  // namespace

const Backend& openssl_backend();
const Backend& openssl_backend() {
  static const Openssl backend;
  return backend;
}

}  // namespace trailseal::crypto
