// Backend Crypto++ 8.
//
// Crypto++ verifies signatures of messages, not of hashes, so a signature is checked as RFC 8017 8.2.2 says it: raise
// it to the public exponent and compare all of the result with the one encoded message that is right (9.2). Comparing
// whole blocks instead of parsing one leaves no room for padding tricks.
#define CRYPTOPP_ENABLE_NAMESPACE_WEAK 1  // for MD5
#include <cryptopp/aes.h>
#include <cryptopp/config.h>
#include <cryptopp/cryptlib.h>
#include <cryptopp/gcm.h>
#include <cryptopp/hkdf.h>
#include <cryptopp/hmac.h>
#include <cryptopp/integer.h>
#include <cryptopp/md5.h>
#include <cryptopp/modarith.h>
#include <cryptopp/pkcspad.h>
#include <cryptopp/sha.h>

#include <algorithm>
#include <exception>
#include <string>
#include <utility>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

Error failure(const std::exception& exception) {
  return Error{Errc::unsupported, std::string("cryptopp: ") + exception.what()};
}

// Crypto++'s exceptions end here.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& exception) {
    return failure(exception);
  }
}

// Calls work.operator()<H>() with the class of a SHA-2.
template <class Work>
auto with_sha2(Hash hash, Work work) -> decltype(work.template operator()<CryptoPP::SHA256>()) {
  switch (hash) {
    case Hash::md5: break;  // the callers' callers have refused it
    case Hash::sha256: return work.template operator()<CryptoPP::SHA256>();
    case Hash::sha384: return work.template operator()<CryptoPP::SHA384>();
    case Hash::sha512: return work.template operator()<CryptoPP::SHA512>();
  }
  return Error{Errc::invalid_argument, "cryptopp: not a SHA-2"};
}

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
      return with_sha2(hash, [&]<class Function>() -> Result<std::unique_ptr<Hasher>> {
        return std::unique_ptr<Hasher>(new CryptoppHasher<Function>(hash));
      });
    });
  }

  Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const override {
    return guarded([&]() -> Result<std::unique_ptr<RsaVerifier>> {
      return std::unique_ptr<RsaVerifier>(new CryptoppRsaVerifier(key));
    });
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

  Result<Bytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const override {
    return guarded([&] {
      return with_sha2(hash, [&]<class Function>() -> Result<Bytes> {
        Bytes out(length);
        CryptoPP::HKDF<Function>().DeriveKey(out.data(), out.size(), key.data(), key.size(), salt.data(), salt.size(),
                                             info.data(), info.size());
        return out;
      });
    });
  }

  Result<Bytes> do_aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                ByteView tag) const override {
    return guarded([&]() -> Result<Bytes> {
      CryptoPP::GCM<CryptoPP::AES>::Decryption mode;
      mode.SetKeyWithIV(key.data(), key.size(), nonce.data(), nonce.size());
      Bytes out(ciphertext.size());
      if (!mode.DecryptAndVerify(out.data(), tag.data(), tag.size(), nonce.data(), static_cast<int>(nonce.size()),
                                 aad.data(), aad.size(), ciphertext.data(), ciphertext.size()))
        return Error{Errc::authentication, "the tag does not match"};
      return out;
    });
  }
};

}  // namespace

const Backend& cryptopp_backend();
const Backend& cryptopp_backend() {
  static const Cryptopp backend;
  return backend;
}

}  // namespace trailseal::crypto
