#include "base/http_date.hpp"
#include "support/catch.hpp"

using namespace trailseal;

TEST_CASE("a date of HTTP is read") {
  const auto time = base::parse_http_date("Wed, 01 Jul 2026 00:13:52 GMT");
  REQUIRE(time);
  CHECK(to_string(*time) == "2026-07-01T00:13:52Z");
  CHECK(to_string(*base::parse_http_date("Thu, 29 Feb 2024 23:59:59 GMT")) == "2024-02-29T23:59:59Z");
  CHECK(to_string(*base::parse_http_date("Sat, 31 Dec 2005 10:00:00 GMT")) == "2005-12-31T10:00:00Z");
}

TEST_CASE("what is no date of HTTP is refused") {
  for (const char* text :
       {"", "Wed, 01 Jul 2026 00:13:52 UTC", "Wed, 1 Jul 2026 00:13:52 GMT", "Wed, 01 jul 2026 00:13:52 GMT",
        "Wednesday, 01-Jul-26 00:13:52 GMT", "Wed Jul  1 00:13:52 2026", "Wed, 30 Feb 2026 00:13:52 GMT",
        "Wed, 01 Jul 2026 24:00:00 GMT", "Wed, 01 Jul 2026 00:13:52 GMT ", "Wed, 0a Jul 2026 00:13:52 GMT"}) {
    CAPTURE(text);
    const auto time = base::parse_http_date(text);
    REQUIRE_FALSE(time);
    CHECK(time.error().code == Errc::corrupt);
  }
}
