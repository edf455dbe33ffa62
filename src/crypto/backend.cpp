// The checks that stand before every backend. They are here, and only here, because the libraries differ in what they
// let pass: see the comment at the top of trailseal/crypto.hpp.
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "crypto/padding.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::size_t kAesBlock = 16;
constexpr std::size_t kMaxHkdfBlocks = 255;  // RFC 5869 2.3

// Of a key wrapped by AES-KW: two semiblocks and the integrity value at least (SP 800-38F 5.3.1), and more than any
// data key at most.
constexpr std::size_t kMinWrapped = 24;
constexpr std::size_t kMaxWrapped = 4096 + 8;

Error invalid(std::string message) { return Error{Errc::invalid_argument, std::move(message)}; }

// MD5 names keys and SHA-1 stands inside OAEP; neither does anything else.
Result<void> demand_sha2(Hash hash) {
  if (hash == Hash::md5) return invalid("md5 serves only as a fingerprint");
  if (hash == Hash::sha1) return invalid("sha-1 serves only in RSA-OAEP");
  return {};
}

Result<void> check_aes_key(ByteView key) {
  if (key.size() == 16 || key.size() == 24 || key.size() == 32) return {};
  return invalid("an AES key has 16, 24 or 32 bytes");
}

}  // namespace

std::size_t size_of(Hash hash) noexcept {
  switch (hash) {
    case Hash::md5: return 16;
    case Hash::sha1: return 20;
    case Hash::sha256: return 32;
    case Hash::sha384: return 48;
    case Hash::sha512: return 64;
  }
  return 0;
}

Result<void> Hasher::finish(std::span<std::uint8_t> out) {
  if (out.size() != size_) return invalid("a hash of " + std::to_string(size_) + " bytes does not fit its place");
  return do_finish(out);
}

Result<SignatureCheck> RsaVerifier::verify(Hash hash, ByteView digest, ByteView signature) const {
  TRY_VOID(demand_sha2(hash));
  if (digest.size() != size_of(hash)) return invalid("the message hash has the wrong size");
  if (signature.size() != signature_size_) return SignatureCheck::invalid;
  return do_verify(hash, digest, signature);
}

Result<std::unique_ptr<Hasher>> Backend::hasher(Hash hash) const { return do_hasher(hash); }

Result<Bytes> Backend::hash(Hash hash, ByteView data) const {
  TRY(const std::unique_ptr<Hasher> hasher, do_hasher(hash));
  hasher->update(data);
  Bytes out(size_of(hash));
  TRY_VOID(hasher->finish(out));
  return out;
}

Result<std::unique_ptr<RsaVerifier>> Backend::rsa_verifier(const RsaPublicKey& key) const {
  return do_rsa_verifier(key);
}

Result<std::unique_ptr<RsaDecrypter>> Backend::rsa_decrypter(const RsaPrivateKey& key) const {
  return do_rsa_decrypter(key);
}

Result<std::unique_ptr<EcdsaVerifier>> Backend::ecdsa_verifier(const EcPublicKey& key) const {
  return do_ecdsa_verifier(key);
}

Result<Bytes> Backend::hmac(Hash hash, ByteView key, ByteView data) const {
  TRY_VOID(demand_sha2(hash));
  return do_hmac(hash, key, data);
}

Result<SecretBytes> Backend::hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const {
  TRY_VOID(demand_sha2(hash));
  if (length > kMaxHkdfBlocks * size_of(hash)) return invalid("HKDF cannot give that many bytes");
  if (length == 0) return SecretBytes{};
  return do_hkdf(hash, key, salt, info, length);
}

Result<std::unique_ptr<AesGcmOpener>> Backend::aes_gcm_opener(ByteView key) const {
  TRY_VOID(check_aes_key(key));
  return do_aes_gcm_opener(key);
}

Result<Bytes> Backend::aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                    ByteView tag) const {
  TRY(const std::unique_ptr<AesGcmOpener> opener, aes_gcm_opener(key));
  TRY_VOID(opener->start(nonce, aad));
  Bytes plaintext;
  plaintext.reserve(ciphertext.size());  // so that growing leaves no copy behind, should this be a key
  Result<void> opened = opener->update(ciphertext, plaintext);
  if (opened) opened = opener->finish(tag, plaintext);
  if (opened) return plaintext;
  wipe(plaintext);
  return std::move(opened).error();
}

Result<std::unique_ptr<AesCbcDecrypter>> Backend::aes_cbc_decrypter(ByteView key, ByteView iv) const {
  TRY_VOID(check_aes_key(key));
  if (iv.size() != kAesBlock) return invalid("the initialisation vector of AES-CBC has 16 bytes");
  return do_aes_cbc_decrypter(key, iv);
}

Result<Bytes> Backend::aes_cbc_decrypt(ByteView key, ByteView iv, ByteView ciphertext) const {
  TRY(const std::unique_ptr<AesCbcDecrypter> decrypter, aes_cbc_decrypter(key, iv));
  Bytes plaintext;
  plaintext.reserve(ciphertext.size());
  TRY_VOID(decrypter->update(ciphertext, plaintext));
  TRY_VOID(decrypter->finish(plaintext));
  return plaintext;
}

// CBC adds the ciphertext before it to each block (SP 800-38A 6.2), so adding it once more leaves ECB. The block behind
// the end is there because the last one is held back.
Result<SecretBytes> Backend::aes_ecb_decrypt(ByteView key, ByteView wrapped) const {
  constexpr std::array<std::uint8_t, kAesBlock> kZero{};
  TRY(const std::unique_ptr<AesCbcDecrypter> decrypter, aes_cbc_decrypter(key, kZero));
  if (wrapped.empty() || wrapped.size() % kAesBlock != 0 || wrapped.size() > kMaxWrapped) return does_not_decrypt();
  Bytes blocks;
  blocks.reserve(wrapped.size() + kAesBlock);
  Result<void> decrypted = decrypter->update(wrapped, blocks);
  if (decrypted) decrypted = decrypter->update(kZero, blocks);
  SecretBytes plaintext(std::move(blocks));
  if (!decrypted) return std::move(decrypted).error();
  const std::span<std::uint8_t> out = plaintext.span();
  for (std::size_t i = kAesBlock; i < out.size(); ++i) out[i] ^= wrapped[i - kAesBlock];
  const std::optional<std::size_t> padding = padding_of(plaintext.view().last<kAesBlock>());
  if (!padding) return does_not_decrypt();
  return SecretBytes::copy_of(plaintext.view().first(plaintext.size() - *padding));
}

Result<SecretBytes> Backend::aes_kw_open(ByteView key, ByteView wrapped) const {
  TRY_VOID(check_aes_key(key));
  if (wrapped.size() < kMinWrapped || wrapped.size() > kMaxWrapped || wrapped.size() % 8 != 0)
    return does_not_decrypt();
  return do_aes_kw_open(key, wrapped);
}

const Backend* find_backend(std::string_view name) {
  const std::span<const Backend* const> all = backends();
  const auto found = std::ranges::find(all, name, &Backend::name);
  return found == all.end() ? nullptr : *found;
}

}  // namespace trailseal::crypto
