#include <botan/hash.h>
#include <botan/kdf.h>
#include <botan/mac.h>
#include <botan/version.h>

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/botan/botan.hpp"

namespace trailseal::crypto {
namespace botan {
namespace {

class BotanHasher final : public Hasher {
 public:
  BotanHasher(Hash hash, std::unique_ptr<Botan::HashFunction> function)
      : Hasher(hash), function_(std::move(function)) {}

 private:
  void do_update(ByteView data) override {
    if (!trouble_) return;
    trouble_ = guarded([&]() -> Result<void> {
      function_->update(data.data(), data.size());
      return {};
    });
  }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    Result<void> result = guarded([&]() -> Result<void> {
      function_->final(out.data());
      return {};
    });
    Result<void> trouble = std::exchange(trouble_, Result<void>{});
    return trouble ? std::move(result) : std::move(trouble);
  }

  std::unique_ptr<Botan::HashFunction> function_;
  Result<void> trouble_;
};

// Botan takes HMAC keys (and so HKDF salts) of at most 4096 bytes. HMAC itself hashes a key longer than a block
// (RFC 2104 2), so doing that first changes nothing.
Bytes hmac_key(Hash hash, ByteView key) {
  constexpr std::size_t kLongest = 4096;
  if (key.size() <= kLongest) return {key.begin(), key.end()};
  const auto function = Botan::HashFunction::create_or_throw(name_of(hash));
  function->update(key.data(), key.size());
  Bytes out(function->output_length());
  function->final(out.data());
  return out;
}

class BotanBackend final : public Backend {
 public:
  std::string_view name() const noexcept override { return "botan"; }
  std::string version() const override { return "Botan " + Botan::short_version_string(); }

 private:
  Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const override {
    return guarded([&]() -> Result<std::unique_ptr<Hasher>> {
      return std::unique_ptr<Hasher>(new BotanHasher(hash, Botan::HashFunction::create_or_throw(name_of(hash))));
    });
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
    return guarded([&]() -> Result<Bytes> {
      const auto mac = Botan::MessageAuthenticationCode::create_or_throw("HMAC(" + name_of(hash) + ")");
      const Bytes usable = hmac_key(hash, key);
      mac->set_key(usable.data(), usable.size());
      mac->update(data.data(), data.size());
      Bytes out(mac->output_length());
      mac->final(out.data());
      return out;
    });
  }

  Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                              std::size_t length) const override {
    return guarded([&]() -> Result<SecretBytes> {
      const auto kdf = Botan::KDF::create_or_throw("HKDF(" + name_of(hash) + ")");
      const Botan::secure_vector<std::uint8_t> secret(key.begin(), key.end());
      const auto out = kdf->derive_key(length, secret, hmac_key(hash, salt), Bytes(info.begin(), info.end()));
      return SecretBytes::copy_of(out);
    });
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

std::string name_of(Hash hash) {
  constexpr const char* kNames[] = {"MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512"};  // in the order of Hash
  return kNames[static_cast<std::size_t>(hash)];
}

Error failure(const std::exception& exception) {
  return Error{Errc::unsupported, std::string("botan: ") + exception.what()};
}

}  // namespace botan

const Backend& botan_backend();
const Backend& botan_backend() {
  static const botan::BotanBackend backend;
  return backend;
}

}  // namespace trailseal::crypto
