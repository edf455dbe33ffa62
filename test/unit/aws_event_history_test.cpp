#include "aws/event_history.hpp"

#include "aws/refreshing_source.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

const std::string kAsked = "POST https://cloudtrail.eu-west-1.amazonaws.com/";

struct World {
  test::FakeSurroundings fake;
  Surroundings around = fake.get();
  std::unique_ptr<CredentialSource> credentials = make_fixed_source({"AKIA", "secret", "", std::nullopt});

  Pages ask(std::vector<test::FakeHttp::Answer> answers, const std::string& region = "eu-west-1") {
    fake.http.answers[kAsked] = std::move(answers);
    return look_up_events(around, *credentials, region, "DisableKey");
  }
};

}  // namespace

TEST_CASE("the pages of the event history") {
  World world;
  const auto pages = world.ask({{200, R"({"Events":[],"NextToken":"2"})"},
                                {400, R"({"__type":"ThrottlingException"})"},
                                {200, R"({"Events":[{}]})"}});
  REQUIRE(pages.size() == 2);
  REQUIRE((pages[0] && pages[1]));
  CHECK(as_text(*pages[1]) == R"({"Events":[{}]})");
  const auto& requests = world.fake.http.requests;
  REQUIRE(requests.size() == 3);
  CHECK(requests[0].body ==
        R"({"LookupAttributes":[{"AttributeKey":"EventName","AttributeValue":"DisableKey"}],"MaxResults":50})");
  CHECK(requests[2].body.find(R"("NextToken":"2")") != std::string::npos);
  CHECK(requests[0].headers.find("x-amz-target")->ends_with(".LookupEvents"));
  CHECK(requests[0].headers.find("authorization")->find("/eu-west-1/cloudtrail/aws4_request") != std::string::npos);
}

TEST_CASE("what is no event history") {
  struct Row {
    int status;
    const char* body;
    Errc code;
  };
  const Row rows[] = {{200, "", Errc::corrupt},
                      {200, "[]", Errc::corrupt},
                      {200, "{}", Errc::corrupt},
                      {200, R"({"Events":[],"NextToken":1})", Errc::corrupt},
                      {200, R"({"Events":[],"NextToken":"again"})", Errc::limit},
                      {400, R"({"__type":"AccessDeniedException"})", Errc::access_denied},
                      {400, R"({"__type":"ThrottlingException"})", Errc::io}};
  for (const Row& row : rows) {
    CAPTURE(row.status, row.body);
    World world;
    const auto pages = world.ask({{row.status, row.body}});
    REQUIRE(!pages.back());
    CHECK(pages.back().error().code == row.code);
    CHECK(pages.back().error().message.starts_with("LookupEvents in eu-west-1: "));
  }
  World world;
  CHECK(world.ask({}, "evil.example/").back().error().code == Errc::invalid_argument);
  std::vector<test::FakeHttp::Answer> many;
  for (int i = 0; i < 41; ++i) many.push_back({200, R"({"Events":[],"NextToken":")" + std::to_string(i) + "\"}"});
  const auto pages = world.ask(many);
  CHECK(pages.size() == 41);
  CHECK(pages.back().error().code == Errc::limit);
}
