// The timeline: for each chain one character for an hour, a day or more, worst news first.
#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/cells.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using std::chrono::days;
using std::chrono::hours;
using verdict::ChainCoverage;
using verdict::Verdict;

constexpr std::string_view kCellCharacters = " ~#?X";
constexpr std::size_t kMostBlocks = 3;  // of rows below one another, before the unit grows

// Cells in blocks below one another, as wide as the terminal allows.
struct Blocks {
  Axis axis;
  std::size_t columns;  // the room for one block

  std::size_t end_of_block(std::size_t first) const;
};

Blocks make_blocks(const Interval& span, std::size_t room) {
  const auto fits = [&](Seconds unit, std::size_t columns) {
    return static_cast<std::size_t>((span.length() + days{1}) / unit) <= columns * kMostBlocks;
  };
  // Days are set apart in blocks of hours: 25 columns each.
  const std::size_t columns = std::max<std::size_t>(room / 25, 1) * 24;
  if (fits(hours{1}, columns)) return {make_axis(span, hours{1}), room};
  for (const int number : {1, 7, 30, 365})
    if (fits(days{number}, room)) return {make_axis(span, days{number}), room};
  const auto years = span.length() / (days{365} * static_cast<std::int64_t>(room * kMostBlocks)) + 1;
  return {make_axis(span, days{365} * years), room};
}

Tone tone_of(Cell cell) {
  switch (cell) {
    case Cell::violated: return Tone::bad;
    case Cell::open: return Tone::doubt;
    case Cell::proven: return Tone::good;
    default: return Tone::faint;
  }
}

// Midnight in blocks of hours, where a space sets the days apart.
bool day_border(const Axis& axis, std::size_t at) {
  return axis.unit == hours{1} && axis.begin_of(at).time_since_epoch() % days{1} == Seconds{0};
}

// How many cells lie between this one and the next midnight.
std::size_t to_midnight(const Axis& axis, std::size_t at) {
  return static_cast<std::size_t>((days{1} - axis.begin_of(at).time_since_epoch() % days{1}) / axis.unit);
}

// Blocks of hours end at midnight, and hold as many days as have room.
std::size_t Blocks::end_of_block(std::size_t first) const {
  if (axis.unit != hours{1}) return std::min(first + columns, axis.cells);
  std::size_t end = std::min(first + to_midnight(axis, first), axis.cells), used = end - first;
  while (end < axis.cells) {
    const std::size_t day = std::min<std::size_t>(24, axis.cells - end);
    if (used + 1 + day > columns) break;
    used += 1 + day;
    end += day;
  }
  return end;
}

std::string cells_as_text(const std::vector<Cell>& cells, const Blocks& blocks, std::size_t first, bool color) {
  const Axis& axis = blocks.axis;
  std::string out, run;
  Cell run_cell = Cell::outside;
  const auto flush = [&] {
    out += run_cell == Cell::outside ? run : paint(run, tone_of(run_cell), color);
    run.clear();
  };
  for (std::size_t at = first; at < blocks.end_of_block(first); ++at) {
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
std::string ruler(const Blocks& blocks, std::size_t first, std::size_t indent, std::size_t width) {
  constexpr std::size_t kMark = 11;
  const Axis& axis = blocks.axis;
  const std::size_t end = blocks.end_of_block(first);
  std::string line(indent, ' ');
  // A block that begins within a day says where, if the next mark leaves room.
  const std::string begin = "|" + readable(axis.begin_of(first)).substr(0, 13) + "h";
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
    line += "|" + readable(axis.begin_of(at)).substr(0, 10);
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
  const Blocks blocks = make_blocks(*span, style.width > indent + 30 ? style.width - indent : 30);
  const Axis& axis = blocks.axis;
  const auto findings = verdict.findings.sorted();

  constexpr std::string_view kTitle = "TIMELINE";
  const std::string legend =
      wrap(std::string(kTitle) + "  ",
           unit_words(axis.unit) + ", UTC:  # proven  X violated  ? not proven  ~ not sealed yet", style.width, 10);
  std::string out = paint(kTitle, Tone::title, style.color) + legend.substr(kTitle.size());
  for (std::size_t first = 0; first < axis.cells; first = blocks.end_of_block(first)) {
    out += ruler(blocks, first, indent, style.width);
    std::string group;
    for (const ChainCoverage* chain : chains) {
      if (group_title(*chain) != group) {
        group = group_title(*chain);
        out += " " + group + "\n";
      }
      const auto cells = row_of(*chain, verdict, findings, axis);
      const std::string row =
          "  " + left(base::printable(chain->region), label) + "  " + cells_as_text(cells, blocks, first, style.color);
      out += row.substr(0, row.find_last_not_of(' ') + 1) + "\n";
    }
  }
  return out;
}

}  // namespace trailseal::report
