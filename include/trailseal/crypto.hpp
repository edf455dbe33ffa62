// The crypto layer: few questions, asked of OpenSSL, Botan or Crypto++ through one narrow interface.
//
// The public functions are not virtual and check every argument (src/crypto/backend.cpp); a backend implements only
// the private do_* functions. That is not taste: without the central checks the three libraries disagree dangerously
// (Crypto++ opens AES-GCM with an empty tag, OpenSSL with a one-byte tag, Botan accepts an RSA signature with a leading
// zero byte). Only verify and open exist: the program signs and encrypts no evidence.
//
// Thread safety: everything const here may be called from several threads at once, except on a Hasher.
// Backends throw nothing out of their file.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::crypto {

// MD5 serves only as CloudTrail's name for a public key (its "fingerprint"), never as evidence.
enum class Hash { md5, sha256, sha384, sha512 };

// Output length in bytes: 16, 32, 48, 64.
std::size_t size_of(Hash hash) noexcept;

// Computes one hash after another. Not thread-safe; one for each thread.
class Hasher {
 public:
  virtual ~Hasher() = default;

  // Adds to the message. Trouble here (a failing library) is kept and told by finish().
  void update(ByteView data) { do_update(data); }

  // Writes the hash and starts over. `out` has exactly size_of(hash) bytes, else invalid_argument. An Error means that
  // there is no hash (a failing library, cross-check disagreement): `out` holds nothing of use.
  Result<void> finish(std::span<std::uint8_t> out);

 protected:
  explicit Hasher(Hash hash) : size_(size_of(hash)) {}

 private:
  virtual void do_update(ByteView data) = 0;
  virtual Result<void> do_finish(std::span<std::uint8_t> out) = 0;
  std::size_t size_;
};

// An RSA public key of 2048 to 8192 bits with an odd exponent of 3 to 2^32-1. It can only be had from the strict DER
// reader (src/crypto/public_key.cpp), so a key that exists is well-formed.
class RsaPublicKey {
 public:
  // PKCS#1 RSAPublicKey (RFC 8017 A.1.1) or SubjectPublicKeyInfo (RFC 5280 4.1) with rsaEncryption; strict DER, nothing
  // behind it. Errors: corrupt (not such a structure), unsupported (another algorithm or size).
  static Result<RsaPublicKey> from_der(ByteView der);

  ByteView modulus() const noexcept { return modulus_; }    // big endian, no leading zero
  ByteView exponent() const noexcept { return exponent_; }  // big endian, no leading zero
  std::size_t bits() const noexcept { return bits_; }
  std::size_t signature_size() const noexcept { return (bits_ + 7) / 8; }

  Bytes pkcs1_der() const;  // the two encodings of this key, each canonical
  Bytes spki_der() const;

  bool operator==(const RsaPublicKey&) const = default;

 private:
  RsaPublicKey() = default;
  Bytes modulus_, exponent_;
  std::size_t bits_ = 0;
};

enum class SignatureCheck { valid, invalid };

// RSASSA-PKCS1-v1_5 (RFC 8017 8.2.2) under one key, loaded once. Thread-safe.
class RsaVerifier {
 public:
  virtual ~RsaVerifier() = default;

  // Is `signature` one of a message whose `hash` is `digest`? The DigestInfo must name exactly that hash, with the NULL
  // parameter. A signature of another length than the modulus is invalid. "Could not check" is an Error (a failing
  // library, cross-check disagreement). `digest` has size_of(hash) bytes; hash is not md5.
  Result<SignatureCheck> verify(Hash hash, ByteView digest, ByteView signature) const;

 protected:
  explicit RsaVerifier(std::size_t signature_size) : signature_size_(signature_size) {}

 private:
  virtual Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const = 0;
  std::size_t signature_size_;
};

class Backend {
 public:
  virtual ~Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;

  virtual std::string_view name() const noexcept = 0;  // "openssl", as --crypto takes it
  virtual std::string version() const = 0;             // the library's own words, at run time

  Result<std::unique_ptr<Hasher>> hasher(Hash hash) const;
  // One-shot convenience; size_of(hash) bytes.
  Result<Bytes> hash(Hash hash, ByteView data) const;

  Result<std::unique_ptr<RsaVerifier>> rsa_verifier(const RsaPublicKey& key) const;

  // HMAC (RFC 2104) with any key length; size_of(hash) bytes. Not for md5.
  Result<Bytes> hmac(Hash hash, ByteView key, ByteView data) const;

  // HKDF (RFC 5869): extract and expand. length is 0 to 255 * size_of(hash); an empty salt means zeros. Not for md5.
  Result<Bytes> hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const;

  // AES-GCM open (NIST SP 800-38D): key of 16, 24 or 32 bytes, nonce of exactly 12, tag of exactly 16. The plaintext,
  // or Errc::authentication. Other sizes are Errc::invalid_argument: a short tag is never tried.
  Result<Bytes> aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext, ByteView tag) const;

 protected:
  Backend() = default;

 private:
  virtual Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const = 0;
  virtual Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const = 0;
  virtual Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const = 0;
  virtual Result<Bytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const = 0;
  virtual Result<Bytes> do_aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                        ByteView tag) const = 0;
};

// The backends that were built in, best first. Never empty; they live as long as the program.
std::span<const Backend* const> backends();

// The backend of that name, or nullptr.
const Backend* find_backend(std::string_view name);

// N-version verification: asks all of `members` every question. Answers that differ are Errc::unsupported with the
// message "backends disagree: ..."; a disagreement is never valid, and never invalid either. The members must outlive
// it. Its version() names them all. Errors: invalid_argument with fewer than two members.
Result<std::unique_ptr<Backend>> make_cross_check(std::vector<const Backend*> members);

// Known answers, one small set for each primitive, run on `backend`; includes a genuine CloudTrail signature. The
// Error names the first that failed.
Result<void> self_test(const Backend& backend);

}  // namespace trailseal::crypto
