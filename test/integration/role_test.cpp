// A role is assumed at a real STS, and its temporary credentials are good for real requests. with_s3.py starts the
// server and names it in the environment.
#include <cstdlib>

#include "aws/credential_search.hpp"
#include "aws/sigv4.hpp"
#include "aws/sts.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  REQUIRE(value != nullptr);
  return value;
}

// Everything but the network is the test's own.
struct World {
  test::FakeSurroundings fake;
  std::unique_ptr<Http> http = make_http();
  Surroundings around = fake.get();

  World() {
    around.http = http.get();
    around.now = process_surroundings(*http, *around.backend).now;
    fake.variables["AWS_ENDPOINT_URL_STS"] = variable("S3_ENDPOINT");
    fake.variables["AWS_REGION"] = "us-east-1";
    fake.files["/user/.aws/credentials"] = "[keys]\naws_access_key_id = " + variable("AWS_ACCESS_KEY_ID") +
                                           "\naws_secret_access_key = " + variable("AWS_SECRET_ACCESS_KEY") +
                                           "\n[wrong]\naws_access_key_id = " + variable("AWS_ACCESS_KEY_ID") +
                                           "\naws_secret_access_key = nonsense\n";
    fake.files["/user/.aws/config"] =
        "[profile role]\nsource_profile = keys\nrole_arn = " + variable("S3_ROLE_ARN") +
        "\n[profile bad]\nsource_profile = wrong\nrole_arn = " + variable("S3_ROLE_ARN") +
        "\n[profile nobody]\nsource_profile = keys\nrole_arn = " + variable("S3_ROLE_ARN") + "-not-there\n";
  }

  int status(const std::string& method, const std::string& path, const Credentials& credentials) {
    HttpRequest request;
    request.method = method;
    request.url = variable("S3_ENDPOINT") + path;
    REQUIRE(sign(request, credentials, {"us-east-1", "s3"}, around.now(), *around.backend));
    Bytes body;
    const auto response = http->send(request, body);
    REQUIRE(response);
    return response->status;
  }
};

}  // namespace

TEST_CASE("temporary credentials of a role sign requests") {
  World world;
  const auto keys = search_credentials({"keys"}, world.around);
  REQUIRE(keys);
  CHECK(world.status("PUT", "/role-bucket", *keys) == 200);

  const auto role = search_credentials({"role"}, world.around);
  CAPTURE(role ? std::string() : role.error().message);
  REQUIRE(role);
  CHECK(role->access_key != keys->access_key);
  CHECK(!role->session_token.empty());
  REQUIRE(role->expires);
  CHECK(*role->expires > world.around.now() + Seconds(800));
  CHECK(world.status("GET", "/role-bucket?list-type=2", *role) == 200);
  CHECK(world.status("PUT", "/role-bucket-2", *role) == 403);  // the role may read, and no more

  Credentials spoilt = *role;
  spoilt.session_token = {};
  CHECK(world.status("GET", "/role-bucket?list-type=2", spoilt) == 403);
}

TEST_CASE("a role that cannot be assumed is an error without a secret") {
  World world;
  for (const char* profile : {"bad", "nobody"}) {
    const auto found = search_credentials({profile}, world.around);
    REQUIRE(!found);
    CAPTURE(found.error().message);
    CHECK(found.error().message.starts_with("AssumeRole of "));
    CHECK(found.error().message.find(variable("AWS_SECRET_ACCESS_KEY")) == std::string::npos);
  }
}
