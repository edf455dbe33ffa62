#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "base/hex.hpp"
#include "support/catch.hpp"
#include "support/digest_sample.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;
using namespace trailseal::test;

TEST_CASE("a linked digest is read") {
  DigestParser parser;
  const std::string text = json(linked_digest());
  for (const std::string& spelling : {text, text + "\n", " \r\n\t" + text}) {
    const Result<Digest> read = parser.parse(as_bytes(spelling));
    REQUIRE(read);
    CHECK(read->account == "111111111111");
    CHECK(to_string(read->start) == "2026-06-30T23:13:52Z");
    CHECK(to_string(read->end) == "2026-07-01T00:13:52Z");
    CHECK(read->end_text == "2026-07-01T00:13:52Z");
    CHECK(read->bucket == "trail-bucket");
    CHECK(read->key == "AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/second.json.gz");
    CHECK(read->fingerprint == "31e8b5433410dfb61a9dc45cc65b22ff");
    CHECK(read->signature_algorithm == "SHA256withRSA");
    REQUIRE(read->previous);
    CHECK(read->previous->bucket == "trail-bucket");
    CHECK(read->previous->key == "AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/first.json.gz");
    CHECK(base::to_hex(read->previous->hash) == kHash);
    CHECK_FALSE(read->previous->hash_short);
    CHECK(read->previous->signature == "50887ccf");
    CHECK(read->previous->hash_algorithm == "SHA-256");
    REQUIRE(read->logs.size() == 1);
    CHECK(read->logs[0].bucket == "trail-bucket");
    CHECK(read->logs[0].key == "AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/01/x.json.gz");
    CHECK(base::to_hex(read->logs[0].hash) == kHash);
    CHECK(read->logs[0].hash_known);
  }
}

TEST_CASE("a starting digest has no predecessor") {
  DigestParser parser;
  const Result<Digest> read = parser.parse(as_bytes(json(starting_digest())));
  REQUIRE(read);
  CHECK_FALSE(read->previous);
  CHECK(read->logs.empty());
}

TEST_CASE("spellings that mean the same are accepted") {
  const Members good = linked_digest();
  const Members accepted[] = {
      Members(good.rbegin(), good.rend()),
      with(good, "digestPublicKeyFingerprint", "\"31E8B5433410DFB61A9DC45CC65B22FF\""),
      with(good, "digestS3Bucket", "\"\\u0074rail-bucket\""),
      with(good, "digestEndTime", "\"2026-06-30T23:13:52Z\""),  // an empty span
      with(good, "digestSignatureAlgorithm", "\"SHA512withRSA\""),
      with(good, "previousDigestHashValue", '"' + std::string(64, 'A') + '"'),
      without(without(good, "newestEventTime"), "oldestEventTime"),
      with(good, "logFiles", "[" + json(without(log_entry(), "newestEventTime")) + "]"),
      with(good, "logFiles", "[" + json(with(log_entry(), "oldestEventTime", "null")) + "]"),
  };
  for (const Members& members : accepted) {
    CAPTURE(json(members));
    CHECK(fault(json(members)) == "");
  }
  Members more = good;
  more.emplace_back("newField", "{\"a\":[1,-2.5e3,true,{\"a\":null}],\"b\":\"\\ud83d\\ude00\"}");
  more.emplace_back("other", "18446744073709551615");
  CHECK(fault(json(more)) == "");
}

TEST_CASE("every field is required and has its type") {
  const Members good = linked_digest();
  for (const auto& [name, value] : good) {
    if (name == "newestEventTime" || name == "oldestEventTime") continue;
    CAPTURE(name);
    CHECK(fault(json(without(good, name))) == "corrupt: " + name + " is missing");
    for (const char* wrong : {"1", "true", "{}", "[\"a\"]", "null"}) {
      CAPTURE(wrong);
      const std::string found = fault(json(with(good, name, wrong)));
      CHECK(found.starts_with("corrupt: "));
      if (!name.starts_with("previous") && name != "logFiles") CHECK(contains(found, name));
    }
  }
  const Members start = starting_digest();
  for (const auto& [name, value] : start) {
    if (!name.starts_with("previous")) continue;
    CAPTURE(name);
    CHECK(fault(json(without(start, name))).starts_with("corrupt: "));  // absent is not null
  }
  for (const auto& [name, value] : log_entry()) {
    CAPTURE(name);
    if (name != "newestEventTime" && name != "oldestEventTime") {
      CHECK(fault(json(with(good, "logFiles", "[" + json(without(log_entry(), name)) + "]"))) ==
            "corrupt: logFiles[0]: " + name + " is missing");
      CHECK(contains(fault(json(with(good, "logFiles", "[" + json(with(log_entry(), name, "null")) + "]"))), name));
    }
    for (const char* wrong : {"1", "false", "{}", "[]"})
      CHECK(contains(fault(json(with(good, "logFiles", "[" + json(with(log_entry(), name, wrong)) + "]"))), name));
  }
  for (const char* wrong : {"1", "{}", "[]"}) {
    CHECK(contains(fault(json(with(good, "newestEventTime", wrong))), "newestEventTime"));
    CHECK(contains(fault(json(with(good, "oldestEventTime", wrong))), "oldestEventTime"));
  }
}

TEST_CASE("every value has its format") {
  struct Case {
    std::string name, value;
  };
  const std::vector<Case> cases = {
      {"awsAccountId", ""},
      {"awsAccountId", "11111111111"},
      {"awsAccountId", "11111111111a"},
      {"digestStartTime", ""},
      {"digestStartTime", "2026-06-30T23:13:52"},
      {"digestStartTime", "2026-06-31T23:13:52Z"},
      {"digestStartTime", "2026-06-30T23:13:52.0Z"},
      {"digestStartTime", "2026-06-30T23:13:52+00:00"},
      {"digestEndTime", "2026-07-01 00:13:52Z"},
      {"digestEndTime", "2026-07-01T00:13:52Z "},
      {"digestEndTime", "2026-06-30T23:13:51Z"},  // before the start
      {"digestEndTime", "20260701T001352Z"},
      {"digestS3Bucket", ""},
      {"digestS3Object", ""},
      {"digestPublicKeyFingerprint", ""},
      {"digestPublicKeyFingerprint", "31e8b5433410dfb61a9dc45cc65b22f"},
      {"digestPublicKeyFingerprint", "31e8b5433410dfb61a9dc45cc65b22fg"},
      {"previousDigestS3Bucket", ""},
      {"previousDigestS3Object", ""},
      {"previousDigestHashValue", ""},
      {"previousDigestHashValue", std::string(62, 'a')},
      {"previousDigestHashValue", std::string(65, 'a')},
      {"previousDigestHashValue", std::string(62, 'a') + "g"},
      {"previousDigestSignature", ""},
      {"previousDigestSignature", "null"},
      {"previousDigestSignature", "50887ccff"},
      {"previousDigestSignature", "zz"},
      {"previousDigestSignature", std::string(2050, 'a')},
  };
  for (const Case& c : cases) {
    CAPTURE(c.name, c.value);
    const std::string found = fault(json(with(linked_digest(), c.name, '"' + c.value + '"')));
    CHECK(found.starts_with("corrupt: "));
    CHECK(contains(found, c.name));
  }
  const std::vector<Case> in_log = {
      {"s3Bucket", ""},
      {"s3Object", ""},
      {"hashValue", ""},
      {"hashValue", std::string(63, 'a')},  // short hashes were only seen in previousDigestHashValue
      {"hashValue", std::string(65, 'a')},
      {"hashValue", std::string(63, 'a') + "g"},
  };
  for (const Case& c : in_log) {
    CAPTURE(c.name, c.value);
    const std::string entry = json(with(log_entry(), c.name, '"' + c.value + '"'));
    CHECK(contains(fault(json(with(linked_digest(), "logFiles", "[" + json(log_entry()) + "," + entry + "]"))),
                   "logFiles[1]: " + c.name));
  }
  CHECK(contains(fault(json(with(linked_digest(), "logFiles", "[null]"))), "logFiles[0]: is not an object"));
}

TEST_CASE("the previous fields are null together or not at all") {
  for (const char* name : {"previousDigestS3Bucket", "previousDigestS3Object", "previousDigestHashValue",
                           "previousDigestHashAlgorithm", "previousDigestSignature"}) {
    CAPTURE(name);
    CHECK(contains(fault(json(with(linked_digest(), name, "null"))), "some, not all"));
    CHECK(contains(fault(json(with(starting_digest(), name, "\"a\""))), "some, not all"));
  }
}

TEST_CASE("hashes may be short or of another algorithm") {
  DigestParser parser;
  Result<Digest> read =
      parser.parse(as_bytes(json(with(linked_digest(), "previousDigestHashValue", '"' + std::string(63, 'b') + '"'))));
  REQUIRE(read);
  CHECK(read->previous->hash_short);
  CHECK(base::to_hex(read->previous->hash) == "0" + std::string(63, 'b'));

  read = parser.parse(as_bytes(json(with(linked_digest(), "previousDigestHashAlgorithm", "\"SHA-512\""))));
  REQUIRE(read);
  CHECK(read->previous->hash_algorithm == "SHA-512");
  CHECK(read->previous->hash == Sha256{});

  for (const char* algorithm : {"SHA-512", "sha-256", "SHA256", ""}) {
    const Members entry = with(log_entry(), "hashAlgorithm", '"' + std::string(algorithm) + '"');
    read = parser.parse(as_bytes(json(with(linked_digest(), "logFiles", "[" + json(entry) + "]"))));
    REQUIRE(read);
    CHECK_FALSE(read->logs.at(0).hash_known);
    CHECK(read->logs.at(0).hash == Sha256{});
  }
}

TEST_CASE("the string to sign is AWS's") {
  Digest digest;
  digest.end_text = "a";
  digest.bucket = "b";
  digest.key = "c";
  const Sha256 hash =
      base::sha256_from_hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad").value();  // of "abc"
  const std::string lines = "a\nb/c\nba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n";
  CHECK(digest.string_to_sign(hash) == lines + "null");
  digest.previous = Previous{};
  digest.previous->signature = "AbCd";
  CHECK(digest.string_to_sign(hash) == lines + "AbCd");
}

TEST_CASE("a genuine digest is read") {
  const char* shared = std::getenv("TRAILSEAL_SHARED");
  const std::filesystem::path folder =
      std::filesystem::path(shared ? shared : "../shared") / "data/cloudtrail-logs/real-digest-sample";
  const std::string name =
      "327878933619_CloudTrail-Digest_ap-northeast-1_llm-guard-trail_us-west-2_20231015T230404Z.json";
  std::ifstream file(folder / name, std::ios::binary);
  if (!file) {
    WARN("skipped: no " << (folder / name).string());
    return;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  DigestParser parser;
  const Result<Digest> read = parser.parse(as_bytes(text));
  REQUIRE(read);
  const std::optional<DigestKey> key = parse_digest_key(read->key);
  REQUIRE(key);
  CHECK(key->end == read->end);
  CHECK(key->chain.to_string() == "327878933619/llm-guard-trail@us-west-2/ap-northeast-1");
  REQUIRE(read->previous);
  CHECK(parse_digest_key(read->previous->key));
  CHECK(read->logs.size() == 5);
  for (const ListedLog& log : read->logs) CHECK(parse_log_key(log.key));
}
