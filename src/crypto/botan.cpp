// Backend Botan: 2.19, and 3 as far as its headers can be read; it has never been run on 3.
#include <botan/aead.h>
#include <botan/bigint.h>
#include <botan/exceptn.h>
#include <botan/hash.h>
#include <botan/kdf.h>
#include <botan/mac.h>
#include <botan/pubkey.h>
#include <botan/rsa.h>
#include <botan/version.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

#if BOTAN_VERSION_MAJOR >= 3
constexpr auto kDecrypt = Botan::Cipher_Dir::Decryption;
#else
constexpr auto kDecrypt = Botan::DECRYPTION;
#endif

std::string name_of(Hash hash) {
  constexpr const char* kNames[] = {"MD5", "SHA-256", "SHA-384", "SHA-512"};  // in the order of Hash
  return kNames[static_cast<std::size_t>(hash)];
}

Error failure(const std::exception& exception) {
  return Error{Errc::unsupported, std::string("botan: ") + exception.what()};
}

// Botan's exceptions end here.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& exception) {
    return failure(exception);
  }
}

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
    return guarded([&]() -> Result<std::unique_ptr<RsaVerifier>> {
      const Botan::BigInt modulus(key.modulus().data(), key.modulus().size());
      const Botan::BigInt exponent(key.exponent().data(), key.exponent().size());
      return std::unique_ptr<RsaVerifier>(
          new BotanRsaVerifier(key.signature_size(), Botan::RSA_PublicKey(modulus, exponent)));
    });
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

  Result<Bytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const override {
    return guarded([&]() -> Result<Bytes> {
      const auto kdf = Botan::KDF::create_or_throw("HKDF(" + name_of(hash) + ")");
      const auto out =
          kdf->derive_key(length, Bytes(key.begin(), key.end()), hmac_key(hash, salt), Bytes(info.begin(), info.end()));
      return Bytes(out.begin(), out.end());
    });
  }

  Result<Bytes> do_aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                ByteView tag) const override {
    return guarded([&]() -> Result<Bytes> {
      const auto mode = Botan::AEAD_Mode::create_or_throw("AES-" + std::to_string(8 * key.size()) + "/GCM", kDecrypt);
      mode->set_key(key.data(), key.size());
      mode->set_associated_data(aad.data(), aad.size());
      mode->start(nonce.data(), nonce.size());
      Botan::secure_vector<std::uint8_t> buffer(ciphertext.begin(), ciphertext.end());
      buffer.insert(buffer.end(), tag.begin(), tag.end());
      try {
        mode->finish(buffer);
      } catch (const Botan::Invalid_Authentication_Tag&) {
        return Error{Errc::authentication, "the tag does not match"};
      }
      return Bytes(buffer.begin(), buffer.end());
    });
  }
};

}  // namespace

const Backend& botan_backend();
const Backend& botan_backend() {
  static const BotanBackend backend;
  return backend;
}

}  // namespace trailseal::crypto
