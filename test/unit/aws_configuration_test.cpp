// The settings of a profile behind the variables, in aws-cli's order.
#include "aws/configuration.hpp"

#include <map>
#include <string>

#include "aws/endpoints.hpp"
#include "aws/retry.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

constexpr const char* kConfig = R"([default]
region = eu-north-1

[profile audit]
region = eu-west-1
ca_bundle = /etc/corp.pem
max_attempts = 7
retry_mode = adaptive
use_fips_endpoint = True
use_dualstack_endpoint = true
endpoint_url = http://all
services = local
s3 =
  addressing_style = virtual
  max_concurrent_requests = 20

[services local]
s3 =
  endpoint_url = http://s3
sts =
  endpoint_url = http://sts
)";

Environment environment_of(test::FakeSurroundings& world, std::string_view profile) {
  const auto around = world.get();
  return configured_environment(around.environment, profile, around.read_file);
}

}  // namespace

TEST_CASE("a variable outranks the profile, and the profile stands in for it") {
  struct Row {
    std::map<std::string, std::string> variables;
    const char* profile;
    const char* name;
    const char* expected;  // empty: not set
  };
  const Row rows[] = {
      {{}, "audit", "AWS_REGION", "eu-west-1"},
      {{}, "", "AWS_REGION", "eu-north-1"},
      {{{"AWS_PROFILE", "audit"}}, "", "AWS_REGION", "eu-west-1"},
      {{{"AWS_PROFILE", "other"}}, "audit", "AWS_REGION", "eu-west-1"},
      {{{"AWS_REGION", "us-east-2"}}, "audit", "AWS_REGION", "us-east-2"},
      {{{"AWS_DEFAULT_REGION", "us-east-2"}}, "audit", "AWS_REGION", ""},
      {{{"AWS_DEFAULT_REGION", "us-east-2"}}, "audit", "AWS_DEFAULT_REGION", "us-east-2"},
      {{}, "audit", "AWS_CA_BUNDLE", "/etc/corp.pem"},
      {{{"AWS_CA_BUNDLE", "/mine.pem"}}, "audit", "AWS_CA_BUNDLE", "/mine.pem"},
      {{}, "audit", "AWS_MAX_ATTEMPTS", "7"},
      {{}, "audit", "AWS_RETRY_MODE", "adaptive"},
      {{}, "audit", "AWS_USE_FIPS_ENDPOINT", "True"},
      {{}, "audit", "AWS_ENDPOINT_URL", "http://all"},
      {{}, "audit", "AWS_ENDPOINT_URL_S3", "http://s3"},
      {{}, "audit", "AWS_ENDPOINT_URL_STS", "http://sts"},
      {{}, "audit", "AWS_ENDPOINT_URL_KMS", ""},
      {{{"AWS_ENDPOINT_URL", "http://env"}}, "audit", "AWS_ENDPOINT_URL_S3", ""},
      {{{"AWS_ENDPOINT_URL_S3", "http://env"}}, "audit", "AWS_ENDPOINT_URL_S3", "http://env"},
      {{}, "audit", "s3.addressing_style", "virtual"},
      {{{"s3.addressing_style", "path"}}, "audit", "s3.addressing_style", "virtual"},
      {{}, "", "s3.addressing_style", ""},
      {{}, "audit", "AWS_ACCESS_KEY_ID", ""},
      {{}, "no-such-profile", "AWS_REGION", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.profile, row.name, row.expected);
    test::FakeSurroundings world;
    world.files["/user/.aws/config"] = kConfig;
    for (const auto& [name, value] : row.variables) world.variables[name] = value;
    CHECK(environment_of(world, row.profile)(row.name).value_or("") == row.expected);
  }
}

TEST_CASE("endpoints and attempts follow the profile") {
  test::FakeSurroundings world;
  world.files["/user/.aws/config"] = kConfig;
  const auto environment = environment_of(world, "audit");
  const auto s3 = endpoint_options("s3", environment), kms = endpoint_options("kms", environment);
  CHECK(s3.custom == "http://s3");
  CHECK(kms.custom == "http://all");
  CHECK((s3.fips && s3.dual_stack));
  CHECK(s3.addressing == EndpointOptions::Addressing::virtual_host);
  CHECK(kms.addressing == EndpointOptions::Addressing::automatic);
  CHECK(retry_policy(environment).attempts == 7);
  world.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "TRUE";
  CHECK(endpoint_options("s3", environment_of(world, "audit")).custom.empty());
}

TEST_CASE("files that cannot be read hold no settings") {
  test::FakeSurroundings world;
  world.files["/user/.aws/config"] = "[default\nregion = eu-west-1\n";
  CHECK_FALSE(environment_of(world, "")("AWS_REGION").has_value());
}

TEST_CASE("settings that cannot be meant are an error") {
  struct Row {
    const char* config;
    bool good;
  };
  for (const Row& row : {Row{"[default]\nretry_mode = standard\n", true}, Row{"[default]\nretry_mode = never\n", false},
                         Row{"[default]\ns3 =\n  addressing_style = auto\n", true},
                         Row{"[default]\ns3 =\n  addressing_style = sideways\n", false}}) {
    CAPTURE(row.config);
    test::FakeSurroundings world;
    world.files["/user/.aws/config"] = row.config;
    CHECK(check_configuration(environment_of(world, "")).has_value() == row.good);
  }
}
