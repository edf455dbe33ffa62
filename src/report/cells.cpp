#include "report/cells.hpp"

#include <algorithm>

#include "report/words.hpp"

namespace trailseal::report {
namespace {

using std::chrono::days;
using verdict::ChainCoverage;
using verdict::Severity;
using verdict::Verdict;

constexpr std::chrono::hours kHour{1};

class CellRow {
 public:
  CellRow(const Axis& axis, Seconds phase) : axis_(axis), phase_(phase), cells_(axis.cells, Cell::outside) {}

  void cover(const Interval& span, Cell cell) {
    if (span.end <= span.begin) return;
    const std::int64_t first = index(span.begin), last = index(span.end - Seconds{1});
    const auto count = static_cast<std::int64_t>(cells_.size());
    // A sliver before the first whole cell or behind the last one goes into it.
    for (std::int64_t at = std::clamp<std::int64_t>(first, 0, count - 1); at <= std::min(last, count - 1); ++at) {
      raise(static_cast<std::size_t>(at), cell);
    }
    if (last < 0) raise(0, cell);
  }
  const std::vector<Cell>& cells() const { return cells_; }

 private:
  std::int64_t index(Time time) const {
    const Seconds since = time - phase_ - axis_.begin;
    return since.count() >= 0 ? since / axis_.unit : -1;
  }
  void raise(std::size_t at, Cell cell) { cells_[at] = std::max(cells_[at], cell); }

  const Axis& axis_;
  Seconds phase_;
  std::vector<Cell> cells_;
};

}  // namespace

Seconds phase(const ChainCoverage& chain) {
  std::optional<Time> mark = chain.head;
  if (!mark && !chain.gaps.empty()) mark = chain.gaps.front().interval.begin;
  if (!mark) return Seconds{0};
  const Seconds into_hour = mark->time_since_epoch() % kHour;
  return into_hour > std::chrono::minutes{30} ? into_hour - kHour : into_hour;
}

std::optional<Interval> extent(const std::vector<const ChainCoverage*>& chains) {
  std::optional<Interval> all;
  for (const ChainCoverage* chain : chains) {
    const Seconds shift = phase(*chain);
    const auto include = [&all, shift](const Interval& span) {
      const Interval moved{span.begin - shift, span.end - shift};
      if (!all) all = moved;
      all->begin = std::min(all->begin, moved.begin);
      all->end = std::max(all->end, moved.end);
    };
    for (const Interval& span : chain->proven) include(span);
    for (const auto& gap : chain->gaps) include(gap.interval);
    if (chain->tail && chain->tail->end > chain->tail->begin) include(*chain->tail);
  }
  return all;
}

Axis make_axis(const Interval& span, Seconds unit) {
  const Time middle = span.begin + std::chrono::minutes{30};
  const Time begin = unit == kHour ? std::chrono::floor<std::chrono::hours>(middle) : std::chrono::floor<days>(middle);
  const Time end = std::max(span.end - std::chrono::minutes{30}, begin + unit);
  const auto cells = static_cast<std::size_t>((end - begin + unit - Seconds{1}) / unit);
  return {begin, unit, std::max<std::size_t>(cells, 1)};
}

std::vector<Cell> row_of(const ChainCoverage& chain, const Verdict& verdict,
                         const std::vector<verdict::Finding>& findings, const Axis& axis) {
  const bool strict = verdict.run.strict;
  CellRow row(axis, phase(chain));
  if (chain.tail) row.cover(*chain.tail, chain.head_stale ? Cell::open : Cell::tail);
  for (const Interval& span : chain.proven) row.cover(span, Cell::proven);
  for (const auto& gap : chain.gaps) {
    row.cover(gap.interval, severity_of(gap.cause, strict) == Severity::violation ? Cell::violated : Cell::open);
  }
  const Interval shown{axis.begin, axis.begin + axis.unit * static_cast<std::int64_t>(axis.cells)};
  const auto [begin, end] = std::ranges::equal_range(findings, chain.chain, {}, &verdict::Finding::chain);
  for (auto finding = begin; finding != end; ++finding) {
    const Severity severity = severity_of(finding->code, strict);
    if (!finding->when || severity < Severity::open) continue;
    if (finding->when->end <= shown.begin || finding->when->begin >= shown.end) continue;
    row.cover(*finding->when, severity == Severity::violation ? Cell::violated : Cell::open);
  }
  return row.cells();
}

}  // namespace trailseal::report
