#include <openssl/core_names.h>
#include <openssl/err.h>

#include <algorithm>
#include <utility>

#include "crypto/openssl/openssl.hpp"
#include "crypto/padding.hpp"

namespace trailseal::crypto::openssl {
namespace {

// The context keeps the key; each message brings its nonce.
class OpensslAesGcmOpener final : public AesGcmOpener {
 public:
  explicit OpensslAesGcmOpener(CipherContext context) : context_(std::move(context)) {}

 private:
  Result<void> do_start(ByteView nonce, ByteView aad) override {
    if (EVP_DecryptInit_ex2(context_.get(), nullptr, nullptr, nonce.data(), nullptr) != 1 ||
        !decrypt_update(context_.get(), nullptr, aad))
      return failure("cannot decrypt");
    return {};
  }
  Result<void> do_update(ByteView pieces, std::span<std::uint8_t> out) override {
    if (!decrypt_update(context_.get(), out.data(), pieces)) return failure("cannot decrypt");
    return {};
  }
  Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) override {
    const OSSL_PARAM expected[] = {octets(OSSL_CIPHER_PARAM_AEAD_TAG, tag), OSSL_PARAM_construct_end()};
    if (!decrypt_update(context_.get(), out.data(), rest) || EVP_CIPHER_CTX_set_params(context_.get(), expected) != 1)
      return failure("cannot decrypt");
    std::array<std::uint8_t, EVP_MAX_BLOCK_LENGTH> nothing{};
    int written = 0;
    if (EVP_DecryptFinal_ex(context_.get(), nothing.data(), &written) != 1) {
      ERR_clear_error();
      return does_not_decrypt();
    }
    return {};
  }

  CipherContext context_;
};

class OpensslAesCbcDecrypter final : public AesCbcDecrypter {
 public:
  explicit OpensslAesCbcDecrypter(CipherContext context) : context_(std::move(context)) {}

 private:
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override {
    if (!decrypt_update(context_.get(), out.data(), blocks)) return failure("cannot decrypt");
    return {};
  }

  CipherContext context_;
};

}  // namespace

bool decrypt_update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView data) {
  constexpr std::size_t kMaxPiece = std::size_t{1} << 30;
  while (!data.empty()) {
    const ByteView piece = data.first(std::min(data.size(), kMaxPiece));
    int written = 0;
    if (EVP_DecryptUpdate(context, out, &written, piece.data(), static_cast<int>(piece.size())) != 1) return false;
    if (out != nullptr) out += written;
    data = data.subspan(piece.size());
  }
  return true;
}

Result<std::unique_ptr<AesGcmOpener>> make_aes_gcm_opener(ByteView key) {
  CipherContext context{EVP_CIPHER_CTX_new()};
  const EVP_CIPHER* cipher = aes_of(CipherMode::gcm, key);
  if (!context || cipher == nullptr || EVP_DecryptInit_ex2(context.get(), cipher, key.data(), nullptr, nullptr) != 1)
    return failure("cannot load an AES key");
  return std::unique_ptr<AesGcmOpener>(new OpensslAesGcmOpener(std::move(context)));
}

Result<std::unique_ptr<AesCbcDecrypter>> make_aes_cbc_decrypter(ByteView key, ByteView iv) {
  CipherContext context{EVP_CIPHER_CTX_new()};
  const EVP_CIPHER* cipher = aes_of(CipherMode::cbc, key);
  if (!context || cipher == nullptr ||
      EVP_DecryptInit_ex2(context.get(), cipher, key.data(), iv.data(), nullptr) != 1 ||
      EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1)
    return failure("cannot load an AES key");
  return std::unique_ptr<AesCbcDecrypter>(new OpensslAesCbcDecrypter(std::move(context)));
}

Result<SecretBytes> open_aes_kw(ByteView key, ByteView wrapped) {
  const CipherContext context{EVP_CIPHER_CTX_new()};
  const EVP_CIPHER* cipher = aes_of(CipherMode::wrap, key);
  if (!context || cipher == nullptr) return failure("cannot unwrap a key");
  EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
  if (EVP_DecryptInit_ex2(context.get(), cipher, key.data(), nullptr, nullptr) != 1)
    return failure("cannot unwrap a key");
  SecretBytes out(wrapped.size());  // more than comes, since it is also where OpenSSL works
  int written = 0;
  const int opened =
      EVP_DecryptUpdate(context.get(), out.span().data(), &written, wrapped.data(), static_cast<int>(wrapped.size()));
  if (opened != 1 || written < 0 || static_cast<std::size_t>(written) != wrapped.size() - 8) {
    ERR_clear_error();
    return does_not_decrypt();
  }
  return SecretBytes::copy_of(out.view().first(static_cast<std::size_t>(written)));
}

}  // namespace trailseal::crypto::openssl
