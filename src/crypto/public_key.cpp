// RSA public keys in DER: PKCS#1 RSAPublicKey (RFC 8017 A.1.1) and SubjectPublicKeyInfo (RFC 5280 4.1, RFC 3279 2.3.1).
//
//   RSAPublicKey         ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }
//   SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OBJECT IDENTIFIER, NULL }, BIT STRING { RSAPublicKey } }
//
// CloudTrail's own list holds both, and says of neither which it is. What the reader accepts, it writes again byte for
// byte.
#include <algorithm>
#include <array>
#include <bit>
#include <string>
#include <utility>

#include "crypto/der.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

// 1.2.840.113549.1.1.1
constexpr std::array<std::uint8_t, 9> kRsaEncryption = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

constexpr std::size_t kMinBits = 2048;  // CloudTrail uses 2048; less has been weak for years
constexpr std::size_t kMaxBits = 8192;  // bounds the work that a hostile key can ask for
constexpr std::size_t kMaxExponentBytes = 4;

// The RSAPublicKey inside a SubjectPublicKeyInfo whose content is `rest`.
Result<ByteView> unwrap(DerReader rest) {
  TRY_VOID(take_rsa_encryption(rest));
  TRY(const ByteView bits, rest.take(DerTag::bit_string));
  TRY_VOID(rest.expect_end());
  if (bits.empty() || bits[0] != 0) return rest.corrupt("a bit string of odd bits");
  return bits.subspan(1);
}

Bytes sequence(ByteView content) {
  Bytes out;
  append_element(out, DerTag::sequence, content);
  return out;
}

}  // namespace

Result<void> take_rsa_encryption(DerReader& reader) {
  TRY(DerReader algorithm, reader.take_sequence());
  TRY(const ByteView identifier, algorithm.take(DerTag::object_identifier));
  if (!std::ranges::equal(identifier, kRsaEncryption))
    return Error{Errc::unsupported, std::string(reader.what()) + ": its algorithm is not rsaEncryption"};
  TRY(const ByteView parameters, algorithm.take(DerTag::null));
  if (!parameters.empty() || !algorithm.empty()) return reader.corrupt("the algorithm's parameters are not NULL");
  return {};
}

Result<RsaPublicKey> RsaPublicKey::from_der(ByteView der) {
  DerReader whole("public key", der);
  TRY(DerReader numbers, whole.take_sequence());
  TRY_VOID(whole.expect_end());
  if (numbers.next_is(DerTag::sequence)) {
    TRY(const ByteView inside, unwrap(numbers));
    DerReader inner("public key", inside);
    TRY(numbers, inner.take_sequence());
    TRY_VOID(inner.expect_end());
  }
  TRY(const ByteView modulus, numbers.take_positive());
  TRY(const ByteView exponent, numbers.take_positive());
  TRY_VOID(numbers.expect_end());

  const std::size_t bits = 8 * (modulus.size() - 1) + static_cast<std::size_t>(std::bit_width(modulus[0]));
  if (bits < kMinBits || bits > kMaxBits)
    return Error{Errc::unsupported, "public key: a modulus of " + std::to_string(bits) + " bits"};
  if (exponent.size() > kMaxExponentBytes)
    return Error{Errc::unsupported, "public key: an exponent of more than 32 bits"};
  const bool is_one = exponent.size() == 1 && exponent[0] == 1;
  if ((modulus.back() & 1) == 0 || (exponent.back() & 1) == 0 || is_one) return whole.corrupt("not an RSA key");

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
  append_element(algorithm, DerTag::object_identifier, kRsaEncryption);
  append_element(algorithm, DerTag::null, {});
  Bytes bits = {0};
  const Bytes key = pkcs1_der();
  bits.insert(bits.end(), key.begin(), key.end());
  Bytes content = sequence(algorithm);
  append_element(content, DerTag::bit_string, bits);
  return sequence(content);
}

}  // namespace trailseal::crypto
