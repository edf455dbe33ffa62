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

std::string capitalized(std::string_view words) {
  std::string out(words);
  if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] & ~0x20);
  return out;
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

std::vector<std::string> not_proven(const Verdict& verdict) {
  std::vector<std::string> items;
  const auto objects = [&items](std::uint64_t number, std::string_view one, std::string_view many,
                                std::string_view what) {
    if (number != 0) items.push_back(fmt::format("{} {}", counted(number, one, many), what));
  };
  const verdict::Tally& tally = verdict.tally;
  std::uint64_t tails = 0, unjudged = 0;
  Seconds longest{0}, missing{0};
  for (const auto& chain : verdict.chains) {
    if (!chain.head_judged) ++unjudged;
    for (const auto& gap : chain.gaps) missing += gap.interval.length();
    if (!chain.tail || chain.tail->length() == Seconds{0}) continue;
    ++tails;
    longest = std::max(longest, chain.tail->length());
  }
  if (!verdict.complete) items.push_back("whatever the run had not reached when it was interrupted");
  if (tally.digests_verified == 0) items.push_back("anything: no digest was proven");
  if (missing != Seconds{0}) items.push_back(fmt::format("gaps of {} hours in all", hours(missing)));
  objects(tally.logs_open + tally.logs_violated, "listed log file", "listed log files", "that did not verify");
  objects(tally.logs_unlisted, "log file", "log files", "inside proven hours that no digest lists");
  if (tails != 0) {
    items.push_back(fmt::format("what came after the newest digest of {}, up to {}", counted(tails, "chain", "chains"),
                                to_string(longest)));
  }
  if (unjudged != 0) {
    items.push_back(fmt::format("whether {} up to the present{}", counted(unjudged, "chain reaches", "chains reach"),
                                verdict.run.fresh_at ? "" : " (--until or --now would say)"));
  }
  objects(tally.logs_not_covered, "log file", "log files", "of kinds that no digest lists");
  return items;
}

Severity severity_of(verdict::Code code, bool strict) {
  const auto& about = verdict::info(code);
  return strict ? about.strict : about.severity;
}

}  // namespace trailseal::report
