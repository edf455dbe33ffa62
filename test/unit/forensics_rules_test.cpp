#include "forensics/rules.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "forensics/tampering.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using forensics::Notable;
using forensics::Scope;
using verdict::TamperingEvent;

namespace {

std::vector<Notable> notables_of(ByteView log) {
  std::vector<Notable> out;
  REQUIRE(trail::for_each_record(log, [&](const trail::LogRecord& record) {
    if (auto event = forensics::read_notable(record, {verdict::Standing::verified, "log", "digest"}))
      out.push_back(*std::move(event));
  }));
  return out;
}

std::string words(const std::vector<verdict::Effect>& effects) {
  std::string out;
  for (const auto effect : effects) out += (out.empty() ? "" : "+") + std::string(to_string(effect));
  return out;
}

// A call in us-east-1 by the account of the trail.
std::string call(const std::string& service, const std::string& name, const std::string& request,
                 const std::string& more = "") {
  return R"([{"eventTime": "2026-07-01T03:04:05Z", "eventID": "e", "awsRegion": "us-east-1", "eventSource": ")" +
         service + R"(.amazonaws.com", "eventName": ")" + name + R"(", "recipientAccountId": "111122223333",
         "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada", "userName": "ada"},
         "requestParameters": )" +
         request + more + "}]";
}

Scope ours() {
  Scope scope;
  scope.buckets = {"acme-trail"};
  scope.trails = {{"mgmt", "us-east-1", "111122223333"}};
  scope.keys = {"arn:aws:kms:us-east-1:111122223333:key/k-1", "k-1"};
  return scope;
}

// "narrows enableLogFileValidation=false"; "-": nothing of ours.
std::string judged(const std::string& log, const Scope& scope) {
  const auto events = notables_of(as_bytes(log));
  if (events.empty()) return "-";
  REQUIRE(events.size() == 1);
  const auto event = judge_tampering(events[0], scope);
  return event ? words(event->effects) + (event->detail.empty() ? "" : " " + event->detail) : "-";
}

}  // namespace

TEST_CASE("the table of rules is in order") {
  std::map<std::pair<std::string_view, std::string_view>, const forensics::Rule*> first;
  const std::regex ids("(T[0-9]{4}(\\.[0-9]{3})?( T[0-9]{4}(\\.[0-9]{3})?)*)?");
  for (const auto& rule : forensics::rules()) {
    CAPTURE(rule.name, rule.events, rule.condition);
    CHECK(std::regex_match(std::string(rule.attack), ids));
    CHECK(std::regex_match(std::string(rule.attack_before), ids));
    CHECK(forensics::words_of(rule.attack).size() == forensics::words_of(rule.attack_before).size());
    // ATT&CK 19 revoked these; what replaced them stands in `attack`.
    CHECK(rule.attack.find("T1562") == std::string_view::npos);
    CHECK(rule.attack_before.find("T1685") == std::string_view::npos);
    for (const auto service : forensics::words_of(rule.services))
      for (const auto event : forensics::words_of(rule.events)) {
        const auto* other = first.emplace(std::pair{service, event}, &rule).first->second;
        CHECK(other->name == rule.name);
        CHECK(other->subject == rule.subject);
        const auto found = forensics::rules_of(std::string(service) + ".amazonaws.com", event);
        CHECK(std::ranges::find(found, &rule) != found.end());
      }
  }
  CHECK(forensics::rules_of("cloudtrail.amazonaws.com", "GetTrail").empty());
  CHECK(forensics::rules_of("cloudtrail", "StopLogging").empty());
  CHECK(forensics::rules_of("s3.amazonaws.com", "StopLogging").empty());
}

TEST_CASE("what an event does, and whether it is ours") {
  const std::string arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mgmt";
  const struct {
    const char* what;
    std::string log;
    const char* expected;
  } rows[] = {
      {"by name", call("cloudtrail", "StopLogging", R"({"name": "mgmt"})"), "narrows"},
      {"by ARN", call("cloudtrail", "StopLogging", R"({"name": ")" + arn + R"("})"), "narrows"},
      {"another trail", call("cloudtrail", "StopLogging", R"({"name": "mgmt2"})"), "-"},
      {"another account's trail of that name",
       call("cloudtrail", "StopLogging", R"({"name": "arn:aws:cloudtrail:us-east-1:999988887777:trail/mgmt"})"), "-"},
      {"another region's trail of that name",
       call("cloudtrail", "StopLogging", R"({"name": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/mgmt"})"), "-"},
      {"only asked", call("cloudtrail", "GetTrailStatus", R"({"name": "mgmt"})"), "-"},
      {"another service's event of that name", call("s3", "StopLogging", R"({"name": "mgmt"})"), "-"},
      {"validation off", call("cloudtrail", "UpdateTrail", R"({"name": "mgmt", "enableLogFileValidation": false})"),
       "narrows enableLogFileValidation=false"},
      {"validation on", call("cloudtrail", "UpdateTrail", R"({"name": "mgmt", "enableLogFileValidation": true})"),
       "context enableLogFileValidation=true"},
      {"several at once",
       call("cloudtrail", "UpdateTrail",
            R"({"name": "mgmt", "isMultiRegionTrail": false, "s3BucketName": "mine", "kmsKeyId": "k"})"),
       "narrows+unreadable+reroutes isMultiRegionTrail=false, s3BucketName=mine, kmsKeyId=k"},
      {"the bucket that it has", call("cloudtrail", "UpdateTrail", R"({"name": "mgmt", "s3BucketName": "acme-trail"})"),
       "context s3BucketName=acme-trail"},
      {"selectors that leave out",
       call("cloudtrail", "PutEventSelectors",
            R"({"trailName": "mgmt", "eventSelectors": [{"readWriteType": "ReadOnly", "includeManagementEvents": true,
                "excludeManagementEventSources": ["kms.amazonaws.com"]}]})"),
       "narrows eventSelectors.*.readWriteType=ReadOnly, "
       "eventSelectors.*.excludeManagementEventSources.*=kms.amazonaws.com"},
      {"selectors that leave out nothing",
       call("cloudtrail", "PutEventSelectors",
            R"({"trailName": "mgmt", "eventSelectors": [{"readWriteType": "All", "includeManagementEvents": true,
                "excludeManagementEventSources": []}]})"),
       "context"},
      {"selectors by caller",
       call("cloudtrail", "PutEventSelectors",
            R"({"trailName": "mgmt", "advancedEventSelectors": [{"fieldSelectors":
                [{"field": "userIdentity.arn", "notEquals": ["arn:aws:iam::1:user/me"]}]}]})"),
       "narrows advancedEventSelectors.*.fieldSelectors.*.field=userIdentity.arn"},
      {"no more Insights",
       call("cloudtrail", "PutInsightSelectors", R"({"trailName": "mgmt", "insightSelectors": []})"),
       "narrows insightSelectors.*.insightType=none"},
      {"the log bucket's policy", call("s3", "PutBucketPolicy", R"({"bucketName": "acme-trail", "Host": "h"})"),
       "narrows"},
      {"another bucket's policy", call("s3", "PutBucketPolicy", R"({"bucketName": "acme-orders"})"), "-"},
      {"versioning on",
       call("s3", "PutBucketVersioning",
            R"({"bucketName": "acme-trail", "VersioningConfiguration": {"Status": "Enabled"}})"),
       "context"},
      {"versioning off",
       call("s3", "PutBucketVersioning",
            R"({"bucketName": "acme-trail", "VersioningConfiguration": {"Status": "Suspended"}})"),
       "destroys VersioningConfiguration.Status=Suspended"},
      {"a log deleted", call("s3", "DeleteObject", R"({"bucketName": "acme-trail", "key": "AWSLogs/x"})"),
       "destroys key=AWSLogs/x"},
      {"CloudTrail's own delivery",
       R"([{"eventTime": "2026-07-01T03:04:05Z", "eventSource": "s3.amazonaws.com", "eventName": "PutObject",
            "userIdentity": {"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"},
            "requestParameters": {"bucketName": "acme-trail", "key": "AWSLogs/x"}}])",
       "-"},
      {"our key, by its id", call("kms", "DisableKey", R"({"keyId": "k-1"})"), "unreadable"},
      {"our key, by the record's resources",
       call("kms", "ScheduleKeyDeletion", R"({"keyId": "alias/a", "pendingWindowInDays": 7})",
            R"(, "resources": [{"ARN": "arn:aws:kms:us-east-1:111122223333:key/k-1"}])"),
       "unreadable keyId=alias/a, pendingWindowInDays=7"},
      {"another key", call("kms", "DisableKey", R"({"keyId": "k-2"})"), "-"},
      {"the trail's log group", call("logs", "DeleteLogGroup", R"({"logGroupName": "aws-CloudTrail-logs-1"})"),
       "destroys"},
      {"another log group", call("logs", "DeleteLogGroup", R"({"logGroupName": "/aws/lambda/orders"})"), "-"},
      {"the account leaves", call("organizations", "LeaveOrganization", "null"), "narrows"},
      {"parameters left out by size", call("cloudtrail", "UpdateTrail", R"({"omitted": true})"),
       "narrows+unreadable+reroutes requestParameters omitted from the record"},
      {"another service's access ends",
       call("organizations", "DisableAWSServiceAccess", R"({"servicePrincipal": "config.amazonaws.com"})"), "-"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(judged(row.log, ours()) == row.expected);
  }
}

TEST_CASE("selectors are held against those before") {
  const auto selectors = [](const std::string& at, const std::string& values, const std::string& more = "") {
    auto record = call("cloudtrail", "PutEventSelectors",
                       R"({"trailName": "mgmt", "eventSelectors": [{"readWriteType": "All",
                           "includeManagementEvents": true, "dataResources": [{"type": "AWS::S3::Object", "values": [)" +
                           values + "]}]}]}",
                       more);
    return record.replace(record.find("2026-07-01T03:04:05Z"), 20, at).replace(record.find("\"e\""), 3, '"' + at + '"');
  };
  std::vector<Notable> events;
  for (const auto& log :
       {selectors("2026-07-01T01:00:00Z", R"("arn:aws:s3:::a/", "arn:aws:s3:::b/")"),
        selectors("2026-07-01T02:00:00Z", "", R"(, "errorCode": "AccessDenied")"),
        selectors("2026-07-01T03:00:00Z", R"("arn:aws:s3:::a/", "arn:aws:s3:::b/", "arn:aws:s3:::c/")"),
        selectors("2026-07-01T04:00:00Z", R"("arn:aws:s3:::a/", "arn:aws:s3:::c/")")})
    events.push_back(notables_of(as_bytes(log)).at(0));
  const auto judged = tampering_among(events, ours());
  REQUIRE(judged.size() == 4);
  CHECK(words(judged[0].effects) == "context");
  CHECK(words(judged[1].effects) == "narrows");  // refused, but that is what was wanted
  CHECK(words(judged[2].effects) == "context");
  CHECK(words(judged[3].effects) == "narrows");
  CHECK(judged[3].detail.find("no longer chosen=arn:aws:s3:::b/") != std::string::npos);
}

TEST_CASE("a denied attempt is one, and says so") {
  const auto events = notables_of(as_bytes(call("cloudtrail", "DeleteTrail", R"({"name": "mgmt"})",
                                                R"(, "errorCode": "AccessDenied", "sourceIPAddress": "x")")));
  REQUIRE(events.size() == 1);
  const auto event = judge_tampering(events[0], ours());
  REQUIRE(event.has_value());
  CHECK(event->event.error == "AccessDenied");
  CHECK(event->event.source_ip == "x");
  CHECK(event->attack == std::vector<std::string>{"T1685.002"});
  CHECK(event->attack_before == std::vector<std::string>{"T1562.008"});
  CHECK(event->concerns == "mgmt");
  CHECK(event->event.log == "log");
}

TEST_CASE("a request of any size keeps its bounds") {
  std::string request = R"({"trailName": "mgmt", "x": [)";
  for (int i = 0; i < 5'000; ++i) request += (i ? "," : "") + std::string("\"v\"");
  const auto events = notables_of(as_bytes(call("cloudtrail", "PutEventSelectors", request + "]}")));
  REQUIRE(events.size() == 1);
  CHECK(events[0].parameters.size() <= 257);
  CHECK(events[0].value("trailName") == "mgmt");
}

namespace {

struct Expected {
  const char* rule;
  const char* event;
  const char* effects;
  bool succeeded;
  int number;
};

// Counted apart from the program, with Python over rules.def and the JSON of the sets; DeleteTrail and its like are
// what their documentation names.
const Expected kStratus[] = {
    {"delete-trail", "DeleteTrail", "narrows", true, 1},
    {"event-selectors", "PutEventSelectors", "narrows", true, 1},
    {"leave-organization", "LeaveOrganization", "narrows", false, 1},
    {"sensor", "DeleteFlowLogs", "narrows", true, 1},
    {"sensor", "DeleteResolverQueryLogConfig", "narrows", true, 1},
    {"stop-logging", "StopLogging", "narrows", true, 1},
    {"trail-role", "UpdateAssumeRolePolicy", "narrows", true, 1},
};
const Expected kInvictus[] = {
    {"bucket-lifecycle", "DeleteBucketLifecycle", "context", true, 1},
    {"bucket-lifecycle", "PutBucketLifecycle", "destroys", true, 1},
    {"bucket-policy", "DeleteBucketPolicy", "narrows", true, 1},
    {"bucket-policy", "PutBucketPolicy", "narrows", true, 3},
    {"create-trail", "CreateTrail", "context", true, 2},
    {"delete-bucket", "DeleteBucket", "destroys", false, 3},
    {"delete-bucket", "DeleteBucket", "destroys", true, 5},
    {"delete-trail", "DeleteTrail", "narrows", false, 1},
    {"delete-trail", "DeleteTrail", "narrows", true, 2},
    {"event-selectors", "PutEventSelectors", "context", true, 1},
    {"event-selectors", "PutEventSelectors", "narrows", true, 1},
    {"leave-organization", "LeaveOrganization", "narrows", false, 1},
    {"second-copy", "DeleteLogGroup", "destroys", true, 1},
    {"sensor", "DeleteFlowLogs", "narrows", true, 1},
    {"start-logging", "StartLogging", "context", false, 3},
    {"start-logging", "StartLogging", "context", true, 2},
    {"stop-logging", "StopLogging", "narrows", false, 3},
    {"trail-role", "DeleteRole", "narrows", true, 13},
    {"trail-role", "DeleteRolePolicy", "narrows", true, 4},
    {"trail-role", "DetachRolePolicy", "narrows", true, 5},
    {"trail-role", "PutRolePolicy", "narrows", true, 5},
    {"trail-role", "UpdateAssumeRolePolicy", "narrows", true, 2},
};

}  // namespace

TEST_CASE("published attacks light up as their documentation says") {
  const char* shared = std::getenv("TRAILSEAL_SHARED");
  const auto data = std::filesystem::path(shared != nullptr ? shared : "../shared") / "data/cloudtrail-logs";
  const struct {
    const char* folder;
    std::span<const Expected> expected;
    std::set<std::string> files;  // in which something lights up
  } sets[] = {
      {"stratus-detonation-logs",
       kStratus,
       {"aws.defense-evasion.cloudtrail-delete.json", "aws.defense-evasion.cloudtrail-event-selectors.json",
        "aws.defense-evasion.cloudtrail-stop.json", "aws.defense-evasion.dns-delete-logs.json",
        "aws.defense-evasion.organizations-leave.json", "aws.defense-evasion.vpc-remove-flow-logs.json",
        "aws.persistence.iam-backdoor-role.json"}},
      {"invictus-aws_dataset/CloudTrail", kInvictus, {}},
  };
  Scope everything;
  everything.everything = true;
  for (const auto& set : sets) {
    if (!std::filesystem::is_directory(data / set.folder)) {
      WARN("not there: " << (data / set.folder));
      continue;
    }
    std::map<std::tuple<std::string, std::string, std::string, bool>, int> found, expected;
    std::set<std::string> lit;
    for (const auto& entry : std::filesystem::directory_iterator(data / set.folder)) {
      if (entry.path().extension() != ".json") continue;
      std::ifstream file(entry.path(), std::ios::binary);
      const std::string text{std::istreambuf_iterator<char>(file), {}};
      for (const Notable& notable : notables_of(as_bytes(text)))
        if (const auto event = judge_tampering(notable, everything)) {
          ++found[{event->rule, event->event.name, words(event->effects), event->event.error.empty()}];
          lit.insert(entry.path().filename());
        }
    }
    for (const auto& row : set.expected) expected[{row.rule, row.event, row.effects, row.succeeded}] = row.number;
    CAPTURE(set.folder);
    CHECK(found == expected);
    if (!set.files.empty()) CHECK(lit == set.files);
  }
}
