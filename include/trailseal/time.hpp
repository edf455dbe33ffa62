// Points and spans of time: UTC, whole seconds, as CloudTrail writes them.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "trailseal/result.hpp"

namespace trailseal {

using Time = std::chrono::sys_seconds;
using Seconds = std::chrono::seconds;

// The half-open span [begin, end).
struct Interval {
  Time begin;
  Time end;

  Seconds length() const { return end > begin ? end - begin : Seconds{0}; }
  auto operator<=>(const Interval&) const = default;
};

// "2026-07-01T00:13:52Z"
std::string to_string(Time time);

// "YYYY-MM-DDTHH:MM:SSZ" exactly: what digests contain. No offset, no fraction. Errors: corrupt.
Result<Time> parse_iso_utc(std::string_view text);

// "YYYYMMDDTHHMMSSZ" exactly: the end stamp of a digest name. Errors: corrupt.
Result<Time> parse_basic_seconds(std::string_view text);
std::string to_basic_seconds(Time time);

// "YYYYMMDDTHHMMZ" exactly: the stamp of a log name. Errors: corrupt.
Result<Time> parse_basic_minutes(std::string_view text);
std::string to_basic_minutes(Time time);

// What a person types: RFC 3339 with any offset (honoured) and an optional fraction (dropped), or a bare date, which
// is 00:00:00Z of that day. Years 1970 to 9999. Errors: invalid_argument.
Result<Time> parse_time(std::string_view text);

// "90s", "15m", "24h", "7d", or several in a row ("2h30m"); at least one second. Errors: invalid_argument.
Result<Seconds> parse_duration(std::string_view text);

// "2h30m", "45s", "3d4h"
std::string to_string(Seconds span);

}  // namespace trailseal
