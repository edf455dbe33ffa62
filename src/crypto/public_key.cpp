// RSA public keys in DER: PKCS#1 RSAPublicKey (RFC 8017 A.1.1) and SubjectPublicKeyInfo (RFC 5280 4.1, RFC 3279 2.3.1).
//
//   RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
//   SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OBJECT IDENTIFIER, NULL }, BIT STRING { RSAPublicKey } }
//
// CloudTrail's own list holds both, and says of neither which it is. The reader is strict (X.690 10 and 11): definite,
// minimal lengths, minimal positive integers, nothing behind any structure. It is ours because the libraries' readers
// differ: two of three accept bytes behind the key, which would let one key go by many fingerprints. What it accepts,
// it writes again byte for byte.
#include <algorithm>
#include <array>
#include <bit>
#include <initializer_list>
#include <utility>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::uint8_t kInteger = 0x02;
constexpr std::uint8_t kBitString = 0x03;
constexpr std::uint8_t kNull = 0x05;
constexpr std::uint8_t kObjectIdentifier = 0x06;
constexpr std::uint8_t kSequence = 0x30;

// 1.2.840.113549.1.1.1
constexpr std::array<std::uint8_t, 9> kRsaEncryption = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

constexpr std::size_t kMinBits = 2048;  // CloudTrail uses 2048; less has been weak for years
constexpr std::size_t kMaxBits = 8192;  // bounds the work that a hostile key can ask for
constexpr std::size_t kMaxExponentBytes = 4;

Error corrupt(const char* what) { return Error{Errc::corrupt, std::string("public key: ") + what}; }

// Takes the element of this tag off the front of `rest` and returns its content.
Result<ByteView> take(ByteView& rest, std::uint8_t tag) {
  if (rest.size() < 2 || rest[0] != tag) return corrupt("not the expected DER element");
  std::size_t length = rest[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t digits = length & 0x7f;
    if (digits == 0 || digits > 4 || rest.size() - header < digits) return corrupt("not a DER length");
    length = 0;
    for (const std::uint8_t digit : rest.subspan(header, digits)) length = length << 8 | digit;
    if (rest[header] == 0 || length < 0x80) return corrupt("a DER length is not minimal");
    header += digits;
  }
  if (rest.size() - header < length) return corrupt("cut short");
  const ByteView content = rest.subspan(header, length);
  rest = rest.subspan(header + length);
  return content;
}

// A positive INTEGER's magnitude, without the sign byte.
Result<ByteView> take_positive(ByteView& rest) {
  TRY(const ByteView content, take(rest, kInteger));
  if (content.empty()) return corrupt("an empty integer");
  if ((content[0] & 0x80) != 0) return corrupt("a negative integer");
  if (content[0] != 0) return content;
  if (content.size() == 1) return corrupt("an integer is zero");
  if ((content[1] & 0x80) == 0) return corrupt("an integer is not minimal");
  return content.subspan(1);
}

// The RSAPublicKey inside a SubjectPublicKeyInfo whose content is `rest`.
Result<ByteView> unwrap(ByteView rest) {
  TRY(ByteView algorithm, take(rest, kSequence));
  TRY(const ByteView identifier, take(algorithm, kObjectIdentifier));
  if (!std::ranges::equal(identifier, kRsaEncryption))
    return Error{Errc::unsupported, "public key: its algorithm is not rsaEncryption"};
  TRY(const ByteView parameters, take(algorithm, kNull));
  if (!parameters.empty() || !algorithm.empty()) return corrupt("the algorithm's parameters are not NULL");
  TRY(const ByteView bits, take(rest, kBitString));
  if (!rest.empty()) return corrupt("bytes behind the key");
  if (bits.empty() || bits[0] != 0) return corrupt("a bit string of odd bits");
  return bits.subspan(1);
}

void append_element(Bytes& out, std::uint8_t tag, ByteView content) {
  out.push_back(tag);
  if (content.size() >= 0x80) {
    const std::size_t digits = (std::bit_width(content.size()) + 7) / 8;
    out.push_back(static_cast<std::uint8_t>(0x80 | digits));
    for (std::size_t i = digits; i-- > 0;) out.push_back(static_cast<std::uint8_t>(content.size() >> (8 * i)));
  } else {
    out.push_back(static_cast<std::uint8_t>(content.size()));
  }
  out.insert(out.end(), content.begin(), content.end());
}

void append_positive(Bytes& out, ByteView magnitude) {
  Bytes content;
  if ((magnitude[0] & 0x80) != 0) content.push_back(0);
  content.insert(content.end(), magnitude.begin(), magnitude.end());
  append_element(out, kInteger, content);
}

Bytes sequence(ByteView content) {
  Bytes out;
  append_element(out, kSequence, content);
  return out;
}

}  // namespace

Result<RsaPublicKey> RsaPublicKey::from_der(ByteView der) {
  TRY(ByteView content, take(der, kSequence));
  if (!der.empty()) return corrupt("bytes behind the key");
  if (!content.empty() && content[0] == kSequence) {
    TRY(ByteView inner, unwrap(content));
    TRY(content, take(inner, kSequence));
    if (!inner.empty()) return corrupt("bytes behind the key");
  }
  TRY(const ByteView modulus, take_positive(content));
  TRY(const ByteView exponent, take_positive(content));
  if (!content.empty()) return corrupt("bytes behind the exponent");

  const std::size_t bits = 8 * (modulus.size() - 1) + static_cast<std::size_t>(std::bit_width(modulus[0]));
  if (bits < kMinBits || bits > kMaxBits)
    return Error{Errc::unsupported, "public key: a modulus of " + std::to_string(bits) + " bits"};
  if (exponent.size() > kMaxExponentBytes)
    return Error{Errc::unsupported, "public key: an exponent of more than 32 bits"};
  const bool is_one = exponent.size() == 1 && exponent[0] == 1;
  if ((modulus.back() & 1) == 0 || (exponent.back() & 1) == 0 || is_one) return corrupt("not an RSA key");

  RsaPublicKey key;
  key.modulus_.assign(modulus.begin(), modulus.end());
  key.exponent_.assign(exponent.begin(), exponent.end());
  key.bits_ = bits;
  return key;
}

Bytes RsaPublicKey::pkcs1_der() const {
  Bytes content;
  append_positive(content, modulus_);
  append_positive(content, exponent_);
  return sequence(content);
}

Bytes RsaPublicKey::spki_der() const {
  Bytes algorithm;
  append_element(algorithm, kObjectIdentifier, kRsaEncryption);
  append_element(algorithm, kNull, {});
  Bytes bits = {0};
  const Bytes key = pkcs1_der();
  bits.insert(bits.end(), key.begin(), key.end());
  Bytes content = sequence(algorithm);
  append_element(content, kBitString, bits);
  return sequence(content);
}

}  // namespace trailseal::crypto
