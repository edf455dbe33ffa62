#include <botan/aead.h>
#include <botan/block_cipher.h>
#include <botan/cipher_mode.h>
#include <botan/exceptn.h>
#include <botan/nist_keywrap.h>
#include <botan/version.h>

#include <algorithm>
#include <string>
#include <utility>

#include "crypto/botan/botan.hpp"
#include "crypto/padding.hpp"

namespace trailseal::crypto::botan {
namespace {

#if BOTAN_VERSION_MAJOR >= 3
constexpr auto kDecrypt = Botan::Cipher_Dir::Decryption;
#else
constexpr auto kDecrypt = Botan::DECRYPTION;
#endif

std::string aes(ByteView key) { return "AES-" + std::to_string(8 * key.size()); }

// Decrypts in place, as Botan does.
Result<void> process(Botan::Cipher_Mode& mode, ByteView blocks, std::span<std::uint8_t> out) {
  return guarded([&]() -> Result<void> {
    std::ranges::copy(blocks, out.begin());
    if (mode.process(out.data(), out.size()) != out.size())
      return Error{Errc::unsupported, "botan: held back what it should have decrypted"};
    return {};
  });
}

class BotanAesGcmOpener final : public AesGcmOpener {
 public:
  explicit BotanAesGcmOpener(std::unique_ptr<Botan::AEAD_Mode> mode) : mode_(std::move(mode)) {}

 private:
  Result<void> do_start(ByteView nonce, ByteView aad) override {
    return guarded([&]() -> Result<void> {
      mode_->reset();  // a message that was given up would refuse the next one's associated data
      mode_->set_associated_data(aad.data(), aad.size());
      mode_->start(nonce.data(), nonce.size());
      return {};
    });
  }
  Result<void> do_update(ByteView pieces, std::span<std::uint8_t> out) override { return process(*mode_, pieces, out); }
  Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) override {
    return guarded([&]() -> Result<void> {
      Botan::secure_vector<std::uint8_t> buffer(rest.begin(), rest.end());
      buffer.insert(buffer.end(), tag.begin(), tag.end());
      try {
        mode_->finish(buffer);
      } catch (const Botan::Invalid_Authentication_Tag&) {
        return does_not_decrypt();
      }
      std::ranges::copy(buffer, out.begin());
      return {};
    });
  }

  std::unique_ptr<Botan::AEAD_Mode> mode_;
};

class BotanAesCbcDecrypter final : public AesCbcDecrypter {
 public:
  explicit BotanAesCbcDecrypter(std::unique_ptr<Botan::Cipher_Mode> mode) : mode_(std::move(mode)) {}

 private:
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override { return process(*mode_, blocks, out); }

  std::unique_ptr<Botan::Cipher_Mode> mode_;
};

}  // namespace

Result<std::unique_ptr<AesGcmOpener>> make_aes_gcm_opener(ByteView key) {
  return guarded([&]() -> Result<std::unique_ptr<AesGcmOpener>> {
    auto mode = Botan::AEAD_Mode::create_or_throw(aes(key) + "/GCM", kDecrypt);
    if (AesGcmOpener::kPiece % mode->update_granularity() != 0)
      return Error{Errc::unsupported, "botan: decrypts AES-GCM in larger pieces than it is given"};
    mode->set_key(key.data(), key.size());
    return std::unique_ptr<AesGcmOpener>(new BotanAesGcmOpener(std::move(mode)));
  });
}

Result<std::unique_ptr<AesCbcDecrypter>> make_aes_cbc_decrypter(ByteView key, ByteView iv) {
  return guarded([&]() -> Result<std::unique_ptr<AesCbcDecrypter>> {
    auto mode = Botan::Cipher_Mode::create_or_throw(aes(key) + "/CBC/NoPadding", kDecrypt);
    mode->set_key(key.data(), key.size());
    mode->start(iv.data(), iv.size());
    return std::unique_ptr<AesCbcDecrypter>(new BotanAesCbcDecrypter(std::move(mode)));
  });
}

Result<SecretBytes> open_aes_kw(ByteView key, ByteView wrapped) {
  return guarded([&]() -> Result<SecretBytes> {
    const auto cipher = Botan::BlockCipher::create_or_throw(aes(key));
    cipher->set_key(key.data(), key.size());
    try {
      return SecretBytes::copy_of(Botan::nist_key_unwrap(wrapped.data(), wrapped.size(), *cipher));
    } catch (const Botan::Invalid_Authentication_Tag&) {
      return does_not_decrypt();
    }
  });
}

}  // namespace trailseal::crypto::botan
