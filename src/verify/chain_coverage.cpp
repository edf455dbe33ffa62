#include "verify/chain_coverage.hpp"

#include <algorithm>

#include "base/hex.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;
using verdict::Gap;

// A bad digest's hour is known from its name and the cadence only, and a window rarely ends where a digest does: what
// sticks out beside an explained hole by less than a digest's hour is part of that hole.
constexpr auto kRaggedEdge = std::chrono::minutes{59};

Interval cut(const Interval& a, const Interval& b) { return {std::max(a.begin, b.begin), std::min(a.end, b.end)}; }

std::vector<Interval> remove(const std::vector<Interval>& from, const Interval& what) {
  std::vector<Interval> out;
  for (const auto& interval : from)
    for (const auto& rest : subtract(interval, {what})) out.push_back(rest);
  return out;
}

verdict::DigestCite cite(const DigestFacts& facts) {
  return {uri(facts.digest->bucket, facts.key), base::to_hex(facts.hash), facts.hour()};
}

}  // namespace

void cite_neighbours(const std::vector<const DigestFacts*>& proven, verdict::ChainCoverage& coverage) {
  const auto end = [](const DigestFacts* facts) { return facts->digest->end; };
  for (auto& gap : coverage.gaps) {
    auto behind = std::ranges::upper_bound(proven, gap.interval.begin, {}, end);
    if (behind != proven.begin()) gap.last_good = cite(**std::prev(behind));
    // One whose hour is the gap is at odds with its successor; but a starting digest goes on from the end of its gap.
    behind = std::find_if(behind, proven.end(), [&](const DigestFacts* facts) {
      return facts->digest->end > gap.interval.end || !facts->digest->previous;
    });
    if (behind != proven.end()) gap.next = cite(**behind);
  }
}

std::vector<Time> missing_hours(const Interval& hole, const std::vector<Time>& present, const Window& window) {
  constexpr auto kCadence = std::chrono::hours{1};
  std::vector<Time> ends;
  for (Time end = hole.end; end > hole.begin + kCadence / 2; end -= kCadence) {
    const bool there = std::any_of(present.begin(), present.end(), [&](Time stamp) {
      return stamp > end - kCadence / 2 && stamp < end + kCadence / 2;
    });
    if (!there && window.contains(Interval{end - kCadence, end})) ends.push_back(end);
  }
  std::reverse(ends.begin(), ends.end());
  return ends;
}

std::string list_hours(const std::vector<Time>& ends) {
  if (ends.empty()) return "";
  constexpr std::size_t kShown = 24;
  std::string out = ends.size() == 1 ? ": the hour that ends " : ": the hours that end ";
  for (std::size_t i = 0; i < ends.size() && i < kShown; ++i) out += (i ? ", " : "") + to_string(ends[i]);
  if (ends.size() > kShown) out += ", ... " + to_string(ends.back());
  return out;
}

void measure_coverage(const Interval& span, const std::vector<Interval>& proven, std::vector<Gap> causes,
                      verdict::ChainCoverage& coverage, std::vector<verdict::Finding>& unexplained) {
  coverage.span = span;
  for (const auto& interval : proven)
    if (const auto part = cut(interval, span); part.begin < part.end) coverage.proven.push_back(part);

  std::stable_sort(causes.begin(), causes.end(), [](const Gap& a, const Gap& b) {
    const auto grave = [](const Gap& gap) { return verdict::info(gap.cause).severity; };
    return grave(a) != grave(b) ? grave(a) > grave(b) : a < b;
  });
  for (const auto& gap : subtract(span, coverage.proven)) {
    std::vector<Interval> rest{gap};
    bool explained = false;
    for (const auto& cause : causes) {
      for (const auto& piece : rest)
        if (const auto part = cut(piece, cause.interval); part.begin < part.end) {
          coverage.gaps.push_back({part, cause.cause});
          explained = true;
        }
      rest = remove(rest, cause.interval);
      if (rest.empty()) break;
    }
    for (const auto& piece : rest) {
      coverage.gaps.push_back({piece, Code::chain_gap});
      if (explained && piece.length() < kRaggedEdge) continue;
      const auto hours = (piece.length() + std::chrono::minutes{30}) / std::chrono::hours{1};
      unexplained.push_back({.code = Code::chain_gap,
                             .when = piece,
                             .detail = "by cadence " + std::to_string(hours) + (hours == 1 ? " digest" : " digests")});
    }
  }
  std::sort(coverage.gaps.begin(), coverage.gaps.end());
}

}  // namespace trailseal::verify
