#include "base/arn.hpp"

#include "support/catch.hpp"

using namespace trailseal::base;

TEST_CASE("an ARN has six parts, the last of which may hold colons") {
  const auto arn = parse_arn("arn:aws-cn:logs:cn-north-1:111122223333:log-group:a:*");
  REQUIRE(arn);
  CHECK(arn->partition == "aws-cn");
  CHECK(arn->service == "logs");
  CHECK(arn->region == "cn-north-1");
  CHECK(arn->account == "111122223333");
  CHECK(arn->resource == "log-group:a:*");
  const auto bucket = parse_arn("arn:aws:s3:::bucket/key");
  REQUIRE(bucket);
  CHECK(bucket->account.empty());
  CHECK(bucket->resource == "bucket/key");
  for (const char* none : {"", "arn", "arn:", "arn:aws:s3::", "*", "ARN:aws:s3:::b", "xarn:aws:s3:::b"}) {
    CAPTURE(none);
    CHECK_FALSE(parse_arn(none));
  }
}

TEST_CASE("an account has twelve digits") {
  CHECK(is_account("000000000001"));
  for (const char* none : {"", "1", "1111222233334", "11112222333", "11112222333a", "1111-2222-33", "*"}) {
    CAPTURE(none);
    CHECK_FALSE(is_account(none));
  }
}
