#include <string>
#include <vector>

#include "support/catch.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;

namespace {

const std::string kDigest =
    "AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/"
    "111111111111_CloudTrail-Digest_us-east-1_mgmt_eu-west-1_20260701T001352Z.json.gz";
const std::string kLog =
    "AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/01/"
    "111111111111_CloudTrail_us-east-1_20260701T0015Z_KL5e9VCV2SS7IqzB.json.gz";

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t place = text.find(from);
  REQUIRE(place != std::string::npos);
  return text.replace(place, from.size(), to);
}

// Every key that differs from `key` in one character: another in its place, one gone, one more.
std::vector<std::string> neighbours(const std::string& key) {
  std::vector<std::string> all;
  std::string characters("aZ09_-./\\ \n\t\r\x7f\x1b%+:TzN\xC3\xFF");
  characters.push_back('\0');
  for (std::size_t i = 0; i <= key.size(); ++i) {
    if (i < key.size()) {
      all.push_back(key.substr(0, i) + key.substr(i + 1));
      for (const int step : {-1, 1})
        all.push_back(key.substr(0, i) + static_cast<char>(key[i] + step) + key.substr(i + 1));
      all.push_back(key.substr(0, i) + static_cast<char>(key[i] ^ 0x20) + key.substr(i + 1));
    }
    for (const char c : characters) {
      if (i < key.size() && key[i] != c) all.push_back(key.substr(0, i) + c + key.substr(i + 1));
      all.push_back(key.substr(0, i) + c + key.substr(i));
    }
  }
  return all;
}

}  // namespace

TEST_CASE("digest keys of every layout are understood") {
  struct Case {
    std::string key, prefix, org, account, region, trail, home_region, end, day;
    bool backfill, misfiled;
  };
  const std::vector<Case> cases = {
      {kDigest, "", "", "111111111111", "us-east-1", "mgmt", "eu-west-1", "2026-07-01T00:13:52Z", "2026/07/01", false,
       false},
      {"AWSLogs/123456789012/CloudTrail-Digest/ap-northeast-1/2026/03/07/123456789012_CloudTrail-Digest_ap-northeast-1_"
       "medical-global-trail_ap-northeast-1_20260307T134121Z.json.gz",
       "", "", "123456789012", "ap-northeast-1", "medical-global-trail", "ap-northeast-1", "2026-03-07T13:41:21Z",
       "2026/03/07", false, false},
      {"logs/AWSLogs/o-abcdefghij/222222222222/CloudTrail-Digest/us-gov-west-1/2024/02/29/"
       "222222222222_CloudTrail-Digest_us-gov-west-1_org_us-gov-east-1_20240229T235959Z.json.gz",
       "logs", "o-abcdefghij", "222222222222", "us-gov-west-1", "org", "us-gov-east-1", "2024-02-29T23:59:59Z",
       "2024/02/29", false, false},
      {"o-fxozgwu6rc/AWSLogs/o-fxozgwu6rc/222222222222/CloudTrail-Digest/eusc-de-east-1/2026/07/01/"
       "222222222222_CloudTrail-Digest_eusc-de-east-1_a.b-c_cn-north-1_20260701T001352Z_backfill.json.gz",
       "o-fxozgwu6rc", "o-fxozgwu6rc", "222222222222", "eusc-de-east-1", "a.b-c", "cn-north-1", "2026-07-01T00:13:52Z",
       "2026/07/01", true, false},
      // Trails that look like something else.
      {"AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/"
       "111111111111_CloudTrail-Digest_us-east-1_mgmt_us-east-1_x_us-east-1_20260701T001352Z.json.gz",
       "", "", "111111111111", "us-east-1", "mgmt_us-east-1_x", "us-east-1", "2026-07-01T00:13:52Z", "2026/07/01",
       false, false},
      {"AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/111111111111_CloudTrail-Digest_us-east-1_"
       "111111111111_CloudTrail-Digest_us-east-1_20260701T001352Z_us-west-2_20260701T001353Z.json.gz",
       "", "", "111111111111", "us-east-1", "111111111111_CloudTrail-Digest_us-east-1_20260701T001352Z", "us-west-2",
       "2026-07-01T00:13:53Z", "2026/07/01", false, false},
      {"AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/"
       "111111111111_CloudTrail-Digest_us-east-1_us-east-1_us-east-1_20260701T001352Z.json.gz",
       "", "", "111111111111", "us-east-1", "us-east-1", "us-east-1", "2026-07-01T00:13:52Z", "2026/07/01", false,
       false},
      {"AWSLogs/111111111111/CloudTrail-Digest/us-east-1/2026/07/01/"
       "111111111111_CloudTrail-Digest_us-east-1_x_backfill_us-east-1_20260701T001352Z.json.gz",
       "", "", "111111111111", "us-east-1", "x_backfill", "us-east-1", "2026-07-01T00:13:52Z", "2026/07/01", false,
       false},
      // A prefix may hold anything, even a whole digest path: this is the tree of account 2 inside that of account 1.
      {"AWSLogs/111111111111/CloudTrail-Digest/us-east-1/AWSLogs/222222222222/CloudTrail-Digest/us-east-1/2026/07/01/"
       "222222222222_CloudTrail-Digest_us-east-1_mgmt_eu-west-1_20260701T001352Z.json.gz",
       "AWSLogs/111111111111/CloudTrail-Digest/us-east-1", "", "222222222222", "us-east-1", "mgmt", "eu-west-1",
       "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      {"AWSLogs/AWSLogs/" + kDigest, "AWSLogs/AWSLogs", "", "111111111111", "us-east-1", "mgmt", "eu-west-1",
       "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      {"AWSLogs/o-abcdefghij/" + kDigest, "AWSLogs/o-abcdefghij", "", "111111111111", "us-east-1", "mgmt", "eu-west-1",
       "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      {"a//b/\n\x1b[2J\xE2\x80\xAE/" + kDigest, "a//b/\n\x1b[2J\xE2\x80\xAE", "", "111111111111", "us-east-1", "mgmt",
       "eu-west-1", "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      {"ends with a slash//" + kDigest, "ends with a slash/", "", "111111111111", "us-east-1", "mgmt", "eu-west-1",
       "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      {std::string(200, 'p') + "/" + kDigest, std::string(200, 'p'), "", "111111111111", "us-east-1", "mgmt",
       "eu-west-1", "2026-07-01T00:13:52Z", "2026/07/01", false, false},
      // Misfiled: under another day than its own.
      {replaced(kDigest, "2026/07/01", "2026/06/30"), "", "", "111111111111", "us-east-1", "mgmt", "eu-west-1",
       "2026-07-01T00:13:52Z", "2026/06/30", false, true},
  };
  for (const Case& c : cases) {
    CAPTURE(c.key);
    const std::optional<DigestKey> parsed = parse_digest_key(c.key);
    REQUIRE(parsed);
    CHECK(parsed->key() == c.key);
    CHECK(parsed->root.prefix == c.prefix);
    CHECK(parsed->root.org == c.org);
    CHECK(parsed->chain.org == c.org);
    CHECK(parsed->root.account == c.account);
    CHECK(parsed->chain.account == c.account);
    CHECK(parsed->chain.region == c.region);
    CHECK(parsed->chain.trail == c.trail);
    CHECK(parsed->chain.home_region == c.home_region);
    CHECK(to_string(parsed->end) == c.end);
    CHECK(parsed->day == c.day);
    CHECK(parsed->backfill == c.backfill);
    CHECK(parsed->misfiled() == c.misfiled);
    CHECK(c.key.starts_with(parsed->root.key()));
    CHECK_FALSE(parse_log_key(c.key));
  }
}

TEST_CASE("what is not a digest key is refused") {
  const std::vector<std::string> keys = {
      "",
      "/",
      "AWSLogs/111111111111/CloudTrail-Digest/",
      kDigest + "/",
      "/" + kDigest,
      "//" + kDigest,
      std::string("a\0b/", 4) + kDigest,
      std::string(201, 'p') + "/" + kDigest,
      kDigest + ".metadata.json",
      "x" + kDigest,
      kDigest.substr(1),
      kDigest.substr(kDigest.find("111111111111/")),
      replaced(kDigest, "AWSLogs/", "AWSLogs//"),
      replaced(kDigest, "AWSLogs/", "AWSLogs/o-short/"),
      replaced(kDigest, "AWSLogs/", "AWSLogs/o-ABCDEFGHIJ/"),
      replaced(kDigest, "AWSLogs/", "AWSLogs/o-abcdefghij/o-abcdefghij/"),
      replaced(kDigest, "AWSLogs/", "AWSLogs/r-abcdefghij/"),
      replaced(kDigest, "/111111111111", "/222222222222"),  // the folder's account is not the name's
      replaced(kDigest, "/us-east-1", "/us-east-2"),        // nor its region
      replaced(kDigest, "us-east-1_mgmt", "us-east-2_mgmt"),
      replaced(kDigest, "CloudTrail-Digest_", "CloudTrail_"),
      replaced(kDigest, "CloudTrail-Digest/", "CloudTrail/"),
      replaced(kDigest, "2026/07/01", "2026/07/32"),
      replaced(kDigest, "2026/07/01", "2026/02/29"),
      replaced(kDigest, "2026/07/01", "2026/00/01"),
      replaced(kDigest, "2026/07/01", "2026/7/1"),
      replaced(kDigest, "2026/07/01", "2026-07-01"),
      replaced(kDigest, "2026/07/01", "202a/07/01"),
      replaced(kDigest, "2026/07/01/", ""),
      replaced(kDigest, "20260701T001352Z", "20260732T001352Z"),
      replaced(kDigest, "20260701T001352Z", "20260701T241352Z"),
      replaced(kDigest, "20260701T001352Z", "20260701T001360Z"),
      replaced(kDigest, "20260701T001352Z", "20230229T001352Z"),
      replaced(kDigest, "20260701T001352Z", "20260701T0013Z"),
      replaced(kDigest, "20260701T001352Z", "2026-07-01T001352Z"),
      replaced(kDigest, "mgmt_eu-west-1", "mgmt_eu-west"),
      replaced(kDigest, "mgmt_eu-west-1", "mgmt_EU-west-1"),
      replaced(kDigest, "mgmt_eu-west-1", "mgmteu-west-1"),
      replaced(kDigest, "mgmt_eu-west-1", "eu-west-1_mgmt"),
      replaced(kDigest, "_mgmt_", "_"),
      replaced(kDigest, "_mgmt_", "__"),
      replaced(kDigest, "_mgmt_", "_mg_"),
      replaced(kDigest, "_mgmt_", "_mgmt__"),
      replaced(kDigest, "_mgmt_", "_a--b_"),
      replaced(kDigest, "_mgmt_", "_192.168.0.1_"),
      replaced(kDigest, "_mgmt_", "_mg mt_"),
      replaced(kDigest, "_mgmt_", "_" + std::string(129, 'm') + "_"),
      replaced(kDigest, ".json.gz", "_Backfill.json.gz"),
      replaced(kDigest, ".json.gz", "_backfill_backfill.json.gz"),
      replaced(kDigest, ".json.gz", ".json"),
      replaced(kDigest, ".json.gz", ".json.gz "),
      replaced(kDigest, ".json.gz", ".JSON.gz"),
      // The order in one sample of the guide.
      "AWSLogs/111111111111/CloudTrail-Digest/us-east-2/2026/07/01/"
      "111111111111_us-east-2_CloudTrail-Digest_us-east-2_20260701T001352Z.json.gz",
  };
  for (const std::string& key : keys) {
    CAPTURE(key);
    CHECK_FALSE(parse_digest_key(key));
    CHECK_FALSE(parse_log_key(key));
  }
}

TEST_CASE("log keys of every kind are understood") {
  struct Case {
    std::string key, prefix, org, account;
    LogKind kind;
    std::string region, time, unique;
  };
  const std::vector<Case> cases = {
      {kLog, "", "", "111111111111", LogKind::management_and_data, "us-east-1", "2026-07-01T00:15:00Z",
       "KL5e9VCV2SS7IqzB"},
      {"p/AWSLogs/o-abcdefghij/123456789015/CloudTrail-Insight/ca-central-1/2020/09/23/"
       "123456789015_CloudTrail-Insight_ca-central-1_20200923T0516Z_KL5e9VCV2SS7IqzB.json.gz",
       "p", "o-abcdefghij", "123456789015", LogKind::insight, "ca-central-1", "2020-09-23T05:16:00Z",
       "KL5e9VCV2SS7IqzB"},
      {"AWSLogs/123456789015/CloudTrail-NetworkActivity/us-gov-west-1/2020/09/23/"
       "123456789015_CloudTrail-NetworkActivity_us-gov-west-1_20200923T2359Z_0000000000000000.json.gz",
       "", "", "123456789015", LogKind::network_activity, "us-gov-west-1", "2020-09-23T23:59:00Z", "0000000000000000"},
      {"AWSLogs/123456789015/CloudTrail-Aggregated/mx-central-1/2020/02/29/"
       "123456789015_CloudTrail-Aggregated_mx-central-1_20200229T0000Z_zzzzzzzzzzzzzzzz.json.gz",
       "", "", "123456789015", LogKind::aggregated, "mx-central-1", "2020-02-29T00:00:00Z", "zzzzzzzzzzzzzzzz"},
      {"AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/01/" + kLog,
       "AWSLogs/111111111111/CloudTrail/us-east-1/2026/07/01", "", "111111111111", LogKind::management_and_data,
       "us-east-1", "2026-07-01T00:15:00Z", "KL5e9VCV2SS7IqzB"},
  };
  for (const Case& c : cases) {
    CAPTURE(c.key);
    const std::optional<LogKey> parsed = parse_log_key(c.key);
    REQUIRE(parsed);
    CHECK(parsed->key() == c.key);
    CHECK(parsed->root == Root{c.prefix, c.org, c.account});
    CHECK(parsed->kind == c.kind);
    CHECK(parsed->region == c.region);
    CHECK(to_string(parsed->time) == c.time);
    CHECK(parsed->unique == c.unique);
    CHECK_FALSE(parse_digest_key(c.key));

    const std::string_view name = std::string_view(c.key).substr(c.key.rfind('/') + 1);
    std::string day = c.time.substr(0, 10);
    day[4] = day[7] = '/';
    const std::optional<LogName> in_folder = parse_log_name(name, c.account, c.kind, c.region, day);
    REQUIRE(in_folder);
    CHECK(in_folder->time == parsed->time);
    CHECK(in_folder->unique == c.unique);
    CHECK_FALSE(parse_log_name(name, "999999999999", c.kind, c.region, day));
    CHECK_FALSE(parse_log_name(name, c.account, c.kind, "us-east-9", day));
    CHECK_FALSE(parse_log_name(name, c.account, c.kind, c.region, "2026/07/02"));
    CHECK_FALSE(parse_log_name(name, c.account, c.kind, c.region, ""));
    for (const LogKind other : kLogKinds)
      CHECK(parse_log_name(name, c.account, other, c.region, day).has_value() == (other == c.kind));
  }
}

TEST_CASE("what is not a log key is refused") {
  const std::vector<std::string> keys = {
      kDigest,
      "/" + kLog,
      kLog + "/",
      kLog + "~",
      std::string(201, 'p') + "/" + kLog,
      replaced(kLog, "2026/07/01", "2026/07/02"),  // unlike a digest's, the folder must be that of the stamp
      replaced(kLog, "20260701T0015Z", "20260702T0015Z"),
      replaced(kLog, "20260701T0015Z", "20260701T2415Z"),
      replaced(kLog, "20260701T0015Z", "20260701T0060Z"),
      replaced(kLog, "20260701T0015Z", "20260701T001500Z"),
      replaced(replaced(kLog, "2026/07/01", "2026/02/30"), "20260701", "20260230"),
      replaced(kLog, "KL5e9VCV2SS7IqzB", "KL5e9VCV2SS7Iqz"),
      replaced(kLog, "KL5e9VCV2SS7IqzB", "KL5e9VCV2SS7IqzBB"),
      replaced(kLog, "KL5e9VCV2SS7IqzB", "KL5e9VCV2SS7Iqz_"),
      replaced(kLog, "Z_KL", "ZKL"),
      replaced(kLog, "/CloudTrail/", "/CloudTrail-Insight/"),
      replaced(kLog, "_CloudTrail_", "_CloudTrail-Insight_"),
      replaced(kLog, "/CloudTrail/", "/Config/"),
      replaced(replaced(kLog, "/CloudTrail/", "/CloudTrail-Insights/"), "_CloudTrail_", "_CloudTrail-Insights_"),
      replaced(kLog, "/us-east-1", "/us-east-2"),
      replaced(kLog, "1_CloudTrail", "2_CloudTrail"),
      replaced(kLog, ".json.gz", ".json.gz.gz"),
      replaced(kLog, ".json.gz", ".json"),
  };
  for (const std::string& key : keys) {
    CAPTURE(key);
    CHECK_FALSE(parse_log_key(key));
  }
}

// A change of one character makes another object or none at all, never the same one.
TEST_CASE("no neighbour of a key passes for it") {
  std::size_t tried = 0, accepted = 0;
  for (const std::string& key : {kDigest, "p/AWSLogs/o-abcdefghij/" + kDigest.substr(8),
                                 replaced(kDigest, ".json.gz", "_backfill.json.gz"), "AWSLogs/x/" + kDigest}) {
    const std::optional<DigestKey> original = parse_digest_key(key);
    REQUIRE(original);
    for (const std::string& variant : neighbours(key)) {
      ++tried;
      const std::optional<DigestKey> parsed = parse_digest_key(variant);
      if (!parsed || variant == key) continue;
      ++accepted;
      CAPTURE(variant);
      REQUIRE(parsed->key() == variant);
      REQUIRE(*parsed != *original);
    }
  }
  for (const std::string& key : {kLog, "p/AWSLogs/o-abcdefghij/" + kLog.substr(8)}) {
    const std::optional<LogKey> original = parse_log_key(key);
    REQUIRE(original);
    for (const std::string& variant : neighbours(key)) {
      ++tried;
      const std::optional<LogKey> parsed = parse_log_key(variant);
      if (!parsed || variant == key) continue;
      ++accepted;
      CAPTURE(variant);
      REQUIRE(parsed->key() == variant);
      REQUIRE(*parsed != *original);
    }
  }
  CHECK(tried > 10'000);
  CHECK(accepted > 500);  // the trail's name, the unique part, the prefix
}

TEST_CASE("the parts of a key have their shapes") {
  for (const char* text : {"us-east-1", "ap-southeast-4", "us-gov-west-1", "us-isob-east-1", "eu-isoe-west-1",
                           "eusc-de-east-1", "cn-northwest-1", "af-south-12"}) {
    CAPTURE(text);
    CHECK(is_region(text));
  }
  for (const char* text : {"", "us", "us-east", "us-east-", "-1", "us-1", "us-east-1a", "us-east-100", "US-EAST-1",
                           "us_east_1", "us--east-1", "-us-east-1", "us-east-1-", "us-east-1/", "a-b-1", "us-east-1\n",
                           "us-one-two-three-four-1", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa-east-1"}) {
    CAPTURE(text);
    CHECK_FALSE(is_region(text));
  }
  CHECK(is_account("000000000000"));
  for (const char* text : {"", "11111111111", "1111111111111", "11111111111a", "-11111111111", " 11111111111"})
    CHECK_FALSE(is_account(text));
  CHECK(is_org("o-abcdefghij"));
  CHECK(is_org("o-" + std::string(32, '9')));
  for (const std::string& text : {std::string("o-abcdefghi"), "o-" + std::string(33, 'a'), std::string("O-abcdefghij"),
                                  std::string("o_abcdefghij"), std::string("o-abcdefghiJ"), std::string()})
    CHECK_FALSE(is_org(text));
  for (const std::string& text :
       {std::string("abc"), std::string("a.b_c-d"), std::string("1.2.3"), std::string("123"), std::string("1.2.3.4.5"),
        std::string("1.2.3.4567"), std::string("1.2.3.a"), std::string(128, 'z')}) {
    CAPTURE(text);
    CHECK(is_trail_name(text));
  }
  for (const std::string& text : {std::string(), std::string("ab"), std::string(".ab"), std::string("ab."),
                                  std::string("_ab"), std::string("ab-"), std::string("a..b"), std::string("a._b"),
                                  std::string("a-_b"), std::string("a/b"), std::string("a b"), std::string("1.2.3.4"),
                                  std::string("255.255.255.255"), std::string(129, 'z'), std::string("a\xC3\xA9z")}) {
    CAPTURE(text);
    CHECK_FALSE(is_trail_name(text));
  }
}

TEST_CASE("a chain has one name") {
  CHECK(ChainId{"", "111111111111", "mgmt", "eu-west-1", "us-east-1"}.to_string() ==
        "111111111111/mgmt@eu-west-1/us-east-1");
  CHECK(ChainId{"o-abcdefghij", "111111111111", "mgmt", "eu-west-1", "us-east-1"}.to_string() ==
        "o-abcdefghij/111111111111/mgmt@eu-west-1/us-east-1");
}
