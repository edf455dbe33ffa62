// The state, rotation, grants and history of keys, from answers as KMS and aws-cli give them.
#include "kms/judge.hpp"

#include <map>
#include <string>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::kms;
using verdict::Code;

namespace {

const std::string kKey = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
const std::string kId = "11111111-2222-3333-4444-555555555555";

Answer answer(const std::string& text) { return Bytes(text.begin(), text.end()); }

std::string described(const std::string& state, const std::string& more = "") {
  return R"({"KeyMetadata":{"Arn":")" + kKey + R"(","KeyState":")" + state +
         R"(","KeyManager":"CUSTOMER","Origin":"AWS_KMS","KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"SYMMETRIC_DEFAULT")" +
         more + "}}";
}

const std::string kPolicy =
    R"({"Statement":[{"Effect":"Allow","Principal":{"Service":"cloudtrail.amazonaws.com"},"Action":["kms:GenerateDataKey*","kms:DescribeKey"],"Resource":"*","Condition":{"StringEquals":{"aws:SourceArn":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"},"StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:111122223333:trail/*"}}}]})";

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? std::string("\\\"") : std::string(1, c);
  return out + "\"";
}

KeyAnswers healthy() {
  KeyAnswers key;
  key.origin = "answers";
  key.describe_key = answer(described("Enabled"));
  key.key_policy = answer(R"({"PolicyName":"default","Policy":)" + quoted(kPolicy) + "}");
  key.rotation_status = answer(R"({"KeyRotationEnabled":true,"KeyId":"x"})");
  return key;
}

Time hour(int n) { return Time(Seconds(1'782'864'000 + 3600 * n)); }  // from 2026-07-01T00:00:00Z

verdict::ChainCoverage chain(const std::string& trail) {
  verdict::ChainCoverage out;
  out.chain = "111122223333/" + trail;
  out.account = "111122223333";
  out.trail = trail;
  out.home_region = out.region = "eu-west-1";
  out.tally.digests_verified = 1;
  return out;
}

using Counts = std::map<std::string, std::uint64_t>;

struct Judged {
  verdict::Verdict verdict;
  Counts counts() const {
    Counts out;
    for (const auto& [code, total] : verdict.findings.totals()) out[std::string(info(code).slug).substr(4)] = total;
    return out;
  }
  std::string detail(Code code) const {
    for (const auto& finding : verdict.findings.sorted())
      if (finding.code == code) return finding.detail;
    return "none";
  }
};

Judged judge(const Answers& answers, const std::vector<verdict::ChainCoverage>& chains = {chain("main")},
             bool filtered = false, const Witnessed& witnessed = {}) {
  Judged out;
  out.verdict.chains = chains;
  judge_keys(answers, witnessed, filtered, out.verdict);
  return out;
}

Judged judge(const KeyAnswers& key) { return judge(Answers{{key}, {}, {}}); }

std::string event(const std::string& name, int at, const std::string& more = "", const std::string& id = "") {
  return R"({"eventName":")" + name + R"(","eventSource":"kms.amazonaws.com","eventTime":")" + to_string(hour(at)) +
         R"(","eventID":")" + (id.empty() ? name + std::to_string(at) : id) + R"(","requestParameters":{"keyId":")" +
         kId + "\"}" + more + "}";
}

}  // namespace

TEST_CASE("a healthy key is nothing to speak of") {
  const Judged judged = judge(healthy());
  CHECK(judged.counts().empty());
  REQUIRE(judged.verdict.kms_settings.size() == 1);
  const verdict::KmsKeySettings& key = judged.verdict.kms_settings[0];
  CHECK(key.arn == kKey);
  CHECK(key.origin == "answers");
  CHECK(key.state == "Enabled");
  CHECK(key.rotation == "on");
  CHECK(key.policy_judged);

  KeyAnswers bare = healthy();  // the policy alone, as --query Policy --output text prints it
  bare.key_policy = answer(kPolicy);
  CHECK(judge(bare).counts().empty());
}

TEST_CASE("states of keys") {
  struct Row {
    const char *state, *more;
    Counts expected;
  };
  const Row rows[] = {
      {"Enabled", "", {}},
      {"Updating", "", {}},
      {"Disabled", "", {{"key-disabled", 1}}},
      {"PendingDeletion", R"(,"DeletionDate":1783468800.5)", {{"key-pending-deletion", 1}}},
      {"PendingReplicaDeletion", "", {{"key-pending-deletion", 1}}},
      {"PendingImport", "", {{"key-unusable", 1}}},
      {"Unavailable", "", {{"key-unusable", 1}}},
      {"Creating", "", {{"key-unusable", 1}}},
      {"SomethingNew", "", {{"key-unusable", 1}}},
      {"Enabled",
       R"(,"ValidTo":"2027-01-01T00:00:00.123000+01:00","ExpirationModel":"KEY_MATERIAL_EXPIRES")",
       {{"key-expires", 1}}},
      {"Enabled", R"(,"ExpirationModel":"KEY_MATERIAL_DOES_NOT_EXPIRE")", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.state, row.more);
    KeyAnswers key = healthy();
    key.describe_key = answer(described(row.state, row.more));
    CHECK(judge(key).counts() == row.expected);
  }
  KeyAnswers key = healthy();
  key.describe_key = answer(described("PendingDeletion", R"(,"DeletionDate":"2026-07-08T02:00:00.500000+02:00")"));
  CHECK(judge(key).detail(Code::kms_key_pending_deletion) ==
        "deletion on 2026-07-08T00:00:00Z; since when, the answers do not say");
}

TEST_CASE("kinds of keys, and which of them rotate") {
  const auto of_kind = [](const std::string& name, const std::string& value, bool rotates) {
    KeyAnswers key = healthy();
    std::string text = described("Enabled");
    const std::size_t at = text.find("\"" + name + "\":\"") + name.size() + 4;
    text.replace(at, text.find('"', at) - at, value);
    key.describe_key = answer(text);
    key.rotation_status = answer(std::string(R"({"KeyRotationEnabled":)") + (rotates ? "true}" : "false}"));
    return judge(key).counts();
  };
  CHECK(of_kind("KeyState", "Enabled", false) == Counts{{"rotation-off", 1}});
  CHECK(of_kind("Origin", "EXTERNAL", false).empty());  // imported material cannot rotate by itself
  CHECK(of_kind("Origin", "AWS_CLOUDHSM", false).empty());
  CHECK(of_kind("KeyManager", "AWS", false) == Counts{{"key-unsuitable", 1}});
  CHECK(of_kind("KeyUsage", "SIGN_VERIFY", true) == Counts{{"key-unsuitable", 1}});
  CHECK(of_kind("KeySpec", "RSA_2048", false) == Counts{{"key-unsuitable", 1}});
}

TEST_CASE("answers that are missing, denied or broken") {
  struct Row {
    const char* why;
    void (*change)(KeyAnswers&);
    Counts expected;
  };
  const Row rows[] = {
      {"only a policy", [](KeyAnswers& k) { k.describe_key = k.rotation_status = std::nullopt; }, {{"not-judged", 1}}},
      {"denied",
       [](KeyAnswers& k) {
         k.key_policy = Answer(Error{Errc::access_denied, "no"});
       },
       {{"not-judged", 1}}},
      {"not reached",
       [](KeyAnswers& k) {
         k.key_policy = Answer(Error{Errc::io, "timeout"});
       },
       {{"answer-unreadable", 1}}},
      {"no such key",
       [](KeyAnswers& k) {
         k.describe_key = Answer(Error{Errc::not_found, "x"});
       },
       {{"key-unusable", 1}}},
      {"no JSON", [](KeyAnswers& k) { k.rotation_status = answer("{"); }, {{"answer-unreadable", 1}}},
      {"no object", [](KeyAnswers& k) { k.rotation_status = answer("[]"); }, {{"answer-unreadable", 1}}},
      {"no truth",
       [](KeyAnswers& k) { k.rotation_status = answer(R"({"KeyRotationEnabled":"true"})"); },
       {{"answer-unreadable", 1}}},
      {"no metadata", [](KeyAnswers& k) { k.describe_key = answer("{}"); }, {{"answer-unreadable", 1}}},
      {"another key's", [](KeyAnswers& k) { k.key_arn = kKey + "0"; }, {{"answer-unreadable", 1}}},
      {"no policy in it",
       [](KeyAnswers& k) { k.key_policy = answer(R"({"Policy":"x"})"); },
       {{"answer-unreadable", 1}}},
      {"too large",
       [](KeyAnswers& k) { k.describe_key = answer(std::string(2u << 20, ' ')); },
       {{"answer-unreadable", 1}}},
      {"not all", [](KeyAnswers& k) { k.grants = {answer(R"({"Grants":[],"Truncated":true})")}; }, {{"not-judged", 1}}},
      {"pages",
       [](KeyAnswers& k) {
         k.grants = {answer(R"({"Grants":[{"GranteePrincipal":"a","Operations":["Decrypt"]}],"Truncated":true})"),
                     answer(R"({"Grants":[{"GranteePrincipal":"b","Operations":["Decrypt"]}],"Truncated":false})")};
       },
       {{"grant-decrypt", 2}}},
      {"pages that end too early",
       [](KeyAnswers& k) {
         k.grants = {answer(R"({"Grants":[{"GranteePrincipal":"a","Operations":["Decrypt"]}],"Truncated":true})"),
                     Answer(Error{Errc::io, "timeout"})};
       },
       {{"answer-unreadable", 1}, {"grant-decrypt", 1}, {"not-judged", 1}}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    KeyAnswers key = healthy();
    row.change(key);
    CHECK(judge(key).counts() == row.expected);
  }
  const Answers broken{{}, {{"describe-trails.json", answer("{")}}, {{"lookup-events.json", answer("{}")}}};
  CHECK(judge(broken).counts() == Counts{{"answer-unreadable", 2}});
}

TEST_CASE("grants that open logs") {
  const auto with = [](const std::string& operations, const std::string& constraints) {
    KeyAnswers key = healthy();
    key.grants = {answer(R"({"Grants":[{"GranteePrincipal":"arn:aws:iam::111122223333:role/x","Operations":)" +
                         operations + constraints + "}]}")};
    return judge(key).counts();
  };
  const std::string subset = R"(,"Constraints":{"EncryptionContextSubset":)";
  CHECK(with(R"(["Decrypt"])", "") == Counts{{"grant-decrypt", 1}});
  CHECK(with(R"(["Encrypt","ReEncryptFrom"])", "") == Counts{{"grant-decrypt", 1}});
  CHECK(with(R"(["Encrypt","GenerateDataKey"])", "").empty());
  CHECK(with(R"(["Decrypt"])",
             subset + R"({"aws:cloudtrail:arn":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"}})")
            .empty());
  CHECK(with(R"(["Decrypt"])", subset + R"({"aws:s3:arn":"x"}})") == Counts{{"grant-decrypt", 1}});
}

TEST_CASE("X-09: a key that was disabled, and the gap in the digests, side by side") {
  Answers answers{{healthy()}, {}, {}};
  const std::string records = R"({"Records":[)" + event("EnableKey", 9) + "," + event("DisableKey", 5) + "," +
                              event("DisableKey", 5) + "," + event("DisableKey", 2, R"(,"errorCode":"AccessDenied")") +
                              "," + event("PutKeyPolicy", 1) + "]}";
  answers.events.push_back({"events.json", answer(records)});
  verdict::ChainCoverage broken = chain("main");
  broken.gaps = {{{hour(6), hour(8)}, Code::chain_gap}};
  const Judged judged = judge(answers, {broken});
  CHECK(judged.counts() == Counts{{"delivery-gap", 1}});
  const std::string expected =
      "the key could not be used from 2026-07-01T05:00:00Z (DisableKey) to 2026-07-01T09:00:00Z (EnableKey), by "
      "events.json; nothing is proven from 2026-07-01T06:00:00Z to 2026-07-01T08:00:00Z";
  CHECK(judged.detail(Code::kms_delivery_gap) == expected + "; whether the trail uses this key is not known");

  // A gap before or after it, and one of a trail that uses another key, are none of its business.
  for (const Interval& other : {Interval{hour(3), hour(5)}, Interval{hour(9), hour(10)}}) {
    broken.gaps = {{other, Code::chain_gap}};
    CHECK(judge(answers, {broken}).counts().empty());
  }
  broken.gaps = {{{hour(6), hour(8)}, Code::chain_gap}};
  const auto trails = [](const std::string& key) {
    return answer(R"({"trailList":[{"TrailARN":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main","KmsKeyId":")" +
                  key + R"("}]})");
  };
  answers.trails = {{"trails.json", trails(kKey)}};
  CHECK(judge(answers, {broken}).detail(Code::kms_delivery_gap) == expected);
  answers.trails = {{"trails.json", trails(kKey + "0")}};
  CHECK(judge(answers, {broken}).counts().empty());
}

TEST_CASE("a key that is disabled now says since when, if that is known") {
  KeyAnswers key = healthy();
  key.describe_key = answer(described("Disabled"));
  Answers answers{{key}, {}, {}};
  verdict::ChainCoverage stopped = chain("main");
  stopped.head = hour(4);
  stopped.head_judged = stopped.head_stale = true;
  stopped.tail = Interval{hour(4), hour(20)};
  CHECK(judge(answers, {stopped}).detail(Code::kms_key_disabled) ==
        "since when, the answers do not say; the digests of 111122223333/main end at 2026-07-01T04:00:00Z");

  std::string looked_up = event("DisableKey", 3);
  answers.events.push_back({"lookup-events.json", answer(R"({"Events":[{"EventName":"DisableKey","CloudTrailEvent":)" +
                                                         quoted(looked_up) + "}]}")});
  const Judged judged = judge(answers, {stopped});
  CHECK(judged.counts() == Counts{{"key-disabled", 1}, {"delivery-gap", 1}});
  CHECK(judged.detail(Code::kms_key_disabled) ==
        "since 2026-07-01T03:00:00Z (DisableKey); the digests of 111122223333/main end at 2026-07-01T04:00:00Z");
}

TEST_CASE("when a key could not be used") {
  const auto outages = [](const std::vector<std::string>& events) {
    std::string text = R"({"Records":[)";
    for (const std::string& each : events) text += (text.ends_with('[') ? "" : ",") + each;
    Answers answers{{healthy()}, {}, {{"e", answer(text + "]}")}}};
    verdict::ChainCoverage nothing = chain("main");
    nothing.gaps = {{{hour(0), hour(100)}, Code::chain_gap}};
    std::string out;
    for (const auto& finding : judge(answers, {nothing}).verdict.findings.sorted())
      out += finding.detail.substr(0, finding.detail.find(", by")).substr(26) + "|";
    return out;
  };
  const std::string other =
      R"({"eventName":"DisableKey","eventSource":"kms.amazonaws.com","eventTime":"2026-07-01T00:00:00Z","requestParameters":{"keyId":"another"}})";
  const std::string automatic =
      R"({"eventName":"DeleteKey","eventSource":"kms.amazonaws.com","eventTime":"2026-07-01T02:00:00Z","requestParameters":null,"resources":[{"ARN":")" +
      kKey + R"("}]})";
  CHECK(outages({}).empty());
  CHECK(outages({other}).empty());
  CHECK(outages({event("EnableKey", 1)}).empty());
  CHECK(outages({event("DisableKey", 1)}) == "from 2026-07-01T01:00:00Z (DisableKey) on|");
  CHECK(outages({automatic}) == "from 2026-07-01T02:00:00Z (DeleteKey) on|");
  // A deletion that is cancelled leaves the key disabled.
  CHECK(outages({event("ScheduleKeyDeletion", 1), event("CancelKeyDeletion", 2), event("EnableKey", 3)}) ==
        "from 2026-07-01T01:00:00Z (ScheduleKeyDeletion) to 2026-07-01T03:00:00Z (EnableKey)|");
  CHECK(outages({event("DeleteImportedKeyMaterial", 1), event("ImportKeyMaterial", 2), event("DisableKey", 3),
                 event("EnableKey", 4)}) ==
        "from 2026-07-01T01:00:00Z (DeleteImportedKeyMaterial) to 2026-07-01T02:00:00Z (ImportKeyMaterial)|"
        "from 2026-07-01T03:00:00Z (DisableKey) to 2026-07-01T04:00:00Z (EnableKey)|");
  // A policy that leaves CloudTrail out, until one lets it in again; a text that is no policy changes nothing.
  const auto put = [](int at, const std::string& policy) {
    std::string text = event("PutKeyPolicy", at);
    return text.replace(text.find("\"}}"), 1, "\",\"policy\":" + quoted(policy));
  };
  std::string without = kPolicy, denied = kPolicy;
  without.replace(without.find("cloudtrail.amazonaws"), 10, "logs");
  denied.insert(denied.find("[{") + 1, R"({"Effect":"Deny","Principal":"*","Action":"kms:*","Resource":"*"},)");
  CHECK(outages({put(1, kPolicy), put(2, "{")}).empty());
  for (const std::string& refusing : {without, denied})
    CHECK(outages({put(1, refusing), put(2, "{"), put(3, kPolicy)}) ==
          "from 2026-07-01T01:00:00Z (PutKeyPolicy) to 2026-07-01T03:00:00Z (PutKeyPolicy)|");
}

TEST_CASE("the logs themselves tell when a key could not be used") {
  const std::string arn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/";
  const KeyEvent disabled{hour(5), "DisableKey", "d", {kKey}, "the verified logs"};
  verdict::ChainCoverage broken = chain("main");
  broken.gaps = {{{hour(6), hour(8)}, Code::chain_gap}};
  const std::string expected =
      "the key could not be used from 2026-07-01T05:00:00Z (DisableKey) on, by the verified logs; nothing is proven "
      "from "
      "2026-07-01T06:00:00Z to 2026-07-01T08:00:00Z";
  const std::string unknown = expected + "; whether the trail uses this key is not known";
  struct Row {
    const char* why;
    std::map<std::string, std::set<std::string>> trails;
    std::string detail;
  };
  const Row rows[] = {
      {"the logs do not say which trail uses the key", {}, unknown},
      {"the trail has used it", {{arn + "main", {kKey, kKey + "0"}}}, expected},
      {"the trail has used another", {{arn + "main", {kKey + "0"}}}, "none"},
      {"another trail has used it", {{arn + "second", {kKey}}}, unknown},
      {"an organization's trail has used it",
       {{"arn:aws:cloudtrail:eu-west-1:444455556666:trail/main", {kKey}}},
       expected},
      {"the account's own trail comes first",
       {{"arn:aws:cloudtrail:eu-west-1:444455556666:trail/main", {kKey}}, {arn + "main", {kKey + "0"}}},
       "none"},
      {"no ARN of a trail", {{"main", {kKey}}}, unknown},
  };
  for (const Row& row : rows) {
    CAPTURE(row.why);
    const Judged judged = judge(Answers{}, {broken}, false, {{disabled}, {kKey}, row.trails});
    CHECK(judged.detail(Code::kms_delivery_gap) == row.detail);
    CHECK(judged.verdict.kms_settings.empty());
    CHECK(judged.counts().size() == (row.detail == "none" ? 0 : 1));
  }
  CHECK(judge(Answers{}, {broken}, false, {{disabled}, {}, {}}).counts().empty());  // a key of nothing here
  const Judged asked = judge(Answers{{healthy()}, {}, {}}, {broken}, false, {{disabled}, {kKey}, {}});
  CHECK(asked.counts() == Counts{{"delivery-gap", 1}});  // and not twice
}

TEST_CASE("what is known of trails is compared, and nothing else") {
  const verdict::ChainCoverage other = chain("other");
  CHECK(judge(Answers{{healthy()}, {}, {}}, {other}).counts() == Counts{{"policy-source-arn", 1}});
  CHECK(judge(Answers{{healthy()}, {}, {}}, {other}, true).counts().empty());  // filtered
  verdict::ChainCoverage unproven = other;
  unproven.tally.digests_verified = 0;
  CHECK(judge(Answers{{healthy()}, {}, {}}, {unproven}).counts().empty());
  const Answer trails = answer(
      R"({"trailList":[{"TrailARN":"arn:aws:cloudtrail:eu-west-1:111122223333:trail/main"},{"TrailARN":7},null,{}]})");
  CHECK(judge(Answers{{healthy()}, {{"t", trails}}, {}}, {other}).counts().empty());
}

TEST_CASE("the owner of an organization's trail may be anybody until CloudTrail names it") {
  verdict::ChainCoverage member = chain("main");
  member.org = "o-abc1234567";
  member.account = "444455556666";
  CHECK(judge(Answers{{healthy()}, {}, {}}, {member}).counts().empty());
  const auto trails = [](const std::string& owner) {
    return answer(R"({"trailList":[{"IsOrganizationTrail":true,"TrailARN":"arn:aws:cloudtrail:eu-west-1:)" + owner +
                  R"(:trail/main"}]})");
  };
  KeyAnswers elsewhere = healthy();  // a key of another account, so that nothing else excuses the one in its policy
  std::string text = described("Enabled");
  text.replace(text.find("111122223333"), 12, "777788889999");
  elsewhere.describe_key = answer(text);
  CHECK(judge(Answers{{elsewhere}, {{"t", trails("111122223333")}}, {}}, {member}).counts().empty());
  CHECK(judge(Answers{{elsewhere}, {{"t", trails("222233334444")}}, {}}, {member}).counts() ==
        Counts{{"policy-foreign-account", 1}});
}
