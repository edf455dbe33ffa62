// Numbers, times and the verdict itself in words, the same in every report.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

std::string thousands(std::uint64_t number);                                             // "1,204"
std::string counted(std::uint64_t number, std::string_view one, std::string_view many);  // "1 digest", "1,204 digests"
std::string capitalized(std::string_view words);                                         // "a log" -> "A log"
std::string hundredths(std::int64_t number);                                             // 9958 -> "99.58"
std::string hours(Seconds span);                                                         // "29.50", rounded down
std::string bytes(std::uint64_t number);         // "812 B", "1.2 GB" (powers of 1,000)
std::string readable(Time time);                 // "2026-07-01 00:13:52"
std::string readable(const Interval& interval);  // "... to ... UTC (3h)"

// From the first to the last second that any chain's proof covers.
std::optional<Interval> proven_extent(const verdict::Verdict& verdict);

// What was proven and what was not, one sentence without a full stop:
// "864 digests and 1,204 log files of 12 chains proven, 100.00% of 864.00 chain hours, 2026-07-01 00:13:52 to
// 2026-07-03 23:13:52 UTC". Chain hours are the spans of all chains together.
std::string summary(const verdict::Verdict& verdict);

// What a reader might take for proven and is not, an item each: "gaps of 2.00 hours in all".
std::vector<std::string> not_proven(const verdict::Verdict& verdict);

// Under the severities that this run applies.
verdict::Severity severity_of(verdict::Code code, bool strict);

}  // namespace trailseal::report
