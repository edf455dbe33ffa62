// Arithmetic of intervals of time.
#include <algorithm>

#include "verify/judge.hpp"

namespace trailseal::verify {

std::vector<Interval> unite(std::vector<Interval> intervals) {
  std::sort(intervals.begin(), intervals.end());
  std::vector<Interval> out;
  for (const auto& interval : intervals) {
    if (interval.end <= interval.begin) continue;
    if (!out.empty() && interval.begin <= out.back().end)
      out.back().end = std::max(out.back().end, interval.end);
    else
      out.push_back(interval);
  }
  return out;
}

std::vector<Interval> subtract(const Interval& span, const std::vector<Interval>& parts) {
  std::vector<Interval> out;
  Time at = span.begin;
  for (const auto& part : parts) {
    if (part.end <= at) continue;
    if (part.begin >= span.end) break;
    if (part.begin > at) out.push_back({at, part.begin});
    at = part.end;
  }
  if (at < span.end) out.push_back({at, span.end});
  return out;
}

}  // namespace trailseal::verify
