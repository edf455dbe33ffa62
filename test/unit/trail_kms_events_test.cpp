#include <string>

#include "support/catch.hpp"
#include "trail/kms_events.hpp"

using namespace trailseal;
using trail::KmsEvent;
using trail::parse_kms_events;

namespace {

const std::string kCommon = R"("eventTime": "2026-07-01T03:04:05Z", "awsRegion": "eu-west-1", "eventID": "e-1",
  "sourceIPAddress": "192.0.2.7", )";
const std::string kContext = R"("encryptionContext": {"aws:cloudtrail:arn": "arn:aws:cloudtrail:::trail/t",
  "aws:s3:arn": "arn:aws:s3:::b/k"})";
const std::string kResources = R"("resources": [{"type": "x"}, {"ARN": "arn:aws:kms:eu-west-1:111122223333:key/a"}])";

std::string data_key(const std::string& identity) {
  return "{" + kCommon + R"("eventSource": "kms.amazonaws.com", "eventName": "GenerateDataKey", "userIdentity": )" +
         identity + R"(, "requestParameters": {"keyId": "alias/x", )" + kContext + "}, " + kResources + "}";
}

std::vector<KmsEvent> parse(const std::string& records) {
  const std::string log = "{\"Records\": [" + records + "]}";
  const auto events = parse_kms_events(as_bytes(log));
  REQUIRE(events);
  CHECK((events->empty() || trail::may_hold_kms_events(as_bytes(log))));
  return *events;
}

}  // namespace

TEST_CASE("a data key that CloudTrail asked for is a witness") {
  for (const char* identity :
       {R"({"type": "AWSService", "invokedBy": "cloudtrail.amazonaws.com"})",
        R"({"type": "AssumedRole", "arn": "arn:aws:sts::086441151436:assumed-role/AWSCloudTrail/x"})"}) {
    CAPTURE(identity);
    const auto events = parse(data_key(identity));
    REQUIRE(events.size() == 1);
    CHECK(events[0].kind == KmsEvent::Kind::data_key);
    CHECK(events[0].key == "arn:aws:kms:eu-west-1:111122223333:key/a");
    CHECK(events[0].trail == "arn:aws:cloudtrail:::trail/t");
    CHECK(events[0].object == "arn:aws:s3:::b/k");
    CHECK(events[0].region == "eu-west-1");
    CHECK(events[0].id == "e-1");
    CHECK(to_string(events[0].at) == "2026-07-01T03:04:05Z");
  }
}

TEST_CASE("a data key that somebody else asked for is none") {
  for (const char* identity : {R"({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada"})",
                               R"({"type": "AWSService", "invokedBy": "s3.amazonaws.com"})",
                               R"({"type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/AWSCloudTrail"})",
                               R"({"type": "AssumedRole",
                                   "arn": "arn:aws:sts::111122223333:assumed-role/AWSCloudTrail/x"})",
                               R"({"type": "AssumedRole",
                                   "arn": "arn:aws:sts::086441151436:assumed-role/AWSCloudTrailing/x"})",
                               R"({"type": "IAMUser",
                                   "arn": "arn:aws:sts::086441151436:assumed-role/AWSCloudTrail/x"})",
                               "null", "{}", "7"})
    CHECK(parse(data_key(identity)).empty());
}

TEST_CASE("reads, changes of keys and of selectors are told apart") {
  const auto event = [](const char* source, const char* name, const std::string& rest) {
    return "{" + kCommon + R"("userIdentity": {"arn": "me"}, "eventSource": ")" + source + R"(", "eventName": ")" +
           name + "\"" + rest + "}";
  };
  const auto read =
      parse(event("kms.amazonaws.com", "Decrypt", ", \"requestParameters\": {" + kContext + "}, " + kResources));
  REQUIRE(read.size() == 1);
  CHECK(read[0].kind == KmsEvent::Kind::decrypt);
  CHECK(read[0].actor == "me");
  CHECK(parse(event("kms.amazonaws.com", "Decrypt", ", \"requestParameters\": {}")).empty());

  const auto change = parse(event("kms.amazonaws.com", "DisableKey", R"(, "errorCode": "AccessDenied",
      "requestParameters": {"keyId": "k"})"));
  REQUIRE(change.size() == 1);
  CHECK(change[0].kind == KmsEvent::Kind::key_change);
  CHECK(change[0].key == "k");
  CHECK(change[0].error == "AccessDenied");
  CHECK(change[0].source_ip == "192.0.2.7");
  CHECK(parse(event("kms.amazonaws.com", "ListKeys", "")).empty());
  CHECK(parse(event("ec2.amazonaws.com", "DisableKey", "")).empty());

  struct Row {
    const char* parameters;
    bool excludes;
  };
  for (
      const Row& row : {
          Row{R"({"trailName": "t", "eventSelectors": [{"excludeManagementEventSources": ["kms.amazonaws.com"]}]})",
              true},
          Row{R"({"trailName": "t", "eventSelectors": [{"excludeManagementEventSources": ["rdsdata.amazonaws.com"]}]})",
              false},
          Row{R"({"trailName": "t", "eventSelectors": [{"excludeManagementEventSources": []}]})", false},
          Row{R"({"trailName": "t", "advancedEventSelectors": [{"fieldSelectors": [{"field": "eventCategory"},
               {"field": "eventSource", "notEquals": ["kms.amazonaws.com"]}]}]})",
              true},
          Row{R"({"trailName": "t", "advancedEventSelectors": [{"fieldSelectors": [
               {"field": "eventSource", "equals": ["kms.amazonaws.com"]}]}]})",
              false},
          Row{R"({"trailName": "t", "eventSelectors": 7})", false},
          Row{"null", false},
      }) {
    CAPTURE(row.parameters);
    const auto selectors = parse(event("cloudtrail.amazonaws.com", "PutEventSelectors",
                                       std::string(", \"requestParameters\": ") + row.parameters));
    REQUIRE(selectors.size() == 1);
    CHECK(selectors[0].kind == KmsEvent::Kind::selectors);
    CHECK(selectors[0].excludes_kms == row.excludes);
  }
}

TEST_CASE("an aggregated log is a plain list, and odd records are passed over") {
  const std::string service = R"({"invokedBy": "cloudtrail.amazonaws.com"})";
  const auto events = parse_kms_events(as_bytes("[7, null, {}, {\"eventTime\": \"soon\"}, " + data_key(service) + "]"));
  REQUIRE(events);
  CHECK(events->size() == 1);
}

TEST_CASE("a log that cannot hold any such event is not parsed for them") {
  struct Row {
    const char* text;
    bool may;
  };
  for (const Row& row :
       {Row{"", false}, Row{R"({"Records": []})", false},
        Row{R"("eventSource": "kms.amazonaws.com", "eventName": "Encrypt")", false},
        Row{R"("accessKeyId": "AKIAKeyKeyKey", "x": "DataKey", "y": "Key")", false}, Row{"Key", false},
        Row{"ableKey", false}, Row{"PutKeyPolicyKeyPutKeyPolic", true}, Row{"DisableKey", true},
        Row{"eKeyDeletionScheduleKeyDeletion", true}, Row{"aws:cloudtrail:arn", false},
        Row{"GenerateDataKey aws:cloudtrail:arn", true}, Row{"aws:cloudtrail:arn Decrypt", true},
        Row{"Decrypt GenerateDataKey", false}, Row{"PutEventSelectors", true}, Row{"PutEventSelector", false}}) {
    CAPTURE(row.text);
    CHECK(trail::may_hold_kms_events(as_bytes(std::string_view(row.text))) == row.may);
  }
}

TEST_CASE("what is no log is refused") {
  for (const char* text : {"", " ", "null", "{}", "{\"Records\": 7}", "{\"Records\": [}", "[1] 2", "\"Records\""}) {
    CAPTURE(text);
    const auto events = parse_kms_events(as_bytes(text));
    REQUIRE_FALSE(events);
    CHECK(events.error().code == Errc::corrupt);
  }
  CHECK_FALSE(parse_kms_events(as_bytes(std::string(5000, '['))));
}
