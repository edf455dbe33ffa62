// The crypto layer: few questions, asked of OpenSSL, Botan or Crypto++ through one narrow interface.
//
// The public functions are not virtual and check every argument (src/crypto/backend.cpp); a backend implements only
// the private do_* functions. That is not taste: without the central checks the three libraries disagree dangerously
// (Crypto++ opens AES-GCM with an empty tag, OpenSSL with a one-byte tag, Botan accepts an RSA signature with a leading
// zero byte). Only verify, open and decrypt exist: the program signs and encrypts no evidence. "Open" means that what
// comes out is authenticated, "decrypt" that it is not.
//
// What does not open or decrypt is Errc::authentication, in the same words whatever the reason: a tag, padding, sizes
// that evidence states. Sizes that the caller has checked already (keys, nonces, tags) are Errc::invalid_argument.
//
// Thread safety: everything const here may be called from several threads at once; a Hasher, an AesGcmOpener and an
// AesCbcDecrypter belong to one thread at a time.
// Backends throw nothing out of their file.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/secret.hpp"

namespace trailseal::crypto {

// MD5 serves only as CloudTrail's name for a public key (its "fingerprint") and SHA-1 only inside RSA-OAEP (where
// nothing rests on collisions); neither is ever evidence.
enum class Hash { md5, sha1, sha256, sha384, sha512 };

// Output length in bytes: 16, 20, 32, 48, 64.
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
  // library, cross-check disagreement). `digest` has size_of(hash) bytes; hash is a SHA-2.
  Result<SignatureCheck> verify(Hash hash, ByteView digest, ByteView signature) const;

 protected:
  explicit RsaVerifier(std::size_t signature_size) : signature_size_(signature_size) {}

 private:
  virtual Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const = 0;
  std::size_t signature_size_;
};

// An RSA private key of two primes, of 2048 to 8192 bits, in memory that is wiped. Like the public one it can only be
// had from a strict DER reader (src/crypto/private_key.cpp). Whether its numbers belong together is for a library to
// say: Backend::rsa_decrypter().
class RsaPrivateKey {
 public:
  // PKCS#1 RSAPrivateKey (RFC 8017 A.1.2) or PKCS#8 PrivateKeyInfo (RFC 5208 5) with rsaEncryption; strict DER, nothing
  // behind it. Errors: corrupt (not such a structure), unsupported (encrypted, another algorithm, size or more primes).
  // No message tells anything of the key.
  static Result<RsaPrivateKey> from_der(ByteView der);

  const RsaPublicKey& public_key() const noexcept { return public_key_; }
  // d, p, q, d mod p-1, d mod q-1, 1/q mod p; big endian, no leading zero.
  enum Part { private_exponent, prime1, prime2, exponent1, exponent2, coefficient };
  ByteView part(Part which) const noexcept { return parts_[which].view(); }

  SecretBytes pkcs1_der() const;  // canonical

 private:
  explicit RsaPrivateKey(RsaPublicKey public_key) : public_key_(std::move(public_key)) {}
  RsaPublicKey public_key_;
  std::array<SecretBytes, 6> parts_;
};

class Backend;

// Decrypts with one RSA private key, loaded once. Thread-safe. Must not outlive the Backend that made it.
//
// The libraries do only the private operation here. The padding is ours and the same for all (padding.cpp), in constant
// time: their own checks differ in what they tell and in how long they take, one cannot do binary labels, and
// another forces MGF1 to the hash of the label.
class RsaDecrypter {
 public:
  virtual ~RsaDecrypter() = default;

  // RSAES-OAEP (RFC 8017 7.1.2), with a hash of its own for MGF1 (Java's default pairs SHA-256 with MGF1 of SHA-1). The
  // message, or authentication. Any hash but md5.
  Result<SecretBytes> decrypt_oaep(Hash hash, Hash mgf1_hash, ByteView label, ByteView ciphertext) const;

  // RSAES-PKCS1-v1_5 (RFC 8017 7.2.2) of a message that must have `size` bytes (the size of a data key is always
  // known). The message, or authentication.
  // WARNING: who can make us decrypt at will and sees which ciphertexts fail can decrypt others (Bleichenbacher). A
  // program that a user runs on files is not that easy to ask, but nobody should put this behind a network.
  Result<SecretBytes> decrypt_pkcs1(ByteView ciphertext, std::size_t size) const;

 protected:
  RsaDecrypter(const Backend& backend, const RsaPublicKey& key) : backend_(backend), key_(key) {}

  // For one that asks others.
  static Result<SecretBytes> ask(const RsaDecrypter& other, ByteView ciphertext) { return other.do_raw(ciphertext); }

 private:
  // ciphertext^d mod n (RFC 8017 5.1.2), as long as the modulus. `ciphertext` has that length and is less than n.
  virtual Result<SecretBytes> do_raw(ByteView ciphertext) const = 0;

  Result<SecretBytes> encoded_message(ByteView ciphertext) const;
  const Backend& backend_;
  RsaPublicKey key_;
};

enum class Curve { p256, p384 };

// Bytes of a field element, and of a group element: 32, 48.
std::size_t size_of(Curve curve) noexcept;
// The hash that goes with the curve in every format we read: SHA-256, SHA-384.
Hash hash_of(Curve curve) noexcept;

// A point as SEC 1 2.3.3 writes it, compressed or not; never the point at infinity. Whether it lies on the curve is for
// a library to say: Backend::ecdsa_verifier().
class EcPublicKey {
 public:
  // Errors: corrupt.
  static Result<EcPublicKey> from_point(Curve curve, ByteView point);

  Curve curve() const noexcept { return curve_; }
  ByteView point() const noexcept { return point_; }  // 02 or 03 and X, or 04, X and Y

  bool operator==(const EcPublicKey&) const = default;

 private:
  EcPublicKey(Curve curve, ByteView point) : curve_(curve), point_(point.begin(), point.end()) {}
  Curve curve_;
  Bytes point_;
};

// ECDSA (FIPS 186-4 6.4) under one key, loaded once. Thread-safe.
class EcdsaVerifier {
 public:
  virtual ~EcdsaVerifier() = default;

  // Is `signature` (strict DER of the two numbers, RFC 3279 2.2.3; each from 1 to the order of the group less 1) one of
  // a message whose hash_of(curve) is `digest`? "Could not check" is an Error. A digest of another size is
  // invalid_argument.
  Result<SignatureCheck> verify(ByteView digest, ByteView signature) const;

 protected:
  explicit EcdsaVerifier(Curve curve) : curve_(curve) {}

  // For one that asks others.
  static Result<SignatureCheck> ask(const EcdsaVerifier& other, ByteView digest, ByteView r, ByteView s) {
    return other.do_verify(digest, r, s);
  }

 private:
  // r and s are in range, and as long as the order.
  virtual Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const = 0;

  Curve curve_;
};

// AES-GCM (NIST SP 800-38D) under one key, message after message, each in pieces of any size. Nonces have exactly 12
// bytes, tags exactly 16.
//
//   start(nonce, aad)   update(...)*   finish(tag, ...)   start(...) ...
//
// WARNING: until finish() has said yes, what update() gives is unauthenticated: whatever an attacker wants it to be.
class AesGcmOpener {
 public:
  virtual ~AesGcmOpener() = default;
  static constexpr std::size_t kPiece = 256;  // no backend decrypts less than that before the end

  // Begins a message; one that was not finished is given up.
  Result<void> start(ByteView nonce, ByteView aad);

  // Appends to `plaintext` what can be decrypted so far: up to 255 bytes come with a later call. Errors: limit (more
  // than GCM's 2^36 - 32 bytes in one message), invalid_argument (no message was started).
  Result<void> update(ByteView ciphertext, Bytes& plaintext);

  // Appends the rest and says whether all of the message is authentic, or authentication. After an Error of this or of
  // update() the whole plaintext must be thrown away; start() begins anew in any case.
  Result<void> finish(ByteView tag, Bytes& plaintext);

 protected:
  // For one that asks others.
  static Result<void> ask(AesGcmOpener& other, ByteView pieces, std::span<std::uint8_t> out) {
    return other.do_update(pieces, out);
  }
  static Result<void> ask(AesGcmOpener& other, ByteView rest, ByteView tag, std::span<std::uint8_t> out) {
    return other.do_finish(rest, tag, out);
  }

 private:
  virtual Result<void> do_start(ByteView nonce, ByteView aad) = 0;
  // Multiples of kPiece; `out` has the same size and lies elsewhere.
  virtual Result<void> do_update(ByteView pieces, std::span<std::uint8_t> out) = 0;
  // Less than kPiece; the same.
  virtual Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) = 0;

  bool started_ = false;
  std::uint64_t size_ = 0;
  std::array<std::uint8_t, kPiece> rest_{};
  std::size_t rest_size_ = 0;
};

// AES-CBC with PKCS#7 padding (NIST SP 800-38A 6.2, RFC 5652 6.3), one message in pieces of any size.
// WARNING: nothing here is authenticated, ever. Only old formats of the S3 Encryption Client come to this.
class AesCbcDecrypter {
 public:
  virtual ~AesCbcDecrypter() = default;

  // Appends to `plaintext` what can be decrypted so far; the last block comes with finish().
  Result<void> update(ByteView ciphertext, Bytes& plaintext);

  // Appends the last block without its padding, or authentication if the message is no whole number of blocks, is
  // empty, or its padding is wrong. Ends the message: what follows is invalid_argument.
  Result<void> finish(Bytes& plaintext);

 protected:
  // For one that asks others.
  static Result<void> ask(AesCbcDecrypter& other, ByteView blocks, std::span<std::uint8_t> out) {
    return other.do_update(blocks, out);
  }

 private:
  // Whole blocks; `out` has the same size and lies elsewhere. No padding.
  virtual Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) = 0;

  bool finished_ = false;
  std::array<std::uint8_t, 16> rest_{};
  std::size_t rest_size_ = 0;
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

  // Loads the key. Errors: corrupt (its numbers do not belong together).
  Result<std::unique_ptr<RsaDecrypter>> rsa_decrypter(const RsaPrivateKey& key) const;

  // Loads the key. Errors: corrupt (the point is not on the curve).
  Result<std::unique_ptr<EcdsaVerifier>> ecdsa_verifier(const EcPublicKey& key) const;

  // HMAC (RFC 2104) with any key length; size_of(hash) bytes. SHA-2 only.
  Result<Bytes> hmac(Hash hash, ByteView key, ByteView data) const;

  // HKDF (RFC 5869): extract and expand. length is 0 to 255 * size_of(hash); an empty salt means zeros. SHA-2 only.
  Result<SecretBytes> hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const;

  // AES keys have 16, 24 or 32 bytes, else invalid_argument.

  Result<std::unique_ptr<AesGcmOpener>> aes_gcm_opener(ByteView key) const;
  // One-shot: the plaintext, or authentication. A nonce that has not 12 bytes or a tag that has not 16 is
  // invalid_argument: a short tag is never tried.
  Result<Bytes> aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext, ByteView tag) const;

  // The initialisation vector has 16 bytes.
  Result<std::unique_ptr<AesCbcDecrypter>> aes_cbc_decrypter(ByteView key, ByteView iv) const;
  // One-shot.
  Result<Bytes> aes_cbc_decrypt(ByteView key, ByteView iv, ByteView ciphertext) const;

  // AES-ECB with PKCS#7 padding: how version 1 of the S3 Encryption Client wrapped data keys. Not authenticated.
  Result<SecretBytes> aes_ecb_decrypt(ByteView key, ByteView wrapped) const;

  // AES Key Wrap (RFC 3394 2.2.2, the KW of NIST SP 800-38F): the key, 8 bytes shorter, or authentication. `wrapped`
  // has at least 24 bytes, at most 4104, in multiples of 8; else it does not open either.
  Result<SecretBytes> aes_kw_open(ByteView key, ByteView wrapped) const;

 protected:
  Backend() = default;

 private:
  virtual Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const = 0;
  virtual Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const = 0;
  virtual Result<std::unique_ptr<RsaDecrypter>> do_rsa_decrypter(const RsaPrivateKey& key) const = 0;
  virtual Result<std::unique_ptr<EcdsaVerifier>> do_ecdsa_verifier(const EcPublicKey& key) const = 0;
  virtual Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const = 0;
  virtual Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                                      std::size_t length) const = 0;
  virtual Result<std::unique_ptr<AesGcmOpener>> do_aes_gcm_opener(ByteView key) const = 0;
  virtual Result<std::unique_ptr<AesCbcDecrypter>> do_aes_cbc_decrypter(ByteView key, ByteView iv) const = 0;
  virtual Result<SecretBytes> do_aes_kw_open(ByteView key, ByteView wrapped) const = 0;
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
