// The checks that stand before every backend. They are here, and only here, because the libraries differ in what they
// let pass: see the comment at the top of trailseal/crypto.hpp.
#include <algorithm>
#include <string>
#include <utility>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::size_t kGcmNonceSize = 12;
constexpr std::size_t kGcmTagSize = 16;
constexpr std::size_t kMaxHkdfBlocks = 255;  // RFC 5869 2.3

Error invalid(std::string message) { return Error{Errc::invalid_argument, std::move(message)}; }

// MD5 names keys and does nothing else.
Result<void> refuse_md5(Hash hash) {
  if (hash == Hash::md5) return invalid("md5 serves only as a fingerprint");
  return {};
}

}  // namespace

std::size_t size_of(Hash hash) noexcept {
  switch (hash) {
    case Hash::md5: return 16;
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
  TRY_VOID(refuse_md5(hash));
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

Result<Bytes> Backend::hmac(Hash hash, ByteView key, ByteView data) const {
  TRY_VOID(refuse_md5(hash));
  return do_hmac(hash, key, data);
}

Result<Bytes> Backend::hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const {
  TRY_VOID(refuse_md5(hash));
  if (length > kMaxHkdfBlocks * size_of(hash)) return invalid("HKDF cannot give that many bytes");
  if (length == 0) return Bytes{};
  return do_hkdf(hash, key, salt, info, length);
}

Result<Bytes> Backend::aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                    ByteView tag) const {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32) return invalid("an AES key has 16, 24 or 32 bytes");
  if (nonce.size() != kGcmNonceSize) return invalid("a GCM nonce has 12 bytes");
  if (tag.size() != kGcmTagSize) return invalid("a GCM tag has 16 bytes");
  return do_aes_gcm_open(key, nonce, aad, ciphertext, tag);
}

const Backend* find_backend(std::string_view name) {
  const std::span<const Backend* const> all = backends();
  const auto found = std::ranges::find(all, name, &Backend::name);
  return found == all.end() ? nullptr : *found;
}

}  // namespace trailseal::crypto
