// Times as CloudTrail writes them, and as people type them (RFC 3339 section 5.6).
//
// What evidence contains is read by its exact shape: a digest whose time has another shape is not AWS's. A leap second
// (":60") is refused everywhere: CloudTrail writes none, and no instant of ours could hold it.
#include "trailseal/time.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <limits>

namespace trailseal {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr Time kEarliest = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
constexpr Time kEnd = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31} + days{1};

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Reads a time from left to right; after the first thing that does not fit, everything fails.
class Reader {
 public:
  explicit Reader(std::string_view text) : rest_(text) {}

  int number(std::size_t digits) {
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
      if (i >= rest_.size() || !is_digit(rest_[i])) return fail();
      value = value * 10 + (rest_[i] - '0');
    }
    rest_.remove_prefix(digits);
    return value;
  }

  // Takes one character of `allowed`, which it returns; '\0' if there is none.
  char one_of(std::string_view allowed) {
    if (rest_.empty() || allowed.find(rest_.front()) == std::string_view::npos) {
      fail();
      return '\0';
    }
    const char found = rest_.front();
    rest_.remove_prefix(1);
    return found;
  }

  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }
  bool at_end() const { return rest_.empty(); }
  bool failed() const { return failed_; }
  int fail() {
    failed_ = true;
    return 0;
  }

 private:
  std::string_view rest_;
  bool failed_ = false;
};

// "YYYY-MM-DD" with this separator, or without any.
Time read_date(Reader& reader, std::string_view separator) {
  const int year = reader.number(4);
  if (!separator.empty()) reader.one_of(separator);
  const int month = reader.number(2);
  if (!separator.empty()) reader.one_of(separator);
  const int day = reader.number(2);
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (reader.failed() || !date.ok() || year < 1970) {
    reader.fail();
    return {};
  }
  return std::chrono::sys_days{date};
}

// "HH:MM"
Seconds read_hours_and_minutes(Reader& reader, std::string_view separator) {
  const int hour = reader.number(2);
  if (!separator.empty()) reader.one_of(separator);
  const int minute = reader.number(2);
  if (hour > 23 || minute > 59) reader.fail();
  return hours{hour} + minutes{minute};
}

Seconds read_seconds(Reader& reader, std::string_view separator) {
  if (!separator.empty()) reader.one_of(separator);
  const int second = reader.number(2);
  if (second > 59) reader.fail();
  return Seconds{second};
}

// "Z", "+12:00", "-05:30": what must be taken away from the local time.
Seconds read_offset(Reader& reader) {
  const char sign = reader.one_of("Zz+-");
  if (sign != '+' && sign != '-') return Seconds{0};
  const Seconds offset = read_hours_and_minutes(reader, ":");
  return sign == '+' ? offset : -offset;
}

Result<Time> finish(const Reader& reader, Time time, const char* shape) {
  if (reader.failed() || !reader.at_end()) return Error{Errc::corrupt, fmt::format("not a time of the form {}", shape)};
  return time;
}

struct Parts {
  int year;
  unsigned month, day;
  long long hour, minute, second;
};

Parts split(Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{time - day};
  return {static_cast<int>(date.year()),     static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()), clock.hours().count(),
          clock.minutes().count(),           clock.seconds().count()};
}

}  // namespace

std::string to_string(Time time) {
  const Parts p = split(time);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string to_basic_seconds(Time time) {
  const Parts p = split(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", p.year, p.month, p.day, p.hour, p.minute, p.second);
}

std::string to_basic_minutes(Time time) {
  const Parts p = split(time);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}Z", p.year, p.month, p.day, p.hour, p.minute);
}

Result<Time> parse_iso_utc(std::string_view text) {
  Reader reader(text);
  Time time = read_date(reader, "-");
  reader.one_of("T");
  time += read_hours_and_minutes(reader, ":");
  time += read_seconds(reader, ":");
  reader.one_of("Z");
  return finish(reader, time, "YYYY-MM-DDTHH:MM:SSZ");
}

Result<Time> parse_basic_seconds(std::string_view text) {
  Reader reader(text);
  Time time = read_date(reader, "");
  reader.one_of("T");
  time += read_hours_and_minutes(reader, "");
  time += read_seconds(reader, "");
  reader.one_of("Z");
  return finish(reader, time, "YYYYMMDDTHHMMSSZ");
}

Result<Time> parse_basic_minutes(std::string_view text) {
  Reader reader(text);
  Time time = read_date(reader, "");
  reader.one_of("T");
  time += read_hours_and_minutes(reader, "");
  reader.one_of("Z");
  return finish(reader, time, "YYYYMMDDTHHMMZ");
}

Result<Time> parse_time(std::string_view text) {
  Reader reader(text);
  Time time = read_date(reader, "-");
  if (!reader.at_end()) {
    reader.one_of("Tt ");  // section 5.6 allows lower case, and a space "for the sake of readability"
    time += read_hours_and_minutes(reader, ":");
    time += read_seconds(reader, ":");
    if (reader.peek() == '.') {
      reader.one_of(".");
      reader.number(1);
      while (is_digit(reader.peek())) reader.number(1);
    }
    time -= read_offset(reader);
  }
  if (reader.failed() || !reader.at_end())
    return Error{Errc::invalid_argument, "not a time such as 2026-07-01T00:13:52Z or a date such as 2026-07-01"};
  if (time < kEarliest || time >= kEnd)
    return Error{Errc::invalid_argument, "a time outside of the years 1970 to 9999"};
  return time;
}

Result<Seconds> parse_duration(std::string_view text) {
  struct Unit {
    char letter;
    std::int64_t seconds;
  };
  constexpr Unit kUnits[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};
  // No more than the years that a Time can have, so that adding the two cannot overflow.
  constexpr std::int64_t kLongest = (kEnd - kEarliest).count();
  const Error malformed{Errc::invalid_argument, "not a duration such as 90s, 15m, 24h, 7d or 2h30m"};
  const Error too_long{Errc::invalid_argument, "a duration of more than 8,000 years"};

  std::int64_t total = 0;
  std::size_t next_unit = 0;  // each unit at most once, the larger first
  while (!text.empty()) {
    std::int64_t value = 0;
    std::size_t digits = 0;
    for (; digits < text.size() && is_digit(text[digits]); ++digits) {
      value = value * 10 + (text[digits] - '0');
      if (value > kLongest) return too_long;
    }
    if (digits == 0 || digits == text.size()) return malformed;
    while (next_unit < std::size(kUnits) && kUnits[next_unit].letter != text[digits]) ++next_unit;
    if (next_unit == std::size(kUnits)) return malformed;
    const std::int64_t seconds = kUnits[next_unit++].seconds;
    if (value > (kLongest - total) / seconds) return too_long;
    total += value * seconds;
    text.remove_prefix(digits + 1);
  }
  if (total == 0) return malformed;
  return Seconds{total};
}

std::string to_string(Seconds span) {
  // Through an unsigned number: the most negative span has no positive twin.
  auto rest = static_cast<std::uint64_t>(span.count());
  std::string text;
  if (span.count() < 0) {
    rest = 0 - rest;
    text = "-";
  }
  const auto add = [&](std::uint64_t value, char letter) {
    if (value != 0) text += std::to_string(value) + letter;
  };
  add(rest / 86400, 'd');
  add(rest / 3600 % 24, 'h');
  add(rest / 60 % 60, 'm');
  add(rest % 60, 's');
  return rest == 0 ? "0s" : text;
}

}  // namespace trailseal
