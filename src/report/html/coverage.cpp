// The heat map: a row for each chain, a cell for each hour, day or longer stretch, worst news first.
//
// Cells of the same state that follow one another are one shape, and the unit grows until there are few enough of
// them: so a page of hundreds of chains over years stays small, whatever the evidence holds.
#include <algorithm>
#include <map>

#include "report/cells.hpp"
#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using std::chrono::days;
using verdict::ChainCoverage;
using verdict::Severity;

constexpr std::int64_t kMostHours = 16 * 24;  // as hours; more are days
constexpr std::int64_t kMostCells = 750;      // more than a screen has pixels for
constexpr std::size_t kMostShapes = 18'000;   // about 3.5 MB
constexpr std::size_t kTicks = 9;

struct Run {
  std::size_t begin, end;  // cells
  Cell cell;
};

std::vector<Run> runs_of(const std::vector<Cell>& cells) {
  std::vector<Run> runs;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i] == Cell::outside) continue;
    if (!runs.empty() && runs.back().end == i && runs.back().cell == cells[i])
      ++runs.back().end;
    else
      runs.push_back({i, i + 1, cells[i]});
  }
  return runs;
}

struct Row {
  const ChainCoverage* chain;
  std::vector<Run> runs;
};

struct Map {
  Axis axis;
  std::vector<Row> rows;
};

Map draw(const Page& page, const std::vector<const ChainCoverage*>& chains, const Interval& span, Seconds unit) {
  Map map{make_axis(span, unit), {}};
  for (const ChainCoverage* chain : chains)
    map.rows.push_back({chain, runs_of(row_of(*chain, page.verdict, page.findings, map.axis))});
  return map;
}

std::size_t shapes_in(const Map& map) {
  std::size_t shapes = 0;
  for (const Row& row : map.rows) shapes += row.runs.size();
  return shapes;
}

Map fitting(const Page& page, const std::vector<const ChainCoverage*>& chains, const Interval& span) {
  const auto cells = [&](Seconds unit) { return span.length() / unit; };
  Seconds unit = std::chrono::hours{1};
  if (cells(unit) > kMostHours) unit = days{1};
  if (cells(unit) > kMostCells) unit = days{7};
  if (cells(unit) > kMostCells) unit = days{30};
  if (cells(unit) > kMostCells) unit = days{365 * (span.length() / (days{365} * kMostCells) + 1)};
  for (;; unit = unit < days{1} ? Seconds{days{1}} : unit < days{7} ? Seconds{days{7}} : unit * 4) {
    Map map = draw(page, chains, span, unit);
    if (shapes_in(map) <= kMostShapes || map.axis.cells <= 1) return map;
  }
}

Literal class_of(Cell cell) {
  switch (cell) {
    case Cell::tail: return "tail";
    case Cell::open: return "doubt";
    case Cell::violated: return "fault";
    case Cell::proven:
    case Cell::outside: break;
  }
  return "proven";
}

Literal words_of(Cell cell) {
  switch (cell) {
    case Cell::tail: return "not sealed by a digest yet";
    case Cell::open: return "not proven";
    case Cell::violated: return "violated";
    case Cell::proven:
    case Cell::outside: break;
  }
  return "proven";
}

Seconds overlap(const Interval& a, const Interval& b) {
  return Interval{std::max(a.begin, b.begin), std::min(a.end, b.end)}.length();
}

// What the gaps and findings of a stretch are called, and how often each occurs.
Markup causes(const Page& page, const ChainCoverage& chain, const Interval& when) {
  constexpr std::size_t kNamed = 5;
  std::map<verdict::Code, std::size_t> codes;
  for (const auto& gap : chain.gaps)
    if (overlap(gap.interval, when) > Seconds{0}) codes[gap.cause] += 0;
  const auto [begin, end] = std::ranges::equal_range(page.findings, chain.chain, {}, &verdict::Finding::chain);
  for (auto finding = begin; finding != end; ++finding)
    if (finding->when && overlap(*finding->when, when) > Seconds{0} &&
        severity_of(finding->code, page.verdict.run.strict) >= Severity::open)
      ++codes[finding->code];
  Markup out;
  std::size_t named = 0;
  for (const auto& [code, number] : codes) {
    if (named++ == kNamed) return out << "\n...";
    out << "\n" << Markup().text(verdict::info(code).slug);
    if (number > 1) out << " (" << Markup().number(number) << ")";
  }
  return out;
}

// The proven intervals and gaps are sorted and disjoint, so both are searched only once for each row.
Markup strip(const Page& page, const Axis& axis, const Row& row) {
  const ChainCoverage& chain = *row.chain;
  const auto cells = static_cast<std::int64_t>(axis.cells);
  Markup out;
  out << "<svg class=\"strip\" role=\"img\" aria-label=\"" << Markup().text(chain.chain) << ": "
      << Markup().text(hundredths(chain.proven_basis_points())) << "% proven\">";
  for (const Run& run : row.runs) {
    const Interval when{axis.begin_of(run.begin) + phase(chain), axis.begin_of(run.end) + phase(chain)};
    out << "<rect class=\"tipped " << class_of(run.cell) << "\" x=\"";
    out.percent(static_cast<std::int64_t>(run.begin), cells) << "\" width=\"";
    out.percent(static_cast<std::int64_t>(run.end - run.begin), cells) << "\" height=\"15\"><title>";
    out.text(chain.region) << ": " << words_of(run.cell) << "\n" << Markup().interval(when);
    if (run.cell == Cell::open || run.cell == Cell::violated) {
      const auto first =
          std::ranges::partition_point(chain.proven, [&](const Interval& span) { return span.end <= when.begin; });
      Seconds proven{0};
      for (auto span = first; span != chain.proven.end() && span->begin < when.end; ++span)
        proven += overlap(*span, when);
      out << "\n"
          << Markup().text(hours(proven)) << " of " << Markup().text(hours(when.length())) << " hours proven"
          << causes(page, chain, when);
    }
    out << "</title></rect>";
  }
  return out << "</svg>";
}

// Dates at borders of cells, about evenly spread.
Markup ruler(const Axis& axis) {
  const bool by_hour = axis.unit < days{1};
  const std::size_t least = std::max<std::size_t>((axis.cells + kTicks - 1) / kTicks, 1);
  const std::size_t step = by_hour ? (least <= 6 ? 6 : least <= 12 ? 12 : (least + 23) / 24 * 24) : least;
  std::size_t at = 0;
  if (by_hour)
    while (axis.begin_of(at).time_since_epoch() %
               std::chrono::hours{static_cast<int>(std::min<std::size_t>(step, 24))} !=
           Seconds{0})
      ++at;
  Markup out;
  out << "<svg class=\"ruler\" aria-hidden=\"true\">";
  for (; at < axis.cells; at += step) {
    if (at + step * 2 / 3 > axis.cells && at != 0) break;  // no room for its words
    const auto place = Markup().percent(static_cast<std::int64_t>(at), static_cast<std::int64_t>(axis.cells));
    out << "<line x1=\"" << place << "\" x2=\"" << place << "\" y1=\"4\" y2=\"18\"/>";
    const std::string words = readable(axis.begin_of(at));
    out << "<text x=\"" << place << "\" dx=\"4\" y=\"13\">"
        << Markup().text(by_hour && step < 24 ? words.substr(5, 11) : words.substr(0, 10)) << "</text>";
  }
  return out << "</svg>";
}

Markup legend_item(Literal kind, Literal words) {
  return Markup() << "<li><svg aria-hidden=\"true\"><rect width=\"26\" height=\"12\" class=\"" << kind << "\"/></svg>"
                  << words << "</li>";
}

Markup unit_words(Seconds unit) {
  if (unit < days{1}) return Markup("One cell is an hour of the chain's own digests");
  if (unit == days{1}) return Markup("One cell is a day");
  return Markup() << "One cell is " << Markup().number(static_cast<std::uint64_t>(unit / days{1})) << " days";
}

Markup group_title(const ChainCoverage& chain) {
  Markup out;
  if (!chain.org.empty()) out.text(chain.org) << " &middot; ";
  return out.text(chain.account) << " &middot; trail " << Markup().text(chain.trail) << " (home "
                                 << Markup().text(chain.home_region) << ")";
}

}  // namespace

Markup coverage(const Page& page) {
  std::vector<const ChainCoverage*> chains;
  for (const ChainCoverage& chain : page.verdict.chains) chains.push_back(&chain);
  const auto span = extent(chains);
  if (!span) return {};
  const Map map = fitting(page, chains, *span);
  Markup out;
  out << "<p>" << unit_words(map.axis.unit)
      << ", coloured by the worst that is in it. Point at a stretch to see its hours.</p><ul class=\"legend\">"
      << legend_item("proven", "proven") << legend_item("fault", "violated") << legend_item("doubt", "not proven")
      << legend_item("tail", "not sealed by a digest yet") << "</ul>";
  out << "<div class=\"scroll\"><table class=\"heat\"><caption class=\"visually-hidden\">Coverage of each chain over "
         "time</caption><thead><tr><th class=\"label\" scope=\"col\">Region</th><th scope=\"col\">"
         "<span class=\"visually-hidden\">Hours</span>"
      << ruler(map.axis) << "</th><th class=\"share num\" scope=\"col\">Proven</th></tr></thead>";
  const ChainCoverage* group = nullptr;
  for (const Row& row : map.rows) {
    const ChainCoverage& chain = *row.chain;
    const auto same = [&](const ChainCoverage& other) {
      return std::tie(chain.org, chain.account, chain.trail, chain.home_region) ==
             std::tie(other.org, other.account, other.trail, other.home_region);
    };
    if (group == nullptr || !same(*group)) {
      out << (group == nullptr ? Literal("<tbody>") : Literal("</tbody><tbody>"))
          << "<tr><th colspan=\"3\" scope=\"rowgroup\">" << group_title(chain) << "</th></tr>";
      group = &chain;
    }
    out << "<tr><th scope=\"row\" class=\"label\">" << Markup().text(chain.region) << "</th><td>"
        << strip(page, map.axis, row) << "</td><td class=\"share num\">"
        << Markup().text(hundredths(chain.proven_basis_points())) << "%</td></tr>";
  }
  return out << "</tbody></table></div>";
}

}  // namespace trailseal::report::html
