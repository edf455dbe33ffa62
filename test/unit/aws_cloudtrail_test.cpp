#include "aws/cloudtrail.hpp"

#include "aws/refreshing_source.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using test::FakeSurroundings;

namespace {

const std::string kAsked = "POST https://cloudtrail.eu-west-1.amazonaws.com/";
const Interval kSpan{Time(Seconds(1'782'864'000)), Time(Seconds(1'782'950'400))};

struct Client {
  FakeSurroundings world;
  Surroundings around = world.get();
  std::unique_ptr<CredentialSource> credentials = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  Result<CloudTrail> trail = CloudTrail::make(around, *credentials, "eu-west-1");

  explicit Client(std::vector<test::FakeHttp::Answer> answers) { world.http.answers[kAsked] = std::move(answers); }
};

std::string key(const std::string& fingerprint, const std::string& more = "") {
  return R"({"Value":"AAAA","Fingerprint":")" + fingerprint + "\"" + more + "}";
}

std::string keys_outcome(const Result<std::vector<ListedKey>>& keys) {
  if (!keys) return std::string(to_string(keys.error().code)) + ": " + keys.error().message;
  std::string out;
  for (const ListedKey& each : *keys) out += each.fingerprint + " ";
  return out;
}

}  // namespace

TEST_CASE("keys are asked for by span and page") {
  Client client({{200, "{\"PublicKeyList\":[" + key("a") + "],\"NextToken\":\"2\"}"},
                 {400, R"({"__type":"ThrottlingException","message":"slow down"})"},
                 {200, "{\"PublicKeyList\":[" +
                           key("b", R"(,"ValidityStartTime":1782864000.9,"ValidityEndTime":1785456000)") + "]}"}});
  REQUIRE(client.trail);
  const auto keys = client.trail->list_public_keys(kSpan);
  REQUIRE(keys_outcome(keys) == "a b ");
  CHECK(!(*keys)[0].validity);
  CHECK(to_string((*keys)[1].validity.value().begin) == "2026-07-01T00:00:00Z");
  const auto& requests = client.world.http.requests;
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].body == R"({"EndTime":1782950400,"StartTime":1782864000})");
  CHECK(requests[2].body == R"({"EndTime":1782950400,"NextToken":"2","StartTime":1782864000})");
  CHECK(*requests[0].headers.find("x-amz-target") ==
        "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.ListPublicKeys");
  CHECK(requests[0].headers.find("authorization")->find("/eu-west-1/cloudtrail/aws4_request") != std::string::npos);
}

TEST_CASE("answers about keys that are none") {
  struct Row {
    int status;
    std::string body;
    const char* outcome;
  };
  const Row rows[] = {
      {200, R"({"PublicKeyList":[]})", ""},
      {200, "{}", ""},
      {200, R"({"PublicKeyList":null})", ""},
      {200, "[]", "corrupt: ListPublicKeys in eu-west-1: the answer is no JSON object"},
      {200, "", "corrupt: ListPublicKeys in eu-west-1: the answer is no JSON object"},
      {200, R"({"PublicKeyList":{}})",
       "corrupt: ListPublicKeys in eu-west-1: PublicKeyList is missing or of the wrong kind"},
      {200, R"({"PublicKeyList":[1]})", "corrupt: ListPublicKeys in eu-west-1: Value is missing or of the wrong kind"},
      {200, R"({"PublicKeyList":[{"Value":"AAAA"}]})",
       "corrupt: ListPublicKeys in eu-west-1: Fingerprint is missing or of the wrong kind"},
      {200, "{\"PublicKeyList\":[" + key("a", R"(,"ValidityStartTime":"x","ValidityEndTime":1)") + "]}",
       "corrupt: ListPublicKeys in eu-west-1: ValidityStartTime is missing or of the wrong kind"},
      {200, "{\"PublicKeyList\":[" + key("a", R"(,"ValidityStartTime":2,"ValidityEndTime":1)") + "]}",
       "corrupt: ListPublicKeys in eu-west-1: ValidityEndTime is missing or of the wrong kind"},
      {200, R"({"PublicKeyList":[],"NextToken":"again"})",
       "limit reached: ListPublicKeys in eu-west-1: the pages go round in a circle"},
      {200, R"({"PublicKeyList":[],"NextToken":7})",
       "corrupt: ListPublicKeys in eu-west-1: NextToken is missing or of the wrong kind"},
      {400, R"({"__type":"com.amazonaws.cloudtrail#AccessDeniedException","Message":"not you"})",
       "access denied: ListPublicKeys in eu-west-1: AccessDeniedException: not you"},
      {400, R"({"__type":"UnrecognizedClientException","message":"who?"})",
       "authentication failed: ListPublicKeys in eu-west-1: UnrecognizedClientException: who?"},
      {400, R"({"__type":"InvalidTimeRangeException"})",
       "invalid argument: ListPublicKeys in eu-west-1: InvalidTimeRangeException"},
      {400, R"({"__type":"ThrottlingException"})",
       "input/output error: ListPublicKeys in eu-west-1: ThrottlingException"},
  };
  for (const Row& row : rows) {
    INFO(row.body);
    Client client({{row.status, row.body}});
    CHECK(keys_outcome(client.trail->list_public_keys(kSpan)) == row.outcome);
  }
}

TEST_CASE("trails and how they are doing") {
  Client client({{200, R"({"trailList":[{"Name":"main","S3BucketName":"logs","S3KeyPrefix":"p","HomeRegion":"eu-west-1",
    "TrailARN":"arn:t","IsMultiRegionTrail":true,"IsOrganizationTrail":false,"LogFileValidationEnabled":true,
    "KmsKeyId":"arn:k"},{"Name":"other"}]})"}});
  const auto trails = client.trail->describe_trails();
  REQUIRE(trails);
  REQUIRE(trails->size() == 2);
  const Trail& first = trails->front();
  CHECK(first.name == "main");
  CHECK(first.arn == "arn:t");
  CHECK(first.bucket == "logs");
  CHECK(first.prefix == "p");
  CHECK(first.kms_key == "arn:k");
  CHECK(first.home_region == "eu-west-1");
  CHECK(first.multi_region);
  CHECK(!first.organization);
  CHECK(first.validation);

  client.world.http.answers[kAsked] = {
      {200, R"({"IsLogging":true,"LatestDeliveryTime":1782864000.5,"LatestDigestDeliveryTime":1782867600,
    "LatestDigestDeliveryError":"AccessDenied","StartLoggingTime":1})"}};
  const auto status = client.trail->trail_status("arn:t");
  REQUIRE(status);
  CHECK(client.world.http.requests.back().body == R"({"Name":"arn:t"})");
  CHECK(status->logging);
  CHECK(status->delivery_error.empty());
  CHECK(status->digest_delivery_error == "AccessDenied");
  CHECK(to_string(status->latest_digest_delivery.value()) == "2026-07-01T01:00:00Z");
  CHECK(!status->logging_stopped);

  for (const char* bad : {"[]", R"({"trailList":1})", R"({"trailList":[{}]})", R"({"trailList":[{"Name":1}]})"}) {
    INFO(bad);
    client.world.http.answers[kAsked] = {{200, bad}};
    CHECK(client.trail->describe_trails().error().code == Errc::corrupt);
  }
  client.world.http.answers[kAsked] = {{400, R"({"__type":"TrailNotFoundException"})"}};
  CHECK(client.trail->trail_status("x").error().code == Errc::not_found);
}

TEST_CASE("what is no region is not asked") {
  FakeSurroundings world;
  const Surroundings around = world.get();
  const auto credentials = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  for (const char* region : {"", "evil.example/", "eu-west-1.evil.example", "../x"})
    CHECK(CloudTrail::make(around, *credentials, region).error().code == Errc::invalid_argument);
}

TEST_CASE("a file of keys is the same whatever the order in which they came") {
  const ListedKey a{"AAAA", "a", Interval{Time(Seconds(0)), Time(Seconds(10))}}, b{"BBBB", "b", std::nullopt};
  const std::string file = public_keys_json({{"us-east-1", {a, b, a}}, {"eu-west-1", {b}}});
  CHECK(file == public_keys_json({{"eu-west-1", {b}}, {"us-east-1", {b, a}}}));
  CHECK(file == R"({
  "PublicKeyList": [
    {
      "Region": "eu-west-1",
      "Fingerprint": "b",
      "Value": "BBBB"
    },
    {
      "Region": "us-east-1",
      "Fingerprint": "b",
      "Value": "BBBB"
    },
    {
      "Region": "us-east-1",
      "Fingerprint": "a",
      "ValidityStartTime": "1970-01-01T00:00:00Z",
      "ValidityEndTime": "1970-01-01T00:00:10Z",
      "Value": "AAAA"
    }
  ]
}
)");
}
