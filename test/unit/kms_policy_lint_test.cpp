// The acceptance cases P-01 to P-04 and the rest of P1 to P8 (envelope.md 1.3), each beside a policy that looks alike
// and must be judged otherwise.
#include "kms/policy_lint.hpp"

#include <set>
#include <string>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::kms;

namespace {

const std::string kKey = "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555";
const std::string kTrail = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/main";

// ---- the policy that CloudTrail's console makes, in parts --------------------------------------------------------

const std::string kRoot =
    R"({"Sid":"root","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"kms:*","Resource":"*"})";
const std::string kContextOwn =
    R"("StringLike":{"kms:EncryptionContext:aws:cloudtrail:arn":"arn:aws:cloudtrail:*:111122223333:trail/*"})";
const std::string kSource = R"("StringEquals":{"aws:SourceArn":")" + kTrail + R"("})";

std::string statement(const std::string& sid, const std::string& principal, const std::string& action,
                      const std::string& condition = "", const std::string& effect = "Allow") {
  return R"({"Sid":")" + sid + R"(","Effect":")" + effect + R"(","Principal":)" + principal + R"(,"Action":)" + action +
         R"(,"Resource":"*")" + (condition.empty() ? "" : R"(,"Condition":{)" + condition + "}") + "}";
}

const std::string kCloudTrail = R"({"Service":"cloudtrail.amazonaws.com"})";
const std::string kGenerate = R"("kms:GenerateDataKey*")";

std::string encrypt(const std::string& condition, const std::string& action = kGenerate,
                    const std::string& principal = kCloudTrail) {
  return statement("encrypt", principal, action, condition);
}
const std::string kEncrypt = encrypt(kSource + "," + kContextOwn);
const std::string kDescribe = statement("describe", kCloudTrail, R"("kms:DescribeKey")");
const std::string kReaders =
    statement("readers", R"({"AWS":"arn:aws:iam::111122223333:role/auditor"})", R"("kms:Decrypt")",
              R"("Null":{"kms:EncryptionContext:aws:cloudtrail:arn":"false"})");
const std::string kConsoleDecrypt = statement("decrypt", R"({"AWS":"*"})", R"(["kms:Decrypt","kms:ReEncryptFrom"])",
                                              R"("StringEquals":{"kms:CallerAccount":"111122223333"},)" + kContextOwn);

using Slugs = std::set<std::string>;

PolicyContext context() {
  return {kKey, kKey, {"111122223333", "444455556666"}, {{"111122223333", "eu-west-1", "main"}}};
}

verdict::Findings lint(const std::vector<std::string>& statements, const PolicyContext& around = context()) {
  std::string text = R"({"Version":"2012-10-17","Statement":[)";
  for (const std::string& each : statements) text += (text.ends_with('[') ? "" : ",") + each;
  const auto policy = parse_policy(as_bytes(text + "]}"));
  CAPTURE(policy ? std::string() : policy.error().message, text);
  REQUIRE(policy);
  verdict::Findings findings;
  lint_policy(*policy, around, findings);
  return findings;
}

Slugs slugs(const verdict::Findings& findings) {
  Slugs out;
  for (const auto& finding : findings.sorted()) out.insert(std::string(info(finding.code).slug).substr(4));
  return out;
}

struct Row {
  const char* why;
  std::vector<std::string> statements;
  Slugs expected;
};

void check(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.why);
    CHECK(slugs(lint(row.statements)) == row.expected);
  }
}

std::string source(const std::string& op, const std::string& arn) {
  return "\"" + op + R"(":{"aws:SourceArn":)" + arn + "}";
}
std::string context_like(const std::string& arn, const std::string& op = "StringLike") {
  return "\"" + op + R"(":{"kms:EncryptionContext:aws:cloudtrail:arn":)" + arn + "}";
}

}  // namespace

TEST_CASE("P-01: the policy of the console is fine but for its wide decrypt") {
  check({
      {"with readers of the account and none else", {kRoot, kEncrypt, kDescribe, kReaders}, {}},
      {"the console's", {kRoot, kEncrypt, kDescribe, kConsoleDecrypt}, {"policy-wide-decrypt"}},
      {"without any reader", {kRoot, kEncrypt, kDescribe}, {}},
  });
}

TEST_CASE("P1 and P4: CloudTrail may make data keys and describe the key") {
  const std::string both = kSource + "," + kContextOwn;
  check({
      {"no encrypt statement", {kRoot, kDescribe}, {"policy-no-encrypt"}},
      {"no describe statement", {kRoot, kEncrypt}, {"policy-no-describe"}},
      {"neither", {kRoot}, {"policy-no-encrypt", "policy-no-describe"}},
      {"every action", {encrypt(both, R"("kms:*")")}, {}},
      {"letter case of actions does not count", {encrypt(both, R"("KMS:generatedatakey*")"), kDescribe}, {}},
      {"in a list", {encrypt(both, R"(["kms:GenerateDataKey","kms:DescribeKey"])")}, {}},
      {"another data key", {encrypt(both, R"("kms:GenerateDataKeyPair")"), kDescribe}, {"policy-no-encrypt"}},
      {"without plaintext",
       {encrypt(both, R"("kms:GenerateDataKeyWithoutPlaintext")"), kDescribe},
       {"policy-no-encrypt"}},
      {"another service",
       {encrypt(both, kGenerate, R"({"Service":"logs.amazonaws.com"})"), kDescribe},
       {"policy-no-encrypt"}},
      {"a name that begins like it",
       {encrypt(both, kGenerate, R"({"Service":"cloudtrail.amazonaws.com.example"})"), kDescribe},
       {"policy-no-encrypt"}},
      {"a service that stands under AWS",
       {encrypt(both, kGenerate, R"({"AWS":"cloudtrail.amazonaws.com"})"), kDescribe},
       {"policy-no-encrypt"}},
      {"among other services",
       {encrypt(both, kGenerate, R"({"Service":["logs.amazonaws.com","cloudtrail.amazonaws.com"]})"), kDescribe},
       {}},
      {"allowed and denied",
       {kEncrypt, kDescribe, statement("no", R"("*")", R"("kms:GenerateDataKey")", "", "Deny")},
       {"policy-no-encrypt"}},
      {"denied under a condition, which may not apply",
       {kEncrypt, kDescribe, statement("no", R"("*")", kGenerate, R"("Bool":{"aws:SecureTransport":"false"})", "Deny")},
       {}},
      {"denied to others",
       {kEncrypt, kDescribe, statement("no", R"({"AWS":"arn:aws:iam::111122223333:role/x"})", kGenerate, "", "Deny")},
       {}},
  });
  const std::string elsewhere =
      R"({"Effect":"Allow","Principal":)" + kCloudTrail + R"(,"Action":"kms:*","Resource":")" + kKey + R"(0"})";
  CHECK(slugs(lint({elsewhere})) == Slugs{"policy-no-encrypt", "policy-no-describe"});
  std::string here = elsewhere;
  here.replace(here.find("0\"}"), 1, "");
  CHECK(slugs(lint({here})) == Slugs{"policy-no-context", "policy-confused-deputy"});
}

TEST_CASE("P2 and P-03: the context is limited to known accounts") {
  const auto with = [](const std::string& condition) {
    return std::vector{encrypt(kSource + (condition.empty() ? "" : "," + condition)), kDescribe};
  };
  const std::string own = R"("arn:aws:cloudtrail:*:111122223333:trail/*")";
  const std::string other = R"("arn:aws:cloudtrail:*:444455556666:trail/*")";
  const std::string foreign = R"("arn:aws:cloudtrail:*:999999999999:trail/*")";
  check({
      {"none", with(""), {"policy-no-context"}},
      {"own", with(context_like(own)), {}},
      {"two accounts with trails here", with(context_like("[" + own + "," + other + "]")), {}},
      {"exact", with(context_like("\"" + kTrail + "\"")), {}},
      {"a foreign account", with(context_like(foreign)), {"policy-foreign-account"}},
      {"a foreign one among them", with(context_like("[" + own + "," + foreign + "]")), {"policy-foreign-account"}},
      {"any account", with(context_like(R"("arn:aws:cloudtrail:*:*:trail/*")")), {"policy-no-context"}},
      {"an account with a wildcard",
       with(context_like(R"("arn:aws:cloudtrail:*:1111*:trail/*")")),
       {"policy-no-context"}},
      {"anything", with(context_like(R"("*")")), {"policy-no-context"}},
      {"only if there is a context", with(context_like(own, "StringLikeIfExists")), {"policy-no-context"}},
      {"for all values, of which there may be none",
       with(context_like(own, "ForAllValues:StringLike")),
       {"policy-no-context"}},
      {"for any value", with(context_like(own, "ForAnyValue:StringLike")), {}},
      {"not like it", with(context_like(own, "StringNotLike")), {"policy-no-context"}},
      {"another pair of the context",
       with(R"("StringLike":{"kms:EncryptionContext:aws:s3:arn":"arn:aws:s3:::logs/*"})"),
       {"policy-no-context"}},
      {"letter case of keys does not count",
       with(R"("stringlike":{"KMS:encryptioncontext:AWS:CloudTrail:ARN":)" + own + "}"),
       {}},
  });
  PolicyContext unknown = context();
  unknown.accounts.clear();
  CHECK(slugs(lint(with(context_like(foreign)), unknown)).empty());
  CHECK(slugs(lint(with(context_like(R"("*")")), unknown)) == Slugs{"policy-no-context"});
}

TEST_CASE("P3 and P-02: aws:SourceArn is there and names the trail") {
  const auto with = [](const std::string& condition) {
    return std::vector{encrypt("\"ForAnyValue:" + kContextOwn.substr(1) + (condition.empty() ? "" : "," + condition)),
                       kDescribe};
  };
  const auto quoted = [](const std::string& text) { return "\"" + text + "\""; };
  check({
      {"none", with(""), {"policy-confused-deputy"}},
      {"the trail", with(source("StringEquals", quoted(kTrail))), {}},
      {"the trail, as an ARN", with(source("ArnEquals", quoted(kTrail))), {}},
      {"if there is one", with(source("StringEqualsIfExists", quoted(kTrail))), {"policy-confused-deputy"}},
      {"not the trail", with(source("StringNotEquals", quoted(kTrail))), {"policy-confused-deputy"}},
      {"another trail", with(source("StringEquals", quoted(kTrail + "2"))), {"policy-source-arn"}},
      {"another region",
       with(source("StringEquals", R"("arn:aws:cloudtrail:us-east-1:111122223333:trail/main")")),
       {"policy-source-arn"}},
      {"another account",
       with(source("StringEquals", R"("arn:aws:cloudtrail:eu-west-1:444455556666:trail/main")")),
       {"policy-source-arn"}},
      {"no trail", with(source("StringEquals", R"("arn:aws:s3:::logs")")), {"policy-source-arn"}},
      {"any trail",
       with(source("StringLike", R"("arn:aws:cloudtrail:*:111122223333:trail/*")")),
       {"policy-source-arn"}},
      {"any trail, as an ARN",
       with(source("ArnLike", R"("arn:aws:cloudtrail:eu-west-1:111122223333:trail/?ain")")),
       {"policy-source-arn"}},
      {"one of two is not known",
       with(source("StringEquals", "[" + quoted(kTrail) + "," + quoted(kTrail + "2") + "]")),
       {"policy-source-arn"}},
      {"an account only", with(R"("StringEquals":{"aws:SourceAccount":"111122223333"})"), {"policy-source-arn"}},
  });
  PolicyContext organization = context();
  organization.trails = {{"", "eu-west-1", "main"}};
  CHECK(slugs(lint(with(source("StringEquals", R"("arn:aws:cloudtrail:eu-west-1:777788889999:trail/main")")),
                   organization))
            .empty());
  organization.trails.clear();
  CHECK(slugs(lint(with(source("StringEquals", quoted(kTrail + "2"))), organization)).empty());
}

TEST_CASE("P5: whoever decrypts names a trail") {
  const auto with = [](const std::string& principal, const std::string& condition,
                       const std::string& action = R"("kms:Decrypt")") {
    return std::vector{kEncrypt, kDescribe, statement("readers", principal, action, condition)};
  };
  const std::string role = R"({"AWS":"arn:aws:iam::111122223333:role/auditor"})";
  const std::string null = R"("Null":{"kms:EncryptionContext:aws:cloudtrail:arn":)";
  check({
      {"Null", with(role, null + R"("false"})"), {}},
      {"Null, as a truth value", with(role, null + "false}"), {}},
      {"Null the wrong way round", with(role, null + R"("true"})"), {"policy-decrypt-context"}},
      {"Null of another pair",
       with(role, R"("Null":{"kms:EncryptionContext:aws:s3:arn":"false"})"),
       {"policy-decrypt-context"}},
      {"nothing", with(role, ""), {"policy-decrypt-context"}},
      {"the value", with(role, kContextOwn), {}},
      {"the value, if there is one",
       with(role, context_like(R"("arn:aws:cloudtrail:*:111122223333:trail/*")", "StringLikeIfExists")),
       {"policy-decrypt-context"}},
      {"the name", with(role, R"("ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":"aws:cloudtrail:arn"})"), {}},
      {"only such names, or none",
       with(role, R"("ForAllValues:StringEquals":{"kms:EncryptionContextKeys":"aws:cloudtrail:arn"})"),
       {"policy-decrypt-context"}},
      {"one of several names",
       with(role, R"("ForAnyValue:StringEquals":{"kms:EncryptionContextKeys":["aws:cloudtrail:arn","x"]})"),
       {"policy-decrypt-context"}},
      {"through S3 only",
       with(role, R"("StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"})"),
       {"policy-decrypt-context"}},
      {"CloudTrail itself, for bucket keys", with(kCloudTrail, ""), {}},
      {"another service", with(R"({"Service":"logs.amazonaws.com"})", ""), {"policy-decrypt-context"}},
      {"the account, which hands it to IAM", with(R"({"AWS":"111122223333"})", ""), {}},
      {"another account", with(R"({"AWS":"arn:aws:iam::999999999999:root"})", ""), {"policy-decrypt-context"}},
      {"no decrypt", with(role, "", R"("kms:Encrypt")"), {}},
      {"a pattern that takes it in", with(role, "", R"("kms:D*t")"), {"policy-decrypt-context"}},
  });
}

TEST_CASE("P6 and P-04: everybody is limited to somebody") {
  const std::string null = R"("Null":{"kms:EncryptionContext:aws:cloudtrail:arn":"false"})";
  const auto with = [&](const std::string& principal, const std::string& condition) {
    return std::vector{
        kEncrypt, kDescribe,
        statement("all", principal, R"("kms:Decrypt")", condition.empty() ? null : null + "," + condition)};
  };
  const std::string all = R"("*")";
  check({
      {"everybody", with(all, ""), {"policy-public"}},
      {"everybody, the long way", with(R"({"AWS":["*"]})", ""), {"policy-public"}},
      {"of the account", with(all, R"("StringEquals":{"kms:CallerAccount":"111122223333"})"), {"policy-wide-decrypt"}},
      {"of the organization",
       with(all, R"("StringEquals":{"aws:PrincipalOrgID":"o-abc1234567"})"),
       {"policy-wide-decrypt"}},
      {"of any account", with(all, R"("StringLike":{"kms:CallerAccount":"*"})"), {"policy-public"}},
      {"of one of them or any",
       with(all, R"("StringLike":{"kms:CallerAccount":["111122223333","*"]})"),
       {"policy-public"}},
      {"of any organization", with(all, R"("StringLike":{"aws:PrincipalOrgID":"o-*"})"), {"policy-public"}},
      {"not of the account", with(all, R"("StringNotEquals":{"kms:CallerAccount":"111122223333"})"), {"policy-public"}},
      {"of the account, if it is known",
       with(all, R"("StringEqualsIfExists":{"kms:CallerAccount":"111122223333"})"),
       {"policy-public"}},
      {"any role", with(all, R"("ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/*"})"), {"policy-public"}},
      {"a role",
       with(all, R"("ArnLike":{"aws:PrincipalArn":"arn:aws:iam::111122223333:role/*"})"),
       {"policy-wide-decrypt"}},
      {"through S3", with(all, R"("StringEquals":{"kms:ViaService":"s3.eu-west-1.amazonaws.com"})"), {"policy-public"}},
  });
  // A Deny to everybody is no gift.
  CHECK(slugs(lint({kEncrypt, kDescribe, statement("no", all, R"("kms:Decrypt")", "", "Deny")})).empty());
}

TEST_CASE("P7: nothing is meant by what is left out") {
  const std::string others =
      R"({"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/x"},"Action":"kms:Encrypt","Resource":"*"})";
  const std::string actions =
      R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/x"},"NotAction":"kms:Decrypt","Resource":"*"})";
  const std::string most =
      R"({"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/x"},"NotAction":"kms:Encrypt","Resource":"*"})";
  const std::string denied =
      R"({"Effect":"Deny","NotPrincipal":{"AWS":"arn:aws:iam::111122223333:role/x"},"Action":"kms:*","Resource":"*"})";
  const std::string spared =
      R"({"Effect":"Deny","NotPrincipal":{"Service":"cloudtrail.amazonaws.com"},"Action":"kms:*","Resource":"*"})";
  check({
      {"all but one", {kEncrypt, kDescribe, others}, {"policy-negation", "policy-public"}},
      {"all but to decrypt", {kEncrypt, kDescribe, actions}, {"policy-negation"}},
      {"all but to encrypt",
       {kEncrypt, kDescribe, most},
       {"policy-negation", "policy-decrypt-context", "policy-duties"}},
      {"denied to all but one, so to CloudTrail",
       {kEncrypt, kDescribe, denied},
       {"policy-negation", "policy-no-encrypt", "policy-no-describe"}},
      {"denied to all but CloudTrail", {kEncrypt, kDescribe, spared}, {"policy-negation"}},
  });
}

TEST_CASE("P8: readers do not rule the key") {
  const std::string role = R"({"AWS":"arn:aws:iam::111122223333:role/x"})",
                    other = R"({"AWS":"arn:aws:iam::111122223333:role/y"})";
  const std::string named = R"("Null":{"kms:EncryptionContext:aws:cloudtrail:arn":"false"})";
  const std::string reads = statement("reads", role, R"("kms:Decrypt")", named);
  check({
      {"deletes",
       {kEncrypt, kDescribe, reads, statement("rules", role, R"("kms:ScheduleKeyDeletion")")},
       {"policy-duties"}},
      {"changes the policy",
       {kEncrypt, kDescribe, reads, statement("rules", role, R"("kms:Put*")")},
       {"policy-duties"}},
      {"another rules", {kEncrypt, kDescribe, reads, statement("rules", other, R"("kms:ScheduleKeyDeletion")")}, {}},
      {"only disables", {kEncrypt, kDescribe, reads, statement("rules", role, R"("kms:DisableKey")")}, {}},
      {"the account itself", {kRoot, kEncrypt, kDescribe}, {}},
      {"one user beside the account",
       {kEncrypt, kDescribe,
        statement("all", R"({"AWS":["111122223333","arn:aws:iam::111122223333:user/u"]})", R"("kms:*")")},
       {"policy-duties", "policy-decrypt-context"}},
      {"denied what it is allowed",
       {kEncrypt, kDescribe, reads, statement("rules", role, R"("kms:ScheduleKeyDeletion")"),
        statement("no", role, R"("kms:ScheduleKeyDeletion")", "", "Deny")},
       {}},
      {"denied only half of it",
       {kEncrypt, kDescribe, reads, statement("rules", role, R"(["kms:ScheduleKeyDeletion","kms:PutKeyPolicy"])"),
        statement("no", role, R"("kms:ScheduleKeyDeletion")", "", "Deny")},
       {"policy-duties"}},
      {"denied under a condition",
       {kEncrypt, kDescribe, reads, statement("rules", role, R"("kms:ScheduleKeyDeletion")"),
        statement("no", role, R"("kms:*")", R"("Bool":{"aws:MultiFactorAuthPresent":"false"})", "Deny")},
       {"policy-duties"}},
  });
}

TEST_CASE("findings say which statement, and what was found") {
  const auto findings =
      lint({encrypt(kSource + "," + context_like(R"("arn:aws:cloudtrail:*:999999999999:trail/*")")), kDescribe})
          .sorted();
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].subject == kKey);
  CHECK(findings[0].detail.starts_with("'encrypt': "));
  CHECK(findings[0].expected == "111122223333, 444455556666");
  CHECK(findings[0].found == "999999999999");
}
