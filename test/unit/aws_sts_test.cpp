#include "aws/sts.hpp"

#include "aws/refreshing_source.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using test::FakeSurroundings;

namespace {

const Service kSts{"https://sts.example", {"eu-west-1", "sts"}};
const RoleRequest kRole{"arn:r", "session", "", std::nullopt};
const std::string kAsked = "POST https://sts.example/";

std::string refusal(const std::string& code, const std::string& message) {
  return "<ErrorResponse><Error><Type>Sender</Type><Code>" + code + "</Code><Message>" + message +
         "</Message></Error></ErrorResponse>";
}

}  // namespace

TEST_CASE("where STS is asked") {
  FakeSurroundings world;
  const auto url = [&](std::optional<std::string> region) {
    const auto service = sts_service(world.get().environment, region);
    return service ? service->url + " " + service->scope.region : "! " + service.error().message;
  };
  CHECK(url("eu-west-1") == "https://sts.eu-west-1.amazonaws.com eu-west-1");
  CHECK(url("cn-north-1") == "https://sts.cn-north-1.amazonaws.com.cn cn-north-1");
  CHECK(url(std::nullopt) == "https://sts.amazonaws.com us-east-1");
  CHECK(url("evil.example/").starts_with("! "));
  world.variables["AWS_ENDPOINT_URL_STS"] = "http://127.0.0.1:7701";
  CHECK(url(std::nullopt) == "http://127.0.0.1:7701 us-east-1");
}

TEST_CASE("credentials of a role are read from the answer") {
  FakeSurroundings world;
  world.http.answers[kAsked] = {{200, test::sts_answer("AssumeRole", "ROLE")}};
  const auto caller = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  const auto found = assume_role(world.get(), kSts, kRole, *caller);
  REQUIRE(found);
  CHECK(found->access_key == "ROLE");
  CHECK(found->secret_key.text() == "role-secret");
  CHECK(found->session_token.text() == "role-token");
  CHECK(to_string(found->expires.value()) == "2026-07-01T01:00:00Z");
}

TEST_CASE("answers that are none") {
  const auto caller = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  struct Row {
    const char* from;
    const char* to;
    const char* message;
  };
  const Row rows[] = {
      {"<AccessKeyId>", "<Other>", "tags that do not match"},
      {"<AccessKeyId>ROLE</AccessKeyId>", "", "Credentials/AccessKeyId is missing"},
      {"<AccessKeyId>ROLE</AccessKeyId>", "<AccessKeyId>A</AccessKeyId><AccessKeyId>B</AccessKeyId>", "stands twice"},
      {"role-token", "", "Credentials/SessionToken is missing"},
      {"2026-07-01T01:00:00Z", "soon", "Expiration is not a time"},
  };
  for (const Row& row : rows) {
    INFO(row.to);
    FakeSurroundings world;
    std::string answer = test::sts_answer("AssumeRole", "ROLE");
    answer.replace(answer.find(row.from), std::string(row.from).size(), row.to);
    world.http.answers[kAsked] = {{200, answer}};
    const auto found = assume_role(world.get(), kSts, kRole, *caller);
    REQUIRE(!found);
    CHECK(found.error().code == Errc::corrupt);
    CHECK(found.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("refusals have a kind, and never repeat a secret") {
  struct Row {
    int status;
    std::string code, message;
    Errc kind;
    const char* shown;
  };
  const std::string secret = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY";
  const std::string token = "FwoGZXIvYXdzEBYaDExampleTokenOfManyBytes";
  const Row rows[] = {
      {403, "AccessDenied", "not you", Errc::access_denied, "AssumeRole of arn:r: AccessDenied: not you"},
      {403, "ExpiredToken", "too old", Errc::authentication, "AssumeRole of arn:r: ExpiredToken: too old"},
      {403, "SignatureDoesNotMatch", "no match\nThe canonical string", Errc::authentication,
       "AssumeRole of arn:r: SignatureDoesNotMatch: no match"},
      {403, "SignatureDoesNotMatch", "host:x x-amz-security-token:" + token, Errc::authentication,
       "AssumeRole of arn:r: SignatureDoesNotMatch"},
      {403, "SignatureDoesNotMatch", "x-amz-security-token:" + token.substr(0, 20), Errc::authentication,
       "AssumeRole of arn:r: SignatureDoesNotMatch"},
      {403, "SignatureDoesNotMatch", "key " + secret.substr(10, 15), Errc::authentication,
       "AssumeRole of arn:r: SignatureDoesNotMatch"},
      {400, "ValidationError", "bad", Errc::invalid_argument, "AssumeRole of arn:r: ValidationError: bad"},
      {400, "Throttling", "slow down", Errc::io, "AssumeRole of arn:r: Throttling: slow down"},
      {502, "", "", Errc::io, "AssumeRole of arn:r: HTTP status 502"},
  };
  for (const Row& row : rows) {
    INFO(row.message);
    FakeSurroundings world;
    world.http.answers[kAsked] = {{row.status, row.code.empty() ? "<html>" : refusal(row.code, row.message)}};
    const auto caller = make_fixed_source({"AKIA", secret, token, std::nullopt});
    const auto found = assume_role(world.get(), kSts, kRole, *caller);
    REQUIRE(!found);
    CHECK(found.error() == Error{row.kind, row.shown});
  }
  FakeSurroundings world;
  world.http.answers[kAsked] = {{400, refusal("InvalidIdentityToken", "cannot read " + token)}};
  const auto web = assume_role_with_web_identity(world.get(), kSts, kRole, token);
  REQUIRE(!web);
  CHECK(web.error().message.find(token.substr(0, 12)) == std::string::npos);
}

TEST_CASE("throttling is waited out, and each attempt is signed anew") {
  FakeSurroundings world;
  world.http.answers[kAsked] = {
      {400, refusal("Throttling", "")}, {500, ""}, {200, test::sts_answer("AssumeRole", "R")}};
  const auto caller = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  CHECK(assume_role(world.get(), kSts, kRole, *caller));
  CHECK(world.http.requests.size() == 3);
  for (const HttpRequest& request : world.http.requests) CHECK(request.headers.find("authorization") != nullptr);
}

TEST_CASE("who is calling") {
  FakeSurroundings world;
  world.http.answers[kAsked] = {
      {200,
       "<GetCallerIdentityResponse xmlns=\"x\"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/a&amp;b"
       "</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult>"
       "</GetCallerIdentityResponse>"}};
  const auto caller = make_fixed_source({"AKIA", "secret", "", std::nullopt});
  const auto identity = caller_identity(world.get(), kSts, *caller);
  REQUIRE(identity);
  CHECK(identity->account == "111122223333");
  CHECK(identity->arn == "arn:aws:iam::111122223333:user/a&b");
  CHECK(identity->user_id == "AIDA");
}
