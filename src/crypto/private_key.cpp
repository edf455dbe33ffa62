// RSA private keys in DER: PKCS#1 RSAPrivateKey (RFC 8017 A.1.2) and PKCS#8 PrivateKeyInfo (RFC 5208 5).
//
//   RSAPrivateKey  ::= SEQUENCE { INTEGER 0, n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p }
//   PrivateKeyInfo ::= SEQUENCE { INTEGER 0, SEQUENCE { OBJECT IDENTIFIER, NULL }, OCTET STRING { RSAPrivateKey },
//                                 [0] attributes OPTIONAL }
//
// Attributes (Windows writes some) say nothing that a decryption needs and are passed over. An EncryptedPrivateKeyInfo
// begins with a sequence instead of the version.
#include <algorithm>
#include <string>
#include <utility>

#include "crypto/der.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::string_view kWhat = "private key";

// The RSAPrivateKey inside a PrivateKeyInfo whose content, behind the version, is `rest`.
Result<ByteView> unwrap(DerReader rest) {
  TRY_VOID(take_rsa_encryption(rest));
  TRY(const ByteView key, rest.take(DerTag::octet_string));
  if (rest.next_is(DerTag::context_0)) {
    TRY([[maybe_unused]] const ByteView attributes, rest.take(DerTag::context_0));
  }
  TRY_VOID(rest.expect_end());
  return key;
}

// The version: 0. 1 means more primes in PKCS#1 and a public key in PKCS#8 (RFC 5958), and is well-formed.
Result<void> take_version(DerReader& reader) {
  TRY(const ByteView version, reader.take(DerTag::integer));
  if (version.size() == 1 && version[0] == 0) return {};
  if (version.size() == 1 && version[0] == 1) return Error{Errc::unsupported, "private key: a version other than 0"};
  return reader.corrupt("its version is none");
}

bool is_less(ByteView a, ByteView b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::ranges::lexicographical_compare(a, b);
}

Result<RsaPublicKey> public_part(ByteView modulus, ByteView exponent) {
  Bytes numbers, der;
  append_positive(numbers, modulus);
  append_positive(numbers, exponent);
  append_element(der, DerTag::sequence, numbers);
  Result<RsaPublicKey> key = RsaPublicKey::from_der(der);
  if (key) return key;
  // What is wrong with the public key is wrong with this one.
  const std::string& message = key.error().message;
  return Error{key.error().code, std::string(kWhat) + message.substr(message.find(':'))};
}

}  // namespace

Result<RsaPrivateKey> RsaPrivateKey::from_der(ByteView der) {
  DerReader whole(kWhat, der);
  TRY(DerReader numbers, whole.take_sequence());
  TRY_VOID(whole.expect_end());
  if (numbers.next_is(DerTag::sequence)) return Error{Errc::unsupported, "private key: it is encrypted"};
  TRY_VOID(take_version(numbers));
  if (numbers.next_is(DerTag::sequence)) {
    TRY(const ByteView inside, unwrap(numbers));
    DerReader inner(kWhat, inside);
    TRY(numbers, inner.take_sequence());
    TRY_VOID(inner.expect_end());
    TRY_VOID(take_version(numbers));
  }
  TRY(const ByteView modulus, numbers.take_positive());
  TRY(const ByteView exponent, numbers.take_positive());
  TRY(RsaPublicKey public_key, public_part(modulus, exponent));
  RsaPrivateKey key(std::move(public_key));
  for (SecretBytes& part : key.parts_) {
    TRY(const ByteView number, numbers.take_positive());
    if (!is_less(number, modulus)) return whole.corrupt("a number is not less than the modulus");
    part = SecretBytes::copy_of(number);
  }
  TRY_VOID(numbers.expect_end());
  for (const Part prime : {prime1, prime2}) {
    const ByteView number = key.part(prime);
    const bool is_one = number.size() == 1 && number[0] == 1;
    if ((number.back() & 1) == 0 || is_one) return whole.corrupt("not an RSA key");
  }
  return key;
}

SecretBytes RsaPrivateKey::pkcs1_der() const {
  constexpr std::size_t kHeader = 6;  // of an element, with a sign byte, at most
  std::size_t size = kHeader + 3 + public_key_.modulus().size() + public_key_.exponent().size() + 2 * kHeader;
  for (const SecretBytes& part : parts_) size += kHeader + part.size();
  Bytes numbers, out;
  numbers.reserve(size);  // so that growing leaves no copy behind
  out.reserve(size + kHeader);
  constexpr std::uint8_t kVersion = 0;
  append_element(numbers, DerTag::integer, {&kVersion, 1});
  append_positive(numbers, public_key_.modulus());
  append_positive(numbers, public_key_.exponent());
  for (const SecretBytes& part : parts_) append_positive(numbers, part.view());
  append_element(out, DerTag::sequence, numbers);
  wipe(numbers);
  return SecretBytes(std::move(out));
}

}  // namespace trailseal::crypto
