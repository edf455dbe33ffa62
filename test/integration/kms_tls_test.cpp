// A KMS whose certificate is for another name gets no request (kms_endpoint.py --tls).
#include <cstdlib>

#include "aws/kms_keys.hpp"
#include "aws/refreshing_source.hpp"
#include "support/catch.hpp"
#include "support/fake_surroundings.hpp"

using namespace trailseal;
using namespace trailseal::aws;

TEST_CASE("the name in a certificate counts") {
  const std::string right = std::getenv("KMS_ENDPOINT") == nullptr ? "" : std::getenv("KMS_ENDPOINT");
  REQUIRE(right.starts_with("https://127.0.0.1:"));
  const std::string key = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555";
  const auto ask = [&](const std::string& url) {
    test::FakeSurroundings fake;
    const auto http = make_http({.ca_bundle = std::getenv("AWS_CA_BUNDLE")});
    Surroundings around = fake.get();
    around.http = http.get();
    around.now = process_surroundings(*http, *around.backend).now;
    around.retry.attempts = 1;
    fake.variables["AWS_ENDPOINT_URL_KMS"] = url;
    const auto credentials = make_fixed_source({"AKIAEVIDENCE", "evidence-secret", "", std::nullopt});
    const auto kms = Kms::make(around, *credentials, "us-east-1");
    REQUIRE(kms);
    const auto answer = kms->describe_key(key);
    return answer ? std::string("answered") : answer.error().message;
  };
  CHECK(ask(right) == "answered");
  const std::string refused = ask("https://localhost" + right.substr(std::string("https://127.0.0.1").size()));
  CAPTURE(refused);
  CHECK(refused.find("ertificate") != std::string::npos);
}
