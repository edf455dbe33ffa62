#include <algorithm>
#include <string>

#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/crypto.hpp"

using namespace trailseal;
using crypto::RsaPublicKey;
using test::hex;

namespace {

// DER, written as it should be unless `length` says otherwise.
Bytes element(std::uint8_t tag, const Bytes& content) {
  Bytes out = {tag};
  if (content.size() >= 0x80) out.push_back(content.size() < 0x100 ? 0x81 : 0x82);
  if (content.size() >= 0x100) out.push_back(static_cast<std::uint8_t>(content.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes operator+(Bytes left, const Bytes& right) {
  left.insert(left.end(), right.begin(), right.end());
  return left;
}

Bytes pkcs1(const Bytes& modulus, const Bytes& exponent) {
  return element(0x30, element(0x02, modulus) + element(0x02, exponent));
}

// An odd number of so many bits, as the content of an INTEGER.
Bytes number(std::size_t bits) {
  Bytes out(bits / 8 + 1, 0xa5);
  out[0] = static_cast<std::uint8_t>(bits % 8 == 0 ? 0 : 1u << (bits % 8 - 1));
  return out;
}

const Bytes kF4 = {0x01, 0x00, 0x01};
const Bytes kRsaOid = hex("06092a864886f70d010101");
const Bytes kNull = {0x05, 0x00};

Bytes spki(const Bytes& algorithm, const Bytes& bits) {
  return element(0x30, element(0x30, algorithm) + element(0x03, bits));
}

}  // namespace

TEST_CASE("the genuine keys are read and written again byte for byte") {
  for (const test::GenuineKey& row : test::kGenuineKeys) {
    CAPTURE(row.fingerprint);
    const Bytes der = hex(row.der);
    const auto key = RsaPublicKey::from_der(der);
    REQUIRE(key.has_value());
    CHECK(key->bits() == 2048);
    CHECK(key->signature_size() == 256);
    CHECK(key->modulus().size() == 256);
    CHECK(key->modulus()[0] >= 0x80);
    CHECK(std::ranges::equal(key->exponent(), kF4));
    CHECK((key->pkcs1_der() == der || key->spki_der() == der));
    CHECK(*RsaPublicKey::from_der(key->pkcs1_der()) == *key);
    CHECK(*RsaPublicKey::from_der(key->spki_der()) == *key);
    CHECK(key->pkcs1_der() != key->spki_der());
  }
  CHECK(*RsaPublicKey::from_der(hex(test::kGenuineKeys[0].der)) !=
        *RsaPublicKey::from_der(hex(test::kGenuineKeys[1].der)));
}

TEST_CASE("a key of every allowed size is read") {
  for (const std::size_t bits : {2048u, 2049u, 2055u, 2056u, 3072u, 4096u, 4097u, 8191u, 8192u}) {
    CAPTURE(bits);
    const auto key = RsaPublicKey::from_der(pkcs1(number(bits), kF4));
    REQUIRE(key.has_value());
    CHECK(key->bits() == bits);
    CHECK(key->signature_size() == (bits + 7) / 8);
    CHECK(key->pkcs1_der() == pkcs1(number(bits), kF4));
  }
  for (const Bytes& exponent : {Bytes{3}, Bytes{17}, Bytes{0, 0xff}, kF4, Bytes{0, 0xff, 0xff, 0xff, 0xff}}) {
    const auto key = RsaPublicKey::from_der(pkcs1(number(2048), exponent));
    REQUIRE(key.has_value());
    CHECK(key->pkcs1_der() == pkcs1(number(2048), exponent));
  }
}

TEST_CASE("everything else is refused") {
  const Bytes n = number(2048);
  const Bytes key = pkcs1(n, kF4);
  const Bytes both = element(0x02, n) + element(0x02, kF4);
  const Bytes whole_bits = Bytes{0} + key;
  Bytes even = n, long_form = key, negative = number(2048);
  even.back() = 0xa4;
  long_form[1] = 0x83;
  long_form.insert(long_form.begin() + 2, 0);
  negative.erase(negative.begin());
  const struct {
    const char* what;
    Bytes der;
    Errc code;
  } rows[] = {
      {"nothing", {}, Errc::corrupt},
      {"one byte", {0x30}, Errc::corrupt},
      {"an empty sequence", {0x30, 0x00}, Errc::corrupt},
      {"not a sequence", element(0x31, both), Errc::corrupt},
      {"a byte behind the key", key + Bytes{0}, Errc::corrupt},
      {"a byte behind the exponent", element(0x30, both + Bytes{0}), Errc::corrupt},
      {"a third integer", element(0x30, both + element(0x02, {3})), Errc::corrupt},
      {"no exponent", element(0x30, element(0x02, n)), Errc::corrupt},
      {"a length of indefinite form", Bytes{0x30, 0x80} + both + Bytes{0, 0}, Errc::corrupt},
      {"a length with a leading zero", long_form, Errc::corrupt},
      {"a long length for a short one", element(0x30, element(0x02, n) + Bytes{0x02, 0x81, 3, 1, 0, 1}), Errc::corrupt},
      {"a length of eight bytes", Bytes{0x30, 0x88, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff} + both,
       Errc::corrupt},
      {"a reserved length", Bytes{0x30, 0xff} + both, Errc::corrupt},
      {"a length past the end", Bytes{0x30, 0x84, 0xff, 0xff, 0xff, 0xff} + both, Errc::corrupt},
      {"an empty modulus", pkcs1({}, kF4), Errc::corrupt},
      {"a modulus of zero", pkcs1({0}, kF4), Errc::corrupt},
      {"a negative modulus", pkcs1(negative, kF4), Errc::corrupt},
      {"a modulus with two zeros in front", pkcs1(Bytes{0} + n, kF4), Errc::corrupt},
      {"an even modulus", pkcs1(even, kF4), Errc::corrupt},
      {"an exponent of zero", pkcs1(n, {0}), Errc::corrupt},
      {"an exponent of one", pkcs1(n, {1}), Errc::corrupt},
      {"an even exponent", pkcs1(n, {4}), Errc::corrupt},
      {"a negative exponent", pkcs1(n, {0xff}), Errc::corrupt},
      {"an exponent with a zero in front", pkcs1(n, Bytes{0} + kF4), Errc::corrupt},
      {"an exponent of 33 bits", pkcs1(n, {1, 0, 0, 0, 1}), Errc::unsupported},
      {"512 bits", pkcs1(number(512), kF4), Errc::unsupported},
      {"2047 bits", pkcs1(number(2047), kF4), Errc::unsupported},
      {"8193 bits", pkcs1(number(8193), kF4), Errc::unsupported},
      {"an elliptic curve", spki(hex("06072a8648ce3d0201") + hex("06082a8648ce3d030107"), whole_bits),
       Errc::unsupported},
      {"RSASSA-PSS", spki(hex("06092a864886f70d01010a") + kNull, whole_bits), Errc::unsupported},
      {"parameters missing", spki(kRsaOid, whole_bits), Errc::corrupt},
      {"parameters not NULL", spki(kRsaOid + element(0x04, {}), whole_bits), Errc::corrupt},
      {"NULL with content", spki(kRsaOid + Bytes{0x05, 0x01, 0x00}, whole_bits), Errc::corrupt},
      {"two parameters", spki(kRsaOid + kNull + kNull, whole_bits), Errc::corrupt},
      {"unused bits", spki(kRsaOid + kNull, Bytes{1} + key), Errc::corrupt},
      {"an empty bit string", spki(kRsaOid + kNull, {}), Errc::corrupt},
      {"a bit string of no key", spki(kRsaOid + kNull, {0}), Errc::corrupt},
      {"a byte behind the inner key", spki(kRsaOid + kNull, whole_bits + Bytes{0}), Errc::corrupt},
      {"an SPKI in an SPKI", spki(kRsaOid + kNull, Bytes{0} + spki(kRsaOid + kNull, whole_bits)), Errc::corrupt},
      {"a byte behind the SPKI", spki(kRsaOid + kNull, whole_bits) + Bytes{0}, Errc::corrupt},
      {"a byte behind the bit string",
       element(0x30, element(0x30, kRsaOid + kNull) + element(0x03, whole_bits) + Bytes{0}), Errc::corrupt},
  };
  REQUIRE(RsaPublicKey::from_der(key).has_value());
  REQUIRE(RsaPublicKey::from_der(spki(kRsaOid + kNull, whole_bits)).has_value());
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const auto result = RsaPublicKey::from_der(row.der);
    REQUIRE(!result);
    CHECK(result.error().code == row.code);
    CHECK(result.error().message.starts_with("public key: "));
  }
}

TEST_CASE("no cut and no flipped bit of a key is read as something else than it says") {
  for (const std::size_t index : {0u, 2u}) {  // PKCS#1, SubjectPublicKeyInfo
    const Bytes der = hex(test::kGenuineKeys[index].der);
    const RsaPublicKey genuine = *RsaPublicKey::from_der(der);
    for (std::size_t size = 0; size < der.size(); ++size) {
      CAPTURE(index, size);
      CHECK(!RsaPublicKey::from_der(ByteView(der).first(size)));
    }
    for (std::size_t bit = 0; bit < 8 * der.size(); ++bit) {
      CAPTURE(index, bit);
      Bytes altered = der;
      altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      const auto key = RsaPublicKey::from_der(altered);
      if (!key) continue;
      CHECK(*key != genuine);
      CHECK((key->pkcs1_der() == altered || key->spki_der() == altered));
    }
  }
}
