#include "report/words.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace trailseal::report {

using verdict::Severity;
using verdict::Verdict;

std::string thousands(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", thousands(number), number == 1 ? one : many);
}

std::string hundredths(std::int64_t number) { return fmt::format("{}.{:02}", number / 100, number % 100); }

std::string hours(Seconds span) { return hundredths(span.count() / 36); }

std::string bytes(std::uint64_t number) {
  if (number < 1000) return fmt::format("{} B", number);
  std::uint64_t scaled = number;
  for (const char* unit : {"kB", "MB", "GB", "TB", "PB"}) {
    if (scaled < 1'000'000) return fmt::format("{}.{} {}", scaled / 1000, scaled % 1000 / 100, unit);
    scaled /= 1000;
  }
  return fmt::format("{} EB", thousands(scaled / 1000));
}

std::string readable(Time time) {
  std::string text = to_string(time);  // 2026-07-01T00:13:52Z
  std::ranges::replace(text, 'T', ' ');
  text.pop_back();
  return text;
}

std::string readable(const Interval& interval) {
  return fmt::format("{} to {} UTC ({})", readable(interval.begin), readable(interval.end),
                     to_string(interval.length()));
}

std::optional<Interval> proven_extent(const Verdict& verdict) {
  std::optional<Interval> extent;
  for (const auto& chain : verdict.chains) {
    for (const Interval& proven : chain.proven) {
      if (!extent) extent = proven;
      extent->begin = std::min(extent->begin, proven.begin);
      extent->end = std::max(extent->end, proven.end);
    }
  }
  return extent;
}

std::string summary(const Verdict& verdict) {
  std::string text;
  const auto violations = verdict.findings.count(Severity::violation, verdict.run.strict);
  const auto open = verdict.findings.count(Severity::open, verdict.run.strict);
  if (violations != 0) text += counted(violations, "violation", "violations") + "; ";
  if (open != 0) text += counted(open, "open question", "open questions") + "; ";
  const auto warnings = verdict.findings.count(Severity::warning, verdict.run.strict);
  if (warnings != 0) text += counted(warnings, "warning", "warnings") + "; ";
  if (!verdict.complete) text += "interrupted; ";
  if (verdict.tally.digests_verified == 0) return text + "no digest was proven";
  Seconds proven{0}, span{0};
  std::uint64_t chains = 0;
  for (const auto& chain : verdict.chains) {
    proven += chain.proven_time();
    span += chain.span.length();
    if (!chain.proven.empty()) ++chains;
  }
  const std::string all = chains == verdict.chains.size() ? "" : thousands(chains) + " of ";
  text += fmt::format("{} and {} of {}{} proven", counted(verdict.tally.digests_verified, "digest", "digests"),
                      counted(verdict.tally.logs_verified, "log file", "log files"), all,
                      counted(verdict.chains.size(), "chain", "chains"));
  if (const auto extent = proven_extent(verdict)) {
    const std::int64_t share = std::min(proven, span).count() * 10'000 / std::max<std::int64_t>(span.count(), 1);
    text += fmt::format(", {}% of {} chain hours, {} to {} UTC", hundredths(share), hours(span),
                        readable(extent->begin), readable(extent->end));
  }
  return text;
}

Severity severity_of(verdict::Code code, bool strict) {
  const auto& about = verdict::info(code);
  return strict ? about.strict : about.severity;
}

}  // namespace trailseal::report
