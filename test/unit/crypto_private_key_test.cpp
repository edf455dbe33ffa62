#include <algorithm>
#include <string>

#include "crypto/der.hpp"
#include "crypto/self_test_answers.hpp"
#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/crypto.hpp"

using namespace trailseal;
using namespace trailseal::crypto;
using test::hex;

namespace {

Bytes wrapped(DerTag tag, ByteView content) {
  Bytes out;
  append_element(out, tag, content);
  return out;
}

Bytes joined(std::initializer_list<Bytes> parts) {
  Bytes out;
  for (const Bytes& part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

Bytes pkcs1() { return hex(answers::kPrivateKey); }

const Bytes kVersion0 = {0x02, 0x01, 0x00};
const Bytes kVersion1 = {0x02, 0x01, 0x01};
// rsaEncryption with NULL, and id-RSASSA-PSS.
constexpr std::string_view kRsa = "300d06092a864886f70d0101010500";
constexpr std::string_view kPss = "300d06092a864886f70d01010a0500";

Bytes pkcs8(const Bytes& version, std::string_view algorithm, const Bytes& key, const Bytes& behind = {}) {
  return wrapped(DerTag::sequence, joined({version, hex(algorithm), wrapped(DerTag::octet_string, key), behind}));
}

Bytes numbers(std::initializer_list<Bytes> magnitudes) {
  Bytes content = kVersion0;
  for (const Bytes& magnitude : magnitudes) append_positive(content, magnitude);
  return wrapped(DerTag::sequence, content);
}

}  // namespace

TEST_CASE("a private key is read from both encodings and written again") {
  const Bytes der = pkcs1();
  const Bytes attributes = {0xa0, 0x02, 0x31, 0x00};
  for (const Bytes& form : {der, pkcs8(kVersion0, kRsa, der), pkcs8(kVersion0, kRsa, der, attributes)}) {
    const Result<RsaPrivateKey> key = RsaPrivateKey::from_der(form);
    REQUIRE(key.has_value());
    CHECK(key->pkcs1_der() == der);
    CHECK(key->public_key().bits() == 2048);
    CHECK(key->public_key().exponent().size() == 3);
    CHECK(key->part(RsaPrivateKey::prime1).size() == 128);
  }
}

TEST_CASE("what is no private key, or another kind of it, is told apart") {
  const Bytes der = pkcs1();
  const Bytes key8 = pkcs8(kVersion0, kRsa, der);
  Bytes more_primes = der, longer = der, even = der;
  more_primes[6] = 1;  // 30 82 .. .. 02 01 version
  longer.push_back(0);
  const RsaPrivateKey key = std::move(*RsaPrivateKey::from_der(der));
  const ByteView prime = key.part(RsaPrivateKey::prime1);
  const auto last = std::ranges::search(der, prime).end() - 1;
  even[static_cast<std::size_t>(last - der.begin())] ^= 1;
  const Bytes n(256, 0xff), half(128, 0xff), three = {3};
  const struct {
    const char* what;
    Bytes der;
    Errc code;
  } rows[] = {
      {"nothing", {}, Errc::corrupt},
      {"a number", kVersion0, Errc::corrupt},
      {"an empty sequence", {0x30, 0x00}, Errc::corrupt},
      {"a byte behind", longer, Errc::corrupt},
      {"a public key", key.public_key().pkcs1_der(), Errc::corrupt},
      {"a SubjectPublicKeyInfo", key.public_key().spki_der(), Errc::unsupported},  // begins like an encrypted key
      {"1024 bits", numbers({half, three, three, three, three, three, three, three}), Errc::unsupported},
      {"1 as the exponent", numbers({n, {1}, three, three, three, three, three, three}), Errc::corrupt},
      {"d as large as the modulus", numbers({n, three, n, half, half, three, three, three}), Errc::corrupt},
      {"a prime of 1", numbers({n, three, three, {1}, half, three, three, three}), Errc::corrupt},
      {"no coefficient", numbers({n, three, three, half, half, three, three}), Errc::corrupt},
      {"more numbers", numbers({n, three, three, half, half, three, three, three, three}), Errc::corrupt},
      {"more primes", more_primes, Errc::unsupported},
      {"an even prime", even, Errc::corrupt},
      {"PKCS#8 with a public key", pkcs8(kVersion1, kRsa, der), Errc::unsupported},
      {"PKCS#8 of another version", pkcs8({0x02, 0x01, 0x02}, kRsa, der), Errc::corrupt},
      {"PKCS#8 of another algorithm", pkcs8(kVersion0, kPss, der), Errc::unsupported},
      {"PKCS#8 with bytes behind the key", pkcs8(kVersion0, kRsa, longer), Errc::corrupt},
      {"PKCS#8 in PKCS#8", pkcs8(kVersion0, kRsa, key8), Errc::corrupt},
      {"PKCS#8 with something behind", pkcs8(kVersion0, kRsa, der, kVersion0), Errc::corrupt},
      {"an encrypted PKCS#8", wrapped(DerTag::sequence, joined({hex(kRsa), wrapped(DerTag::octet_string, der)})),
       Errc::unsupported},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    const Result<RsaPrivateKey> result = RsaPrivateKey::from_der(row.der);
    REQUIRE(!result.has_value());
    CHECK(result.error().code == row.code);
    CHECK(result.error().message.starts_with("private key: "));
  }
}

TEST_CASE("a private key cut short is corrupt, and no message holds a byte of it") {
  const Bytes der = pkcs8(kVersion0, kRsa, pkcs1());
  for (std::size_t size = 0; size < der.size(); ++size) {
    const Result<RsaPrivateKey> result = RsaPrivateKey::from_der(ByteView(der).first(size));
    REQUIRE(!result.has_value());
    CHECK(result.error().code == Errc::corrupt);
    CHECK(result.error().message.starts_with("private key: "));
    CHECK(result.error().message.size() < 80);
  }
}
