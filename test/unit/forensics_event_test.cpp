#include "forensics/event.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace trailseal;
using forensics::Event;
using forensics::read_event;

namespace {

// The event of one record: `fields` are those that a case is about.
std::optional<Event> event_of(const std::string& fields) {
  std::optional<Event> event;
  REQUIRE(trail::for_each_record(as_bytes("[{" + fields + "}]"),
                                 [&](const trail::LogRecord& record) { event = read_event(record); }));
  return event;
}

std::string call(const std::string& source, const std::string& name, const std::string& rest = {}) {
  return R"("eventTime": "2026-07-01T03:04:05Z", "eventSource": ")" + source + R"(.amazonaws.com", "eventName": ")" +
         name + R"(", "awsRegion": "eu-west-1", "recipientAccountId": "111122223333",
         "userIdentity": {"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada", "userName": "ada"})" +
         (rest.empty() ? "" : ", " + rest);
}

std::string shown(const std::vector<forensics::Resource>& resources) {
  std::string text;
  for (const auto& [type, name] : resources) text += (text.empty() ? "" : " ") + type + "=" + name;
  return text.empty() ? "-" : text;
}

constexpr const char* kTrailArn = "arn:aws:cloudtrail:eu-west-1:111122223333:trail/t";
constexpr const char* kKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/k-1";

}  // namespace

TEST_CASE("the resources of an event are those of the console") {
  const std::string trail = R"("requestParameters": {"trailName": "t"}, "responseElements": {"trailARN": ")" +
                            std::string(kTrailArn) + R"("})";
  const std::string create = R"("requestParameters": {"name": "t", "s3BucketName": "b", "kmsKeyId": "alias/a"})";
  const std::string trail_is = std::string("AWS::CloudTrail::Trail=") + kTrailArn;
  const std::string key_is = std::string("AWS::KMS::Key=") + kKeyArn;
  const struct {
    std::string source, name, rest, expected;
  } kRows[] = {
      {"cloudtrail", "CreateTrail",
       create + R"(, "responseElements": {"name": "t", "s3BucketName": "b", "trailARN": ")" + kTrailArn +
           R"(", "kmsKeyId": ")" + kKeyArn + R"("})",
       "AWS::CloudTrail::Trail=t " + trail_is + " AWS::S3::Bucket=b " + key_is},
      {"cloudtrail", "CreateTrail", create + R"(, "errorCode": "AccessDenied", "responseElements": null)",
       "AWS::CloudTrail::Trail=t AWS::S3::Bucket=b AWS::KMS::Key=alias/a"},
      {"cloudtrail", "PutEventSelectors", trail, trail_is},
      {"cloudtrail", "PutInsightSelectors", trail, trail_is},
      {"cloudtrail", "StartLogging", R"("requestParameters": {"name": ")" + std::string(kTrailArn) + R"("})", trail_is},
      {"cloudtrail", "StartLogging", R"("requestParameters": {"name": "t"})", trail_is},
      {"cloudtrail", "StartLogging", R"("errorCode": "TrailNotFoundException", "requestParameters": {"name": "t"})",
       "AWS::CloudTrail::Trail=t"},
      {"cloudtrail", "StopLogging", R"("requestParameters": {"name": "t"})", "AWS::CloudTrail::Trail=t"},
      {"cloudtrail", "GetTrailStatus", R"("requestParameters": {"name": ")" + std::string(kTrailArn) + R"("})",
       trail_is},
      {"cloudtrail", "DescribeTrails", R"("requestParameters": null)", "-"},
      {"kms", "CreateKey",
       R"("responseElements": {"keyMetadata": {"keyId": "k-1", "arn": ")" + std::string(kKeyArn) + R"("}})",
       key_is + " AWS::KMS::Key=k-1"},
      {"kms", "CreateAlias", R"("requestParameters": {"aliasName": "alias/a", "targetKeyId": "k-1"})",
       key_is + " AWS::KMS::Key=k-1"},
      {"kms", "CreateAlias",
       R"("requestParameters": {"aliasName": "alias/a", "targetKeyId": ")" + std::string(kKeyArn) + R"("},
          "resources": [{"ARN": "arn:aws:kms:eu-west-1:111122223333:alias/a"}])",
       key_is + " AWS::KMS::Key=k-1"},
      {"kms", "RetireGrant", R"("resources": [{"type": "AWS::KMS::Key", "ARN": ")" + std::string(kKeyArn) + R"("}])",
       key_is},
      {"kms", "Decrypt", R"("resources": [{"type": "AWS::KMS::Key", "ARN": ")" + std::string(kKeyArn) + R"("}])",
       key_is},
      {"s3", "CreateBucket", R"("requestParameters": {"bucketName": "b"})", "AWS::S3::Bucket=b"},
      {"s3", "PutBucketPolicy", R"("requestParameters": {"bucketName": "b"},
         "resources": [{"type": "AWS::S3::Bucket", "ARN": "arn:aws:s3:::b"}])",
       "AWS::S3::Bucket=b"},
      {"s3", "PutBucketPublicAccessBlock", R"("requestParameters": {"bucketName": "b"})", "AWS::S3::Bucket=b"},
      {"s3", "ListBuckets", "", "-"},
      {"signin", "ConsoleLogin", R"("responseElements": {"ConsoleLogin": "Success"})", "-"},
      {"iam", "ListUsers", R"("requestParameters": {"userName": "x"})", "-"},
      {"iam", "DeleteUser", R"("requestParameters": {"userName": "x"})", "AWS::IAM::User=x"},
      {"ec2", "DescribeInstances", R"("requestParameters": {"instanceId": "i-1"})", "-"},
      {"ec2", "DescribeInstanceStatus", R"("requestParameters": {"instancesSet": {"items": [{"instanceId": "i"}]}})",
       "-"},
      {"ec2", "StopInstances",
       R"("requestParameters": {"instancesSet": {"items": [{"instanceId": "i-1"}, {"instanceId": "i-2"}]}})",
       "AWS::EC2::Instance=i-1 AWS::EC2::Instance=i-2"},
      {"sts", "AssumeRole",
       R"("requestParameters": {"roleArn": "arn:r", "roleSessionName": "s"}, "responseElements":
          {"credentials": {"accessKeyId": "ASIA1"}, "assumedRoleUser": {"assumedRoleId": "AROA:s", "arn": "arn:a"}})",
       "AWS::IAM::AccessKey=ASIA1 AWS::STS::AssumedRole=s AWS::STS::AssumedRole=AROA:s AWS::STS::AssumedRole=arn:a "
       "AWS::IAM::Role=arn:r"},
      {"apigateway", "CreateDeployment",
       R"("requestParameters": {"restApiId": "a1", "createDeploymentInput": {"stageName": "prod"}})",
       "AWS::ApiGateway::RestApi=a1 AWS::ApiGateway::Stage=prod"},
      {"s3", "GetObject",
       R"("eventCategory": "Data", "requestParameters": {"bucketName": "b", "key": "k"},
          "resources": [{"type": "AWS::S3::Object", "ARN": "arn:aws:s3:::b/k"}, {"ARN": "arn:aws:s3:::b"}, {}, 7])",
       "AWS::S3::Object=arn:aws:s3:::b/k =arn:aws:s3:::b"},
      {"unheard-of", "Thing", R"("requestParameters": {"bucketName": "b"})", "-"},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.name, row.rest);
    const auto event = event_of(call(row.source, row.name, row.rest));
    REQUIRE(event);
    CHECK(shown(event->resources) == row.expected);
  }
}

TEST_CASE("a key that a service used is not shown") {
  for (const char* identity : {R"({"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"})",
                               R"({"type": "AssumedRole", "invokedBy": "s3.amazonaws.com"})"}) {
    const auto event = event_of(R"("eventTime": "2026-07-01T03:04:05Z", "eventSource": "kms.amazonaws.com",
      "eventName": "Decrypt", "resources": [{"ARN": "arn:k"}], "userIdentity": )" +
                                std::string(identity));
    REQUIRE(event);
    CHECK(event->resources.empty());
  }
}

TEST_CASE("a user is called as the console calls him") {
  const struct {
    const char* identity;
    const char* expected;
  } kRows[] = {
      {R"({"type": "IAMUser", "userName": "ada", "arn": "arn:aws:iam::1:user/x"})", "ada"},
      {R"({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/deploy/pipe-1", "principalId": "AROA:no"})",
       "pipe-1"},
      {R"({"type": "AssumedRole", "principalId": "AROA:pipe-1"})", "pipe-1"},
      {R"({"type": "AssumedRole"})", ""},
      {R"({"type": "FederatedUser", "arn": "arn:aws:sts::1:federated-user/eve"})", "eve"},
      {R"({"type": "Root", "userName": "x", "arn": "arn:aws:iam::1:root"})", "root"},
      {R"({"type": "AWSService", "invokedBy": "ec2.amazonaws.com", "userName": "x"})", ""},
      {R"({"type": "AWSAccount", "accountId": "1", "userName": "x"})", ""},
      {R"({"type": "SAMLUser", "userName": "saml"})", "saml"},
      {R"({"invokedBy": "ec2.amazonaws.com"})", ""},
      {"null", ""},
      {"7", ""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.identity);
    const auto event = event_of(R"("eventTime": "2026-07-01T03:04:05Z", "eventName": "A", "userIdentity": )" +
                                std::string(row.identity));
    REQUIRE(event);
    CHECK(event->user_name == row.expected);
  }
}

TEST_CASE("events are of a kind") {
  const struct {
    const char* fields;
    Event::Kind kind;
  } kRows[] = {
      {R"("eventCategory": "Management")", Event::Kind::management},
      {R"("eventCategory": "Data")", Event::Kind::data},
      {R"("eventCategory": "Aggregated")", Event::Kind::data},
      {R"("eventCategory": "NetworkActivity")", Event::Kind::network_activity},
      {R"("eventType": "AwsVpceEvent")", Event::Kind::network_activity},
      {R"("eventCategory": "Insight")", Event::Kind::insight},
      {R"("eventType": "AwsCloudTrailInsight")", Event::Kind::insight},
      {R"("managementEvent": false)", Event::Kind::data},
      {R"("managementEvent": true)", Event::Kind::management},
      {R"("requestParameters": {"bucketName": "b", "key": "k"})", Event::Kind::data},
      {R"("requestParameters": {"bucketName": "b"})", Event::Kind::management},
      {R"("eventCategory": 7)", Event::Kind::management},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.fields);
    const auto event = event_of(call("s3", "GetObject", row.fields));
    REQUIRE(event);
    CHECK(event->kind == row.kind);
  }
}

TEST_CASE("an Insights record and an aggregated one have another shape") {
  const auto insight = event_of(R"("eventTime": "2026-07-01T03:04:05Z", "eventType": "AwsCloudTrailInsight",
    "recipientAccountId": "1", "insightDetails": {"state": "Start", "eventSource": "s3.amazonaws.com",
    "eventName": "GetObject", "insightType": "ApiCallRateInsight"}, "eventCategory": "Insight")");
  REQUIRE(insight);
  CHECK(insight->name == "GetObject");
  CHECK(insight->source == "s3.amazonaws.com");
  CHECK(insight->detail == "ApiCallRateInsight Start");
  CHECK(insight->read_only == std::nullopt);
  const auto sum = event_of(R"("eventVersion": "1.0", "accountId": "1", "eventId": "e", "eventCategory": "Aggregated",
    "eventType": "AwsAggregatedEvent", "awsRegion": "eu-west-1", "eventSource": "s3.amazonaws.com",
    "timeWindow": {"windowStart": "2026-07-01T03:05:00Z", "windowEnd": "2026-07-01T03:10:00Z"})");
  REQUIRE(sum);
  CHECK(sum->name == "AwsAggregatedEvent");
  CHECK(sum->id == "e");
  CHECK(sum->account == "1");
  CHECK(to_string(sum->at) == "2026-07-01T03:05:00Z");
}

TEST_CASE("what else an event says") {
  const auto event = event_of(R"("eventTime": "2026-07-01T03:04:05Z", "eventName": "A", "eventID": "id",
    "sourceIPAddress": "192.0.2.1", "userAgent": "agent", "errorCode": "AccessDenied", "errorMessage": "no",
    "readOnly": false, "userIdentity": {"type": "AssumedRole", "arn": "arn:a/s", "accessKeyId": "ASIA",
    "sessionContext": {"sessionIssuer": {"arn": "arn:role"}, "attributes": {"mfaAuthenticated": "true"}}})");
  REQUIRE(event);
  CHECK(event->id == "id");
  CHECK(event->actor == "arn:a/s");
  CHECK(event->role == "arn:role");
  CHECK(event->access_key == "ASIA");
  CHECK(event->source_ip == "192.0.2.1");
  CHECK(event->user_agent == "agent");
  CHECK(event->error == "AccessDenied");
  CHECK(event->error_message == "no");
  CHECK(event->read_only == false);
  CHECK(event->mfa == true);
  const auto login = event_of(call("signin", "ConsoleLogin", R"("additionalEventData": {"MFAUsed": "No"})"));
  REQUIRE(login);
  CHECK(login->mfa == false);
}

TEST_CASE("what has no name or no time is no event") {
  CHECK_FALSE(event_of(R"("eventTime": "2026-07-01T03:04:05Z")"));
  CHECK_FALSE(event_of(R"("eventName": "A")"));
  CHECK_FALSE(event_of(R"("eventName": "A", "eventTime": "yesterday")"));
  CHECK(event_of(R"("eventName": "A", "eventTime": "2026-07-01T05:04:05.123+02:00")"));
}

// The export has the record and CloudTrail's own columns: the rules must come to the same, up to the order.
TEST_CASE("the rules say what CloudTrail says of published pairs") {
  const char* shared = std::getenv("TRAILSEAL_SHARED");
  const auto path = std::filesystem::path(shared != nullptr ? shared : "../shared") /
                    "data/cloudtrail-logs/plaso-lookup-events/aws_cloudtrail.jsonl";
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    WARN("skipped: no " << path.string());
    return;
  }
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  std::size_t pairs = 0;
  REQUIRE(trail::for_each_event_of_history(as_bytes(text), [&](const trail::LogRecord& record) {
    const auto stated = read_event(record);
    const auto derived = read_event({record.index, record.content, {}});
    REQUIRE(stated);
    REQUIRE(derived);
    CAPTURE(stated->name);
    CHECK(derived->user_name == stated->user_name);
    // The publisher shortened one id of the record by a digit and not that of the export.
    auto resources = derived->resources;
    for (auto& resource : resources)
      if (resource.name == "vpc-0123456789012345") resource.name += "6";
    CHECK(shown(resources) == shown(stated->resources));
    ++pairs;
  }));
  CHECK(pairs == 6);
}
