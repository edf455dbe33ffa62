#include <limits>
#include <string>

#include "support/catch.hpp"
#include "trailseal/time.hpp"

using namespace trailseal;

namespace {
Time at(long long seconds) { return Time{Seconds{seconds}}; }
constexpr long long kJuly = 1782864832;  // 2026-07-01T00:13:52Z
}  // namespace

TEST_CASE("a time is written in each of CloudTrail's forms") {
  CHECK(to_string(at(kJuly)) == "2026-07-01T00:13:52Z");
  CHECK(to_basic_seconds(at(kJuly)) == "20260701T001352Z");
  CHECK(to_basic_minutes(at(kJuly)) == "20260701T0013Z");
  CHECK(to_string(at(0)) == "1970-01-01T00:00:00Z");
  CHECK(to_string(at(-1)) == "1969-12-31T23:59:59Z");
  CHECK(to_string(at(253402300799)) == "9999-12-31T23:59:59Z");
}

TEST_CASE("the exact forms of evidence are read and nothing else") {
  using Parse = Result<Time> (*)(std::string_view);
  struct Row {
    Parse parse;
    const char* text;
    long long expected;  // -1: corrupt
  };
  const Row rows[] = {
      {parse_iso_utc, "2026-07-01T00:13:52Z", kJuly},
      {parse_iso_utc, "1970-01-01T00:00:00Z", 0},
      {parse_iso_utc, "9999-12-31T23:59:59Z", 253402300799},
      {parse_iso_utc, "2024-02-29T00:00:00Z", 1709164800},
      {parse_iso_utc, "2000-02-29T00:00:00Z", 951782400},
      {parse_iso_utc, "2026-02-29T00:00:00Z", -1},
      {parse_iso_utc, "2100-02-29T00:00:00Z", -1},
      {parse_iso_utc, "2026-04-31T00:00:00Z", -1},
      {parse_iso_utc, "2026-00-01T00:00:00Z", -1},
      {parse_iso_utc, "2026-13-01T00:00:00Z", -1},
      {parse_iso_utc, "2026-07-00T00:00:00Z", -1},
      {parse_iso_utc, "2026-07-01T24:00:00Z", -1},
      {parse_iso_utc, "2026-07-01T00:60:00Z", -1},
      {parse_iso_utc, "2016-12-31T23:59:60Z", -1},
      {parse_iso_utc, "1969-12-31T23:59:59Z", -1},
      {parse_iso_utc, "0000-01-01T00:00:00Z", -1},
      {parse_iso_utc, "", -1},
      {parse_iso_utc, "2026-07-01", -1},
      {parse_iso_utc, "2026-07-01T00:13:52", -1},
      {parse_iso_utc, "2026-07-01T00:13:52z", -1},
      {parse_iso_utc, "2026-07-01t00:13:52Z", -1},
      {parse_iso_utc, "2026-07-01 00:13:52Z", -1},
      {parse_iso_utc, "2026-07-01T00:13:52.0Z", -1},
      {parse_iso_utc, "2026-07-01T00:13:52+00:00", -1},
      {parse_iso_utc, "2026-07-01T00:13:52Z ", -1},
      {parse_iso_utc, " 2026-07-01T00:13:52Z", -1},
      {parse_iso_utc, "2026-7-01T00:13:52Z", -1},
      {parse_iso_utc, "+026-07-01T00:13:52Z", -1},
      {parse_iso_utc, "2026-07-01T-1:13:52Z", -1},
      {parse_iso_utc, "20260701T001352Z", -1},
      {parse_basic_seconds, "20260701T001352Z", kJuly},
      {parse_basic_seconds, "20260701T0013Z", -1},
      {parse_basic_seconds, "20260701T001360Z", -1},
      {parse_basic_seconds, "20260701t001352Z", -1},
      {parse_basic_seconds, "2026-07-01T00:13:52Z", -1},
      {parse_basic_minutes, "20260701T0013Z", kJuly - 52},
      {parse_basic_minutes, "20260701T001352Z", -1},
      {parse_basic_minutes, "20260701T0013", -1},
      {parse_basic_minutes, "20260701T2400Z", -1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto time = row.parse(row.text);
    CHECK(time.has_value() == (row.expected >= 0));
    if (row.expected >= 0 && time)
      CHECK(time.value() == at(row.expected));
    else if (!time)
      CHECK(time.error().code == Errc::corrupt);
  }
  CHECK_FALSE(parse_iso_utc(std::string_view("2026-07-01T00:13:52Z\0", 21)));
}

TEST_CASE("what a person types is read with its offset") {
  struct Row {
    const char* text;
    long long expected;  // -1: invalid
  };
  const Row rows[] = {
      {"2026-07-01T00:13:52Z", kJuly},
      {"2026-07-01t00:13:52z", kJuly},
      {"2026-07-01 00:13:52Z", kJuly},
      {"2026-07-01T00:13:52.999999999Z", kJuly},
      {"2026-07-01T02:13:52+02:00", kJuly},
      {"2026-07-01T12:13:52+12:00", kJuly},
      {"2026-06-30T18:43:52-05:30", kJuly},
      {"2026-07-01T00:13:52-00:00", kJuly},
      {"2026-07-01T00:13:52.5+00:00", kJuly},
      {"2026-07-01", kJuly - 832},
      {"1970-01-01", 0},
      {"1969-12-31T23:00:00-01:00", -1},  // the year as written counts, too
      {"1970-01-01T00:00:00+00:01", -1},
      {"9999-12-31T23:59:59-00:01", -1},
      {"9999-12-31T23:59:59Z", 253402300799},
      {"10000-01-01T00:00:00Z", -1},
      {"2016-12-31T23:59:60Z", -1},
      {"2026-07-01T00:13:52", -1},
      {"2026-07-01T00:13Z", -1},
      {"2026-07-01T00:13:52.Z", -1},
      {"2026-07-01T00:13:52,5Z", -1},
      {"2026-07-01T00:13:52+0200", -1},
      {"2026-07-01T00:13:52+24:00", -1},
      {"2026-07-01T00:13:52+02:60", -1},
      {"2026-07-01T00:13:52+02", -1},
      {"2026-07-01T00:13:52ZZ", -1},
      {"2026-07-01T", -1},
      {"2026-07-01 ", -1},
      {"2026-07", -1},
      {"yesterday", -1},
      {"", -1},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto time = parse_time(row.text);
    CHECK(time.has_value() == (row.expected >= 0));
    if (row.expected >= 0 && time)
      CHECK(time.value() == at(row.expected));
    else if (!time)
      CHECK(time.error().code == Errc::invalid_argument);
  }
}

TEST_CASE("a duration is read and written") {
  struct Row {
    const char* text;
    long long seconds;    // 0: invalid
    const char* written;  // by to_string
  };
  const Row rows[] = {
      {"90s", 90, "1m30s"},
      {"15m", 900, "15m"},
      {"24h", 86400, "1d"},
      {"7d", 604800, "7d"},
      {"2h30m", 9000, "2h30m"},
      {"3d4h", 273600, "3d4h"},
      {"1d0h1s", 86401, "1d1s"},
      {"007s", 7, "7s"},
      {"2932896d23h59m59s", 253402300799, "2932896d23h59m59s"},
      {"2932897d", 253402300800, "2932897d"},
      {"2932897d1s", 0, ""},
      {"9223372036854775807s", 0, ""},
      {"9223372036854775808d", 0, ""},
      {"99999999999999999999999999d", 0, ""},
      {"0s", 0, ""},
      {"0d0h", 0, ""},
      {"", 0, ""},
      {"s", 0, ""},
      {"5", 0, ""},
      {"5 m", 0, ""},
      {"-5m", 0, ""},
      {"+5m", 0, ""},
      {"1.5h", 0, ""},
      {"5M", 0, ""},
      {"1w", 0, ""},
      {"30m2h", 0, ""},
      {"1m1m", 0, ""},
      {"1h30", 0, ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text);
    const auto span = parse_duration(row.text);
    CHECK(span.has_value() == (row.seconds > 0));
    if (row.seconds > 0 && span) {
      CHECK(span.value() == Seconds{row.seconds});
      CHECK(to_string(span.value()) == row.written);
    } else if (!span) {
      CHECK(span.error().code == Errc::invalid_argument);
    }
  }
  CHECK(to_string(Seconds{0}) == "0s");
  CHECK(to_string(Seconds{-61}) == "-1m1s");
  CHECK(to_string(Seconds::min()) == "-106751991167300d15h30m8s");
}

TEST_CASE("an interval has no negative length") {
  CHECK(Interval{at(10), at(25)}.length() == Seconds{15});
  CHECK(Interval{at(25), at(10)}.length() == Seconds{0});
}
