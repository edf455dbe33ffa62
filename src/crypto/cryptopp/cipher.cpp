#include <cryptopp/aes.h>
#include <cryptopp/gcm.h>
#include <cryptopp/modes.h>

#include <algorithm>
#include <array>
#include <utility>

#include "crypto/cryptopp/cryptopp.hpp"
#include "crypto/padding.hpp"

namespace trailseal::crypto::cryptopp {
namespace {

class CryptoppAesGcmOpener final : public AesGcmOpener {
 public:
  explicit CryptoppAesGcmOpener(ByteView key) {
    constexpr std::array<std::uint8_t, 12> kNone{};  // each message brings its nonce
    mode_.SetKeyWithIV(key.data(), key.size(), kNone.data(), kNone.size());
  }

 private:
  Result<void> do_start(ByteView nonce, ByteView aad) override {
    return guarded([&]() -> Result<void> {
      mode_.Resynchronize(nonce.data(), static_cast<int>(nonce.size()));
      mode_.Update(aad.data(), aad.size());
      return {};
    });
  }
  Result<void> do_update(ByteView pieces, std::span<std::uint8_t> out) override {
    return guarded([&]() -> Result<void> {
      mode_.ProcessData(out.data(), pieces.data(), pieces.size());
      return {};
    });
  }
  Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) override {
    return guarded([&]() -> Result<void> {
      if (!rest.empty()) mode_.ProcessData(out.data(), rest.data(), rest.size());
      if (!mode_.TruncatedVerify(tag.data(), tag.size())) return does_not_decrypt();
      return {};
    });
  }

  CryptoPP::GCM<CryptoPP::AES>::Decryption mode_;
};

class CryptoppAesCbcDecrypter final : public AesCbcDecrypter {
 public:
  CryptoppAesCbcDecrypter(ByteView key, ByteView iv) {
    mode_.SetKeyWithIV(key.data(), key.size(), iv.data(), iv.size());
  }

 private:
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override {
    return guarded([&]() -> Result<void> {
      mode_.ProcessData(out.data(), blocks.data(), blocks.size());
      return {};
    });
  }

  CryptoPP::CBC_Mode<CryptoPP::AES>::Decryption mode_;
};

// RFC 3394 2.2.2, with the registers in place; Crypto++ 8 has no key wrap.
Result<SecretBytes> unwrap(const CryptoPP::BlockTransformation& aes, ByteView wrapped) {
  constexpr std::size_t kHalf = 8;
  constexpr std::uint8_t kIntegrity = 0xa6;  // 2.2.3.1
  SecretBytes block(2 * kHalf), registers = SecretBytes::copy_of(wrapped.subspan(kHalf));
  const std::span<std::uint8_t> b = block.span(), r = registers.span();
  std::ranges::copy(wrapped.first(kHalf), b.begin());
  const std::size_t n = r.size() / kHalf;
  for (std::size_t step = 6 * n; step > 0; --step) {
    const std::span<std::uint8_t> half = r.subspan((step - 1) % n * kHalf, kHalf);
    for (std::size_t i = 0; i < sizeof step; ++i) b[kHalf - 1 - i] ^= static_cast<std::uint8_t>(step >> (8 * i));
    std::ranges::copy(half, b.begin() + kHalf);
    aes.ProcessBlock(b.data());
    std::ranges::copy(b.last(kHalf), half.begin());
  }
  constexpr std::array<std::uint8_t, kHalf> kExpected = {kIntegrity, kIntegrity, kIntegrity, kIntegrity,
                                                         kIntegrity, kIntegrity, kIntegrity, kIntegrity};
  if (!equal_in_constant_time(b.first(kHalf), kExpected)) return does_not_decrypt();
  return registers;
}

}  // namespace

Result<std::unique_ptr<AesGcmOpener>> make_aes_gcm_opener(ByteView key) {
  return guarded([&]() -> Result<std::unique_ptr<AesGcmOpener>> {
    return std::unique_ptr<AesGcmOpener>(new CryptoppAesGcmOpener(key));
  });
}

Result<std::unique_ptr<AesCbcDecrypter>> make_aes_cbc_decrypter(ByteView key, ByteView iv) {
  return guarded([&]() -> Result<std::unique_ptr<AesCbcDecrypter>> {
    return std::unique_ptr<AesCbcDecrypter>(new CryptoppAesCbcDecrypter(key, iv));
  });
}

Result<SecretBytes> open_aes_kw(ByteView key, ByteView wrapped) {
  return guarded([&]() -> Result<SecretBytes> {
    const CryptoPP::AES::Decryption aes(key.data(), key.size());
    return unwrap(aes, wrapped);
  });
}

}  // namespace trailseal::crypto::cryptopp
