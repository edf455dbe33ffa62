#define CRYPTOPP_ENABLE_NAMESPACE_WEAK 1  // for MD5
#include <cryptopp/config.h>
#include <cryptopp/cryptlib.h>
#include <cryptopp/hkdf.h>
#include <cryptopp/hmac.h>
#include <cryptopp/md5.h>
#include <cryptopp/sha.h>

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/cryptopp/cryptopp.hpp"

namespace trailseal::crypto {
namespace cryptopp {
namespace {

template <class Function>
class CryptoppHasher final : public Hasher {
 public:
  explicit CryptoppHasher(Hash hash) : Hasher(hash) {}

 private:
  void do_update(ByteView data) override {
    if (!trouble_) return;
    trouble_ = guarded([&]() -> Result<void> {
      function_.Update(data.data(), data.size());
      return {};
    });
  }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    Result<void> result = guarded([&]() -> Result<void> {
      function_.Final(out.data());
      return {};
    });
    Result<void> trouble = std::exchange(trouble_, Result<void>{});
    return trouble ? std::move(result) : std::move(trouble);
  }

  Function function_;
  Result<void> trouble_;
};

class Cryptopp final : public Backend {
 public:
  std::string_view name() const noexcept override { return "cryptopp"; }
  std::string version() const override {
    const int version = CryptoPP::LibraryVersion();
    return "Crypto++ " + std::to_string(version / 100) + "." + std::to_string(version / 10 % 10) + "." +
           std::to_string(version % 10);
  }

 private:
  Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const override {
    return guarded([&]() -> Result<std::unique_ptr<Hasher>> {
      if (hash == Hash::md5) return std::unique_ptr<Hasher>(new CryptoppHasher<CryptoPP::Weak::MD5>(hash));
      if (hash == Hash::sha1) return std::unique_ptr<Hasher>(new CryptoppHasher<CryptoPP::SHA1>(hash));
      return with_sha2(hash, [&]<class Function>() -> Result<std::unique_ptr<Hasher>> {
        return std::unique_ptr<Hasher>(new CryptoppHasher<Function>(hash));
      });
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
    return guarded([&] {
      return with_sha2(hash, [&]<class Function>() -> Result<Bytes> {
        CryptoPP::HMAC<Function> mac(key.data(), key.size());
        Bytes out(size_of(hash));
        mac.CalculateDigest(out.data(), data.data(), data.size());
        return out;
      });
    });
  }

  Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                              std::size_t length) const override {
    return guarded([&] {
      return with_sha2(hash, [&]<class Function>() -> Result<SecretBytes> {
        SecretBytes out(length);
        CryptoPP::HKDF<Function>().DeriveKey(out.span().data(), out.size(), key.data(), key.size(), salt.data(),
                                             salt.size(), info.data(), info.size());
        return out;
      });
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

Error failure(const std::exception& exception) {
  return Error{Errc::unsupported, std::string("cryptopp: ") + exception.what()};
}

}  // namespace cryptopp

const Backend& cryptopp_backend();
const Backend& cryptopp_backend() {
  static const cryptopp::Cryptopp backend;
  return backend;
}

}  // namespace trailseal::crypto
