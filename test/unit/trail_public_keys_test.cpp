#include <string>
#include <vector>

#include "base/hex.hpp"
#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;

namespace {

// As the guide prints it: 8eba...
const std::string kPkcs1 =
    "MIIBCgKCAQEAn11L2YZ9h7onug2ILi1MWyHiMRsTQjfWE+pHVRLk1QjfWhirG+lpOa8NrwQ/r7Ah5bNL6HepznOU9XTDSfmmnP97mqyc7z/upfZdS/"
    "AHhYcGaz7n6Wc/RRBU6VmiPCrAUojuSk6/GjvA8iOPFsYDuBtviXarvuLPlrT9kAd4Lb+rFfR5peEgBEkhlzc5HuWO7S0y+"
    "KunqxX6jQBnXGMtxmPBPP0FylgWGNdFtks/4YSKcgqwH0YDcawP9GGGDAeCIqPWIXDLG1jOjRRzWfCmD0iJUkz8vTsn4hq/"
    "5ZxRFE7UBAUiVcGbdnDdvVfhF9C3dQiDq3k7adQIziLT0cShgQIDAQAB";
const std::string kPkcs1Name = "8eba5db5bea9b640d1c96a77256fe7f2";
const std::string kPkcs1AsSpkiName = "af110a065f7c972060be40fec805750b";  // by openssl rsa | md5sum
const std::string kSpkiName = "31e8b5433410dfb61a9dc45cc65b22ff";
const std::string kSpkiAsPkcs1Name = "9258aeaac04b4e7988a7ef49773b501e";

const crypto::Backend& backend() { return *crypto::backends().front(); }

Bytes genuine(std::string_view fingerprint) {
  for (const auto& key : test::kGenuineKeys)
    if (key.fingerprint == fingerprint) return test::hex(key.der);
  FAIL("no such key");
  return {};
}

std::string to_base64(const Bytes& bytes) {
  constexpr char kAlphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned bits = 0;
    for (std::size_t j = 0; j < 3; ++j) bits = bits << 8 | (i + j < bytes.size() ? bytes[i + j] : 0u);
    for (std::size_t j = 0; j < 4; ++j) text += i + j > bytes.size() ? '=' : kAlphabet[bits >> (18 - 6 * j) & 63];
  }
  return text;
}

std::string pem(const std::string& label, const Bytes& der, const std::string& end_of_line = "\n") {
  std::string text = "-----BEGIN " + label + "-----" + end_of_line, body = to_base64(der);
  for (std::size_t i = 0; i < body.size(); i += 64) text += body.substr(i, 64) + end_of_line;
  return text + "-----END " + label + "-----" + end_of_line;
}

std::string record(const std::string& more, const std::string& value = kPkcs1) {
  return "{\"PublicKeyList\":[{\"Value\":\"" + value + "\"" + more + "}]}";
}

Result<std::vector<PublicKey>> parse(const std::string& text) {
  return parse_public_keys(as_bytes(text), "keys/file", backend());
}

std::string fault(const std::string& text) {
  const auto keys = parse(text);
  return keys ? "" : std::string(to_string(keys.error().code)) + ": " + keys.error().message;
}

bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

PublicKey one(const std::string& text) {
  auto keys = parse(text);
  REQUIRE(keys);
  REQUIRE(keys->size() == 1);
  return keys->front();
}

Interval span(const char* begin, const char* end) { return {parse_iso_utc(begin).value(), parse_iso_utc(end).value()}; }

}  // namespace

TEST_CASE("the genuine keys bear the fingerprints that AWS published") {
  std::string list = "{\"publicKeyList\":[";
  for (const auto& key : test::kGenuineKeys)
    list += std::string(list.back() == '[' ? "" : ",") + "{\"Fingerprint\":\"" + std::string(key.fingerprint) +
            "\",\"Value\":\"" + to_base64(test::hex(key.der)) + "\"}";
  list += "],\"NextToken\":null}";
  const auto keys = parse(list);
  REQUIRE(keys);
  REQUIRE(keys->size() == 4);
  for (std::size_t i = 0; i < keys->size(); ++i) {
    const PublicKey& key = keys->at(i);
    CHECK(key.fingerprint == test::kGenuineKeys[i].fingerprint);
    CHECK(key.stated_fingerprint == key.fingerprint);
    CHECK(key.encoding == (key.fingerprint == kSpkiName ? "SubjectPublicKeyInfo" : "PKCS#1"));
    CHECK_FALSE(key.validity);
    CHECK(key.origin == "keys/file");
  }
}

TEST_CASE("every spelling of list-public-keys is read") {
  const Interval wanted = span("2015-07-08T01:04:01Z", "2015-08-07T01:04:01Z");
  const std::string more[] = {
      ",\"ValidityStartTime\":1436317441.0,\"ValidityEndTime\":1438909441.0",
      ",\"ValidityStartTime\":1436317441,\"ValidityEndTime\":1438909441",
      ",\"ValidityStartTime\":1.436317441E9,\"ValidityEndTime\":1.438909441E9",
      ",\"ValidityStartTime\":1436317441.987,\"ValidityEndTime\":1438909441.001",
      ",\"ValidityStartTime\":\"1436317441.0\",\"ValidityEndTime\":\"1438909441\"",
      ",\"ValidityStartTime\":\"2015-07-08T01:04:01+00:00\",\"ValidityEndTime\":\"2015-08-07T01:04:01Z\"",
      ",\"ValidityStartTime\":\"2015-07-08T03:04:01.987000+02:00\",\"ValidityEndTime\":\"2015-08-06T20:04:01-05:00\"",
      ",\"validityStartTime\":1436317441,\"validityEndTime\":1438909441,\"fingerprint\":\"x\",\"new\":[{}]",
  };
  for (const std::string& text : more) {
    CAPTURE(text);
    const PublicKey key = one(record(text));
    CHECK(key.fingerprint == kPkcs1Name);
    REQUIRE(key.validity);
    CHECK(*key.validity == wanted);
  }
  CHECK(one("\xEF\xBB\xBF \r\n" + record("")).fingerprint == kPkcs1Name);
  CHECK(one(record(",\"Fingerprint\":\"abc\"")).stated_fingerprint == "abc");
  CHECK(one(record("")).stated_fingerprint.empty());
  CHECK(parse("{\"PublicKeyList\":[]}").value().empty());
}

TEST_CASE("a list that is not quite one is refused") {
  struct Case {
    std::string text, fault;
  };
  const std::string good = record("");
  const Case cases[] = {
      {"{}", "no PublicKeyList"},
      {"[]", "no object"},
      {"{\"PublicKeyList\":{}}", "not an array"},
      {"{\"PublicKeyList\":null}", "not an array"},
      {"{\"PublicKeyList\":[],\"publicKeyList\":[]}", "stands twice"},
      {"{\"PublicKeyList\":[],\"PublicKeyLis\\u0074\":[]}", "stands twice"},
      {"{\"PublicKeyList\":[1]}", "PublicKeyList[0]: not an object"},
      {"{\"PublicKeyList\":[{}]}", "Value is missing"},
      {"{\"PublicKeyList\":[{\"Value\":1}]}", "Value is not a string"},
      {record(",\"value\":\"x\""), "Value stands twice"},
      {record(",\"Value\":\"x\""), "\"Value\" stands twice"},
      {record("", "!"), "not base64"},
      {record("", kPkcs1.substr(0, 64)), "PublicKeyList[0]: public key"},
      {record("", kPkcs1 + "AAAA"), "public key"},
      {record("", "YQo="), "public key"},
      {record("", ""), "public key"},
      {record(",\"Fingerprint\":1"), "Fingerprint is not a string"},
      {record(",\"ValidityStartTime\":1"), "one end of the validity"},
      {record(",\"ValidityEndTime\":1"), "one end of the validity"},
      {record(",\"ValidityStartTime\":2,\"ValidityEndTime\":1"), "before"},
      {record(",\"ValidityStartTime\":null,\"ValidityEndTime\":1"), "ValidityStartTime is not a time"},
      {record(",\"ValidityStartTime\":true,\"ValidityEndTime\":1"), "ValidityStartTime is not a time"},
      {record(",\"ValidityStartTime\":-1,\"ValidityEndTime\":1"), "ValidityStartTime is not a time"},
      {record(",\"ValidityStartTime\":1,\"ValidityEndTime\":1e300"), "ValidityEndTime is not a time"},
      {record(",\"ValidityStartTime\":1,\"ValidityEndTime\":\"nan\""), "ValidityEndTime is not a time"},
      {record(",\"ValidityStartTime\":1,\"ValidityEndTime\":\"\""), "ValidityEndTime is not a time"},
      {record(",\"ValidityStartTime\":1,\"ValidityEndTime\":\"1 \""), "ValidityEndTime is not a time"},
      {record(",\"ValidityStartTime\":1,\"ValidityEndTime\":\"soon\""), "ValidityEndTime is not a time"},
      {good + "x", "not valid JSON"},
      {good.substr(0, good.size() - 1), "not valid JSON"},
      {"{\"PublicKeyList\":[],}", "not valid JSON"},
      {"{\"x\":\"\xFF\",\"PublicKeyList\":[]}", "not valid JSON"},
      {"{\"PublicKeyList\":[]/**/}", "not valid JSON"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(fault(c.text).starts_with("corrupt: "));
    CHECK(contains(fault(c.text), c.fault));
  }
  CHECK(contains(fault(std::string(1'000'000, '[')), "limit reached: JSON nested deeper"));
  CHECK(contains(fault(std::string((8u << 20) + 1, ' ')), "limit reached: a key file of more than 8 MiB"));
  std::string many = "{\"PublicKeyList\":[0";
  for (int i = 0; i < 100'000; ++i) many += ",0";
  CHECK(contains(fault(many + "]}"), "limit reached: more than 100000 keys"));
}

TEST_CASE("PEM and DER files are read") {
  const Bytes pkcs1 = genuine(kPkcs1Name), spki = genuine(kSpkiName);
  for (const std::string end_of_line : {"\n", "\r\n", " \t\n"}) {
    const std::string text = "the keys of us-east-1" + end_of_line + pem("RSA PUBLIC KEY", pkcs1, end_of_line) +
                             "# and" + end_of_line + pem("PUBLIC KEY", spki, end_of_line) + "rest";
    const auto keys = parse(text);
    REQUIRE(keys);
    REQUIRE(keys->size() == 2);
    CHECK(keys->at(0).fingerprint == kPkcs1Name);
    CHECK(keys->at(0).encoding == "PKCS#1");
    CHECK(keys->at(1).fingerprint == kSpkiName);
    CHECK(keys->at(1).encoding == "SubjectPublicKeyInfo");
    CHECK_FALSE(keys->at(0).validity);
    CHECK(keys->at(0).stated_fingerprint.empty());
  }
  CHECK(one("-----BEGIN PUBLIC KEY-----\n" + kPkcs1 + "\n-----END PUBLIC KEY-----").fingerprint == kPkcs1Name);
  CHECK(one(std::string(as_text(pkcs1))).encoding == "PKCS#1");
  CHECK(one(std::string(as_text(spki))).encoding == "SubjectPublicKeyInfo");
}

TEST_CASE("other files are refused and named") {
  const Bytes der = genuine(kSpkiName);
  struct Case {
    std::string text, fault;
  };
  const std::string good = pem("PUBLIC KEY", der);
  const Case cases[] = {
      {"", "corrupt: an empty file"},
      {" \n", "corrupt: an empty file"},
      {"\xEF\xBB\xBF", "corrupt: an empty file"},
      {"hello", "corrupt: neither"},
      {"0hello", "corrupt: public key"},  // begins like DER
      {std::string("\xFF\xFE{\0", 4), "unsupported: UTF-16"},
      {std::string(as_text(der)) + "\n", "corrupt: public key"},
      {kPkcs1, "corrupt: neither"},
      {good.substr(0, good.size() - 5), "corrupt: a PEM block does not end"},
      {good.substr(0, 100), "corrupt: a PEM block does not end"},
      {"-----BEGIN PUBLIC KEY-----\n-----END RSA PUBLIC KEY-----\n", "corrupt: a PEM block does not end"},
      {"-----BEGIN PUBLIC KEY-----\n!!!!\n-----END PUBLIC KEY-----\n", "corrupt: a PEM block is not base64"},
      {"-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----\n", "corrupt: public key"},
      {"-----BEGIN PUBLIC KEY\n", "corrupt: no complete PEM block"},
      {pem("PRIVATE KEY", der), "unsupported: a private key"},
      {pem("RSA PRIVATE KEY", der), "unsupported: a private key"},
      {pem("ENCRYPTED PRIVATE KEY", der), "unsupported: a private key"},
      {pem("OPENSSH PRIVATE KEY", der), "unsupported: a private key"},
      {pem("CERTIFICATE", der), "unsupported: a certificate"},
      {pem("X509 CRL", der), "unsupported: a PEM block \"X509 CRL\""},
      {good + pem("PRIVATE KEY", der), "unsupported: a private key"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.text);
    CHECK(contains(fault(c.text), c.fault));
  }
}

TEST_CASE("keys are found by every name they have") {
  PublicKeySet set;
  CHECK(set.empty());
  REQUIRE(set.add(one(record(",\"Fingerprint\":\"67B9FA73676D86966B449DD677850753\"")), backend()));
  const auto* entry = set.find(kPkcs1Name);
  REQUIRE(entry);
  CHECK(entry->verifier);
  CHECK(set.find("8EBA5DB5BEA9B640D1C96A77256FE7F2") == entry);
  CHECK(set.find("67b9fa73676d86966b449dd677850753") == entry);
  CHECK_FALSE(set.find(kPkcs1AsSpkiName));  // a record says how AWS delivered the key
  CHECK_FALSE(set.find(kSpkiName));
  CHECK_FALSE(set.find(""));

  REQUIRE(set.add(one(pem("PUBLIC KEY", genuine(kSpkiName))), backend()));
  REQUIRE(set.entries().size() == 2);
  CHECK(set.entries()[0]->key.fingerprint == kSpkiName);  // sorted
  CHECK(set.find(kSpkiName));
  CHECK(set.find(kSpkiName) == set.find(kSpkiAsPkcs1Name));
  for (const auto& signature : test::kGenuineSignatures)
    CHECK(set.find(kSpkiName)
              ->verifier->verify(crypto::Hash::sha256, test::hex(signature.digest), test::hex(signature.signature))
              .value() == crypto::SignatureCheck::valid);
}

TEST_CASE("the same key comes once, whatever its spelling") {
  const auto key = [](const std::string& text, const std::string& origin) {
    PublicKey made = one(text);
    made.origin = origin;
    return made;
  };
  const std::string june = record(",\"ValidityStartTime\":100,\"ValidityEndTime\":200");
  const std::string july = record(",\"ValidityStartTime\":150,\"ValidityEndTime\":300");
  const Bytes spki = one(june).key.spki_der();
  const std::string plain = pem("PUBLIC KEY", spki);
  const Interval both{Time(Seconds(100)), Time(Seconds(300))};
  const std::vector<std::vector<std::string>> orders = {
      {june, july, plain}, {july, plain, june}, {plain, june, july}, {plain, plain, july, june, july}};
  for (const std::vector<std::string>& order : orders) {
    PublicKeySet set;
    for (const std::string& text : order) REQUIRE(set.add(key(text, text == plain ? "a.pem" : "b.json"), backend()));
    REQUIRE(set.entries().size() == 1);
    CHECK(set.entries()[0]->key.validity == both);
    CHECK(set.entries()[0]->key.origin == (order[0] == plain ? "a.pem, b.json" : "b.json, a.pem"));
    CHECK(set.find(kPkcs1Name) == set.entries()[0].get());
    CHECK(set.find(kPkcs1AsSpkiName) == set.entries()[0].get());
  }
}

TEST_CASE("a stated fingerprint never hides a key that has it") {
  const std::string liar = record(",\"Fingerprint\":\"" + kSpkiName + "\"");
  const std::string honest = pem("PUBLIC KEY", genuine(kSpkiName));
  for (const bool liar_first : {true, false}) {
    PublicKeySet set;
    REQUIRE(set.add(one(liar_first ? liar : honest), backend()));
    REQUIRE(set.add(one(liar_first ? honest : liar), backend()));
    REQUIRE(set.entries().size() == 2);
    CHECK(set.find(kSpkiName)->key.fingerprint == kSpkiName);
    CHECK(set.find(kPkcs1Name)->key.fingerprint == kPkcs1Name);
  }
}
