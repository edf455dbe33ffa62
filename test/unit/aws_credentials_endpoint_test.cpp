#include "aws/credential_search.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using test::FakeSurroundings;

namespace {

const std::string kKeys =
    R"({"AccessKeyId":"A","SecretAccessKey":"s","Token":"t","Expiration":"2026-07-01T06:00:00Z"})";
const std::string kRoles = "/latest/meta-data/iam/security-credentials/";

std::string outcome(const Result<std::optional<Credentials>>& found) {
  if (!found) return "! " + found.error().message;
  return *found ? (*found)->access_key : "none";
}

}  // namespace

TEST_CASE("a token goes to the container's endpoint alone") {
  struct Row {
    const char* uri;
    bool asked;
  };
  const Row rows[] = {
      {"http://localhost/x", true},
      {"http://localhost:8080/x", true},
      {"http://127.0.0.1/x", true},
      {"http://127.9.9.9:80/x", true},
      {"http://[::1]:8080/x", true},
      {"http://169.254.170.2/x", true},
      {"http://169.254.170.23/v1/credentials", true},
      {"http://[fd00:ec2::23]/v1/credentials", true},
      {"https://anywhere.example/x", true},
      {"http://anywhere.example/x", false},
      {"http://127.0.0.1.evil.example/x", false},
      {"http://127.evil/x", false},
      {"http://127.0.0.1@evil.example/x", false},
      {"http://localhost.evil.example/x", false},
      {"http://169.254.170.2.evil.example/x", false},
      {"http://169.254.169.254/x", false},
      {"http://[fd00:ec2::254]/x", false},
      {"ftp://127.0.0.1/x", false},
      {"nonsense", false},
  };
  for (const Row& row : rows) {
    INFO(row.uri);
    FakeSurroundings world;
    world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = row.uri;
    world.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Bearer secret";
    world.http.answers[std::string("GET ") + row.uri] = {{200, kKeys}};
    CHECK(outcome(container_credentials(world.get())).starts_with(row.asked ? "A" : "! "));
    CHECK(world.http.requests.size() == (row.asked ? 1 : 0));
    for (const HttpRequest& request : world.http.requests) {
      CHECK(request.direct);
      CHECK(*request.headers.find("authorization") == "Bearer secret");
    }
  }
}

TEST_CASE("the container's token may stand in a file, and is one line") {
  FakeSurroundings world;
  CHECK(outcome(container_credentials(world.get())) == "none");
  world.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "/x";
  world.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = "https://anywhere.example/x";  // comes second
  world.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "variable";
  world.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = "/token";
  world.http.answers["GET http://169.254.170.2/x"] = {{200, kKeys}};
  CHECK(outcome(container_credentials(world.get())) == "! /token: No such file or directory");
  world.files["/token"] = "file";
  CHECK(outcome(container_credentials(world.get())) == "A");
  CHECK(*world.http.requests.back().headers.find("authorization") == "file");
  world.files["/token"] = "file\r\nX-Evil: 1";
  CHECK(outcome(container_credentials(world.get())).starts_with("! the authorization token"));
  world.files["/token"] = "file";
  world.http.answers["GET http://169.254.170.2/x"] = {{500, ""}, {503, ""}, {200, kKeys}};
  CHECK(outcome(container_credentials(world.get())) == "A");
  world.http.answers["GET http://169.254.170.2/x"] = {{403, "file"}};
  CHECK(outcome(container_credentials(world.get())) == "! the container's credentials: HTTP status 403");
  world.variables["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = "@evil.example/x";
  CHECK(outcome(container_credentials(world.get())).starts_with("! AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"));
}

TEST_CASE("a machine is asked by version 2 of its protocol, or not at all") {
  const std::string base = "http://169.254.169.254";
  FakeSurroundings world;
  auto& answers = world.http.answers;
  answers["GET " + base + kRoles] = {{200, "role\n"}};
  answers["GET " + base + kRoles + "role"] = {{200, kKeys}};

  SECTION("no token, no credentials: version 1 would answer here") {
    CHECK(outcome(machine_credentials(world.get())) == "none");
    REQUIRE(world.http.requests.size() == 1);
    CHECK(world.http.requests.front().timeout == std::chrono::milliseconds(1000));
    for (const int status : {400, 403, 404, 405, 500}) {
      answers["PUT " + base + "/latest/api/token"] = {{status, ""}};
      CHECK(outcome(machine_credentials(world.get())) == "none");
      CHECK(world.http.requests.back().method == "PUT");
    }
  }
  SECTION("with a token") {
    answers["PUT " + base + "/latest/api/token"] = {{200, "session"}};
    CHECK(outcome(machine_credentials(world.get())) == "A");
    REQUIRE(world.http.requests.size() == 3);
    CHECK(*world.http.requests[0].headers.find("x-aws-ec2-metadata-token-ttl-seconds") == "21600");
    CHECK(*world.http.requests[1].headers.find("x-aws-ec2-metadata-token") == "session");
    CHECK(*world.http.requests[2].headers.find("x-aws-ec2-metadata-token") == "session");
    for (const HttpRequest& request : world.http.requests) CHECK(request.direct);
    answers["GET " + base + kRoles] = {{404, ""}};
    CHECK(outcome(machine_credentials(world.get())) == "none");
    answers["GET " + base + kRoles] = {{200, "../../user-data"}};
    CHECK(outcome(machine_credentials(world.get())) == "! the machine's credentials: no name of a role");
    answers["GET " + base + kRoles] = {{401, ""}};
    CHECK(outcome(machine_credentials(world.get())) == "! the machine's credentials: HTTP status 401");
    answers["GET " + base + kRoles] = {{200, "role"}};
    answers["GET " + base + kRoles + "role"] = {{200, R"({"Code":"Failed","SecretAccessKey":"s"})"}};
    CHECK(outcome(machine_credentials(world.get())) == "! the machine's credentials: AccessKeyId is missing");
  }
  SECTION("switched off") {
    answers["PUT " + base + "/latest/api/token"] = {{200, "session"}};
    world.variables["AWS_EC2_METADATA_DISABLED"] = "true";
    CHECK(outcome(machine_credentials(world.get())) == "none");
    CHECK(world.http.requests.empty());
  }
  SECTION("elsewhere") {
    world.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6";
    CHECK(outcome(machine_credentials(world.get())) == "none");
    CHECK(world.http.requests.back().url == "http://[fd00:ec2::254]/latest/api/token");
    world.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://127.0.0.1:7799/";
    CHECK(outcome(machine_credentials(world.get())) == "none");
    CHECK(world.http.requests.back().url == "http://127.0.0.1:7799/latest/api/token");
  }
}
