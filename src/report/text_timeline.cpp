// The timeline: for each chain one character for an hour, a day or more, worst news first.
//
// CloudTrail's digests end once an hour at some fixed minute and second of the chain ("13:52"). Cells are therefore
// laid along each chain's own hours, so that one missing digest is one character and not two halves.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using std::chrono::days;
using std::chrono::hours;
using verdict::ChainCoverage;
using verdict::Severity;
using verdict::Verdict;

// In rising order: of what meets in one cell, the worst is shown.
enum class Cell : char { outside, tail, proven, open, violated };
constexpr std::string_view kCellCharacters = " ~#?X";
constexpr std::size_t kMostBlocks = 3;  // of rows below one another, before the unit grows

struct Axis {
  Time begin;  // of the first cell; a multiple of the unit's natural border
  Seconds unit;
  std::size_t cells;
  std::size_t columns;  // the room for one block

  std::size_t end_of_block(std::size_t first) const;
};

// How far this chain's hours stand from the clock's: -30 to +30 minutes.
Seconds phase(const ChainCoverage& chain) {
  std::optional<Time> mark = chain.head;
  if (!mark && !chain.gaps.empty()) mark = chain.gaps.front().interval.begin;
  if (!mark) return Seconds{0};
  const Seconds into_hour = mark->time_since_epoch() % hours{1};
  return into_hour > std::chrono::minutes{30} ? into_hour - hours{1} : into_hour;
}

// From the first to the last second that has a cell, each chain moved by its phase.
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

Axis make_axis(const Interval& span, std::size_t room) {
  const auto fits = [&](Seconds unit, std::size_t columns) {
    return static_cast<std::size_t>((span.length() + days{1}) / unit) <= columns * kMostBlocks;
  };
  // Days are set apart in blocks of hours: 25 columns each.
  std::size_t columns = std::max<std::size_t>(room / 25, 1) * 24;
  Seconds unit = hours{1};
  if (!fits(unit, columns)) {
    columns = room;
    unit = days{1};
    for (const int more : {7, 30, 365}) {
      if (!fits(unit, columns)) unit = days{more};
    }
    if (!fits(unit, columns)) unit = days{365} * (span.length() / (days{365} * columns * kMostBlocks) + 1);
  }
  const Time middle = span.begin + std::chrono::minutes{30};
  const Time begin = unit == hours{1} ? std::chrono::floor<hours>(middle) : std::chrono::floor<days>(middle);
  const Time end = std::max(span.end - std::chrono::minutes{30}, begin + unit);
  const auto cells = static_cast<std::size_t>((end - begin + unit - Seconds{1}) / unit);
  return {begin, unit, std::max<std::size_t>(cells, 1), room};
}

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

Tone tone_of(Cell cell) {
  switch (cell) {
    case Cell::violated: return Tone::bad;
    case Cell::open: return Tone::doubt;
    case Cell::proven: return Tone::good;
    default: return Tone::faint;
  }
}

Time begin_of(const Axis& axis, std::size_t at) { return axis.begin + axis.unit * static_cast<std::int64_t>(at); }

// Midnight in blocks of hours, where a space sets the days apart.
bool day_border(const Axis& axis, std::size_t at) {
  return axis.unit == hours{1} && begin_of(axis, at).time_since_epoch() % days{1} == Seconds{0};
}

// How many cells lie between this one and the next midnight.
std::size_t to_midnight(const Axis& axis, std::size_t at) {
  return static_cast<std::size_t>((days{1} - begin_of(axis, at).time_since_epoch() % days{1}) / axis.unit);
}

// Blocks of hours end at midnight, and hold as many days as have room.
std::size_t Axis::end_of_block(std::size_t first) const {
  if (unit != hours{1}) return std::min(first + columns, cells);
  std::size_t end = std::min(first + to_midnight(*this, first), cells), used = end - first;
  while (end < cells) {
    const std::size_t day = std::min<std::size_t>(24, cells - end);
    if (used + 1 + day > columns) break;
    used += 1 + day;
    end += day;
  }
  return end;
}

std::string cells_as_text(const std::vector<Cell>& cells, const Axis& axis, std::size_t first, bool color) {
  std::string out, run;
  Cell run_cell = Cell::outside;
  const auto flush = [&] {
    out += run_cell == Cell::outside ? run : paint(run, tone_of(run_cell), color);
    run.clear();
  };
  for (std::size_t at = first; at < axis.end_of_block(first); ++at) {
    if (at != first && day_border(axis, at)) {
      flush();
      out += ' ';
    }
    if (cells[at] != run_cell) flush();
    run_cell = cells[at];
    run += kCellCharacters[static_cast<std::size_t>(cells[at])];
  }
  flush();
  return out.substr(0, out.find_last_not_of(' ') + 1);
}

// "|2026-07-01" above the cells that begin a day, or above every fifteenth, and "|2026-07-01 05h" above a block that
// begins within a day, where there is room.
std::string ruler(const Axis& axis, std::size_t first, std::size_t indent, std::size_t width) {
  constexpr std::size_t kMark = 11;
  const std::size_t end = axis.end_of_block(first);
  std::string line(indent, ' ');
  // A block that begins within a day says where, if the next mark leaves room.
  const std::string begin = "|" + readable(begin_of(axis, first)).substr(0, 13) + "h";
  bool begin_wanted = axis.unit == hours{1} && !day_border(axis, first);
  std::size_t column = indent;
  for (std::size_t at = first; at < end; ++at, ++column) {
    const bool border = day_border(axis, at);
    if (at != first && border) ++column;
    const bool mark = axis.unit == hours{1} ? border : (at - first) % 15 == 0;
    if (!mark || column + kMark > width) continue;
    if (begin_wanted && column > indent + begin.size()) line += begin;
    begin_wanted = false;
    line.resize(std::max(line.size(), column), ' ');
    line += "|" + readable(begin_of(axis, at)).substr(0, 10);
  }
  if (begin_wanted) line += begin;
  return line + "\n";
}

std::string unit_words(Seconds unit) {
  if (unit == hours{1}) return "one character an hour";
  if (unit == days{1}) return "one character a day";
  return fmt::format("one character for {} days", unit / days{1});
}

}  // namespace

std::string timeline(const Verdict& verdict, const Style& style) {
  const auto chains = shown_chains(verdict, style);
  const auto span = extent(chains);
  if (!span) return "";
  std::size_t label = 0;
  for (const ChainCoverage* chain : chains) label = std::max(label, base::printable(chain->region).size());
  const std::size_t indent = label + 4;
  const Axis axis = make_axis(*span, style.width > indent + 30 ? style.width - indent : 30);
  const auto findings = verdict.findings.sorted();

  constexpr std::string_view kTitle = "TIMELINE";
  const std::string legend =
      wrap(std::string(kTitle) + "  ",
           unit_words(axis.unit) + ", UTC:  # proven  X violated  ? not proven  ~ not sealed yet", style.width, 10);
  std::string out = paint(kTitle, Tone::title, style.color) + legend.substr(kTitle.size());
  for (std::size_t first = 0; first < axis.cells; first = axis.end_of_block(first)) {
    out += ruler(axis, first, indent, style.width);
    std::string group;
    for (const ChainCoverage* chain : chains) {
      if (group_title(*chain) != group) {
        group = group_title(*chain);
        out += " " + group + "\n";
      }
      const auto cells = row_of(*chain, verdict, findings, axis);
      const std::string row =
          "  " + left(base::printable(chain->region), label) + "  " + cells_as_text(cells, axis, first, style.color);
      out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return out;
}

}  // namespace trailseal::report
