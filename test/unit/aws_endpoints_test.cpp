// Hosts as botocore (aws-cli 2.9.19) computes them.
#include <map>

#include "aws/endpoints.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

TEST_CASE("endpoints of every partition") {
  struct Row {
    const char* service;
    const char* region;
    bool fips, dual_stack;
    const char* url;  // nullptr: there is none
  };
  const Row rows[] = {
      {"sts", "eu-west-1", false, false, "https://sts.eu-west-1.amazonaws.com"},
      {"sts", "eu-west-1", true, false, "https://sts-fips.eu-west-1.amazonaws.com"},
      {"sts", "eu-west-1", false, true, "https://sts.eu-west-1.api.aws"},
      {"sts", "eu-west-1", true, true, "https://sts-fips.eu-west-1.api.aws"},
      {"sts", "us-gov-west-1", true, false, "https://sts.us-gov-west-1.amazonaws.com"},
      {"sts", "us-gov-west-1", true, true, "https://sts-fips.us-gov-west-1.api.aws"},
      {"cloudtrail", "us-gov-east-1", true, false, "https://cloudtrail.us-gov-east-1.amazonaws.com"},
      {"cloudtrail", "cn-north-1", false, false, "https://cloudtrail.cn-north-1.amazonaws.com.cn"},
      {"cloudtrail", "cn-north-1", false, true, "https://cloudtrail.cn-north-1.api.amazonwebservices.com.cn"},
      {"cloudtrail", "cn-north-1", true, false, nullptr},
      {"cloudtrail", "us-iso-east-1", false, false, "https://cloudtrail.us-iso-east-1.c2s.ic.gov"},
      {"kms", "us-isob-east-1", true, false, "https://kms-fips.us-isob-east-1.sc2s.sgov.gov"},
      {"kms", "us-isob-east-1", false, true, nullptr},
      {"kms", "us-gov-west-1", true, false, "https://kms-fips.us-gov-west-1.amazonaws.com"},
      {"kms", "not a region", false, false, nullptr},
      {"s3", "us-iso-east-1", true, false, "https://s3-fips.us-iso-east-1.c2s.ic.gov"},
      {"s3", "us-isof-south-1", false, false, "https://s3.us-isof-south-1.csp.hci.ic.gov"},
      {"s3", "eu-isoe-west-1", false, false, "https://s3.eu-isoe-west-1.cloud.adc-e.uk"},
      {"s3", "eusc-de-east-1", false, false, "https://s3.eusc-de-east-1.amazonaws.eu"},
      {"s3", "cn-northwest-1", true, true, nullptr},
      {"sts", "cn-north-1", false, false, "https://sts.cn-north-1.amazonaws.com.cn"},
      {"sts", "us-iso-west-1", false, false, "https://sts.us-iso-west-1.c2s.ic.gov"},
      {"kms", "cn-north-1", false, true, "https://kms.cn-north-1.api.amazonwebservices.com.cn"},
      {"kms", "eu-west-1", true, true, "https://kms-fips.eu-west-1.api.aws"},
      {"cloudtrail", "us-east-1", true, false, "https://cloudtrail-fips.us-east-1.amazonaws.com"},
      {"cloudtrail", "eusc-de-east-1", false, false, "https://cloudtrail.eusc-de-east-1.amazonaws.eu"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.service, row.region, row.fips, row.dual_stack);
    const auto url = endpoint_url(row.service, row.region, {row.fips, row.dual_stack, ""});
    REQUIRE(url.has_value() == (row.url != nullptr));
    if (url) CHECK(*url == row.url);
  }
}

namespace {
constexpr auto kPath = EndpointOptions::Addressing::path, kVirtualHost = EndpointOptions::Addressing::virtual_host;
}  // namespace

TEST_CASE("a bucket stands in the host where it can, else in the path") {
  struct Row {
    const char* bucket;
    const char* region;
    EndpointOptions options;
    const char* url;  // nullptr: refused
  };
  const Row rows[] = {
      {"logs", "eu-west-1", {}, "https://logs.s3.eu-west-1.amazonaws.com"},
      {"logs", "eu-west-1", {true, false, ""}, "https://logs.s3-fips.eu-west-1.amazonaws.com"},
      {"logs", "eu-west-1", {false, true, ""}, "https://logs.s3.dualstack.eu-west-1.amazonaws.com"},
      {"logs", "us-gov-west-1", {true, true, ""}, "https://logs.s3-fips.dualstack.us-gov-west-1.amazonaws.com"},
      {"logs", "cn-north-1", {false, true, ""}, "https://logs.s3.dualstack.cn-north-1.amazonaws.com.cn"},
      {"acme.logs", "eu-west-1", {}, "https://s3.eu-west-1.amazonaws.com/acme.logs"},
      {"Acme_Logs", "us-east-1", {}, "https://s3.us-east-1.amazonaws.com/Acme_Logs"},
      {"logs", "us-east-1", {false, false, "http://localhost:9000/"}, "http://localhost:9000/logs"},
      {"logs", "here", {false, false, "https://s3.corp/tenant"}, "https://s3.corp/tenant/logs"},
      {"logs", "us-east-1", {false, false, "localhost:9000"}, nullptr},
      {"logs", "eu-west-1", {false, false, "", kPath}, "https://s3.eu-west-1.amazonaws.com/logs"},
      {"logs", "eu-west-1", {false, true, "", kPath}, "https://s3.dualstack.eu-west-1.amazonaws.com/logs"},
      {"logs", "eu-west-1", {false, false, "", kVirtualHost}, "https://logs.s3.eu-west-1.amazonaws.com"},
      {"acme.logs", "eu-west-1", {false, false, "", kVirtualHost}, "https://s3.eu-west-1.amazonaws.com/acme.logs"},
      {"logs", "us-east-1", {false, false, "http://localhost:9000", kVirtualHost}, "http://logs.localhost:9000"},
      {"logs", "us-east-1", {false, false, "https://s3.corp/tenant", kVirtualHost}, "https://logs.s3.corp/tenant"},
      {"logs", "us-east-1", {false, false, "http://127.0.0.1:9000", kVirtualHost}, "http://127.0.0.1:9000/logs"},
      {"logs", "us-east-1", {false, false, "http://[::1]:9000", kVirtualHost}, "http://[::1]:9000/logs"},
      {"logs", "us-east-1", {false, false, "http://localhost:9000", kPath}, "http://localhost:9000/logs"},
      {"a/../b", "us-east-1", {}, nullptr},
      {"ab", "us-east-1", {}, nullptr},
      {"a..b", "us-east-1", {}, nullptr},
      {"evil.com?", "us-east-1", {}, nullptr},
      {"logs", "evil.com/", {}, nullptr},
  };
  for (const Row& row : rows) {
    CAPTURE(row.bucket, row.region);
    const auto url = bucket_url(row.bucket, row.region, row.options);
    REQUIRE(url.has_value() == (row.url != nullptr));
    if (url) CHECK(*url == row.url);
  }
}

TEST_CASE("a region is known by its shape") {
  for (const char* good : {"eu-west-1", "ap-southeast-5", "us-gov-east-1", "us-iso-west-1", "mx-central-1",
                           "eusc-de-east-1", "il-central-1", "cn-northwest-1"})
    CHECK(is_region(good));
  for (const char* bad : {"", "eu", "eu-west", "eu-west-", "eu-west-100", "EU-west-1", "eu--west-1", "eu-west-1.evil",
                          "eu-west-1/", "-eu-west-1", "eu1-west-1", "west-1"})
    CHECK_FALSE(is_region(bad));
}

TEST_CASE("the environment chooses the endpoint") {
  using Variables = std::map<std::string, std::string>;
  struct Row {
    Variables variables;
    const char* custom;
    const char* expected;
  };
  const Variables both = {{"AWS_ENDPOINT_URL", "http://all"}, {"AWS_ENDPOINT_URL_S3", "http://s3"}};
  Variables ignored = both;
  ignored["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
  for (const Row& row :
       {Row{{}, "", ""}, Row{{{"AWS_ENDPOINT_URL", "http://all"}}, "", "http://all"}, Row{both, "", "http://s3"},
        Row{both, "http://flag", "http://flag"}, Row{ignored, "", ""}, Row{ignored, "http://flag", "http://flag"},
        Row{{{"AWS_ENDPOINT_URL_STS", "http://sts"}}, "", ""}}) {
    const auto options = endpoint_options(
        "s3",
        [&](const std::string& name) -> std::optional<std::string> {
          const auto found = row.variables.find(name);
          if (found == row.variables.end()) return std::nullopt;
          return found->second;
        },
        row.custom);
    CHECK(options.custom == row.expected);
  }
}

TEST_CASE("a redirect stays in its partition") {
  CHECK(is_own_host("logs.s3.eu-west-1.amazonaws.com", "us-east-1"));
  CHECK_FALSE(is_own_host("amazonaws.com", "us-east-1"));
  CHECK_FALSE(is_own_host("evilamazonaws.com", "us-east-1"));
  CHECK_FALSE(is_own_host("s3.amazonaws.com.evil", "us-east-1"));
  CHECK_FALSE(is_own_host("s3.cn-north-1.amazonaws.com.cn", "us-east-1"));
  CHECK(is_own_host("s3.cn-north-1.amazonaws.com.cn", "cn-north-1"));
}
