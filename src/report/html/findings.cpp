// The findings, gravest first: what each means and what to do next, from trailseal-findings(7), and every occurrence.
#include <algorithm>
#include <map>

#include "report/findings_manual.hpp"
#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::Code;
using verdict::Finding;
using verdict::Severity;

// What stands in the page; the JSON report has all. About 600 bytes each.
constexpr std::size_t kMostPerCode = 250;
constexpr std::size_t kMostInAll = 4000;

Markup paragraphs(std::string_view manual) {
  Markup out;
  while (!manual.empty()) {
    const std::size_t end = std::min(manual.find("\n\n"), manual.size());
    const std::string_view one = manual.substr(0, end);
    out << (one.starts_with("Next: ") ? Literal("<p class=\"next\">") : Literal("<p>")) << Markup().text(one) << "</p>";
    manual.remove_prefix(std::min(end + 2, manual.size()));
  }
  return out;
}

Markup pair(const Finding& finding) {
  if (finding.expected.empty() && finding.found.empty()) return {};
  Markup out;
  out << "<dl class=\"pair\">";
  if (!finding.expected.empty()) out << "<dt>expected</dt><dd>" << Markup().code(finding.expected) << "</dd>";
  if (!finding.found.empty()) out << "<dt>found</dt><dd>" << Markup().code(finding.found) << "</dd>";
  return out << "</dl>";
}

Markup row(const Finding& finding) {
  Markup out;
  out << "<tr><td>";
  if (!finding.subject.empty()) out << Markup().code(finding.subject);
  if (!finding.chain.empty() && finding.chain != finding.subject)
    out << "<br><span class=\"soft\">chain " << Markup().text(finding.chain) << "</span>";
  out << "</td><td data-v=\"" << Markup().plain(finding.when ? finding.when->begin.time_since_epoch().count() : 0)
      << "\">";
  if (finding.when) out << Markup().interval(*finding.when);
  out << "</td><td>" << pair(finding);
  if (!finding.detail.empty()) out << Markup().text(finding.detail);
  return out << "</td><td class=\"num\" data-v=\"" << Markup().plain(static_cast<std::int64_t>(finding.count)) << "\">"
             << Markup().number(finding.count) << "</td></tr>";
}

Markup table(Code code, const std::vector<const Finding*>& all, std::size_t room, std::uint64_t number) {
  const std::size_t shown = std::min({all.size(), kMostPerCode, room});
  Markup out;
  out << "<div class=\"scroll\"><table class=\"sortable occurrences\"><caption>"
      << Markup().text(verdict::info(code).slug) << ": " << Markup().text(counted(number, "finding", "findings"))
      << "</caption><thead><tr><th scope=\"col\">Object</th><th scope=\"col\">Hours (UTC)</th><th "
         "scope=\"col\">Expected "
         "and found</th><th scope=\"col\" class=\"num\">Count</th></tr></thead><tbody>";
  for (std::size_t i = 0; i < shown; ++i) out << row(*all[i]);
  out << "</tbody></table></div>";
  if (shown < number) out << "<p class=\"soft\">" << Markup().number(number - shown) << " more are not shown here.</p>";
  return out;
}

}  // namespace

Markup finding_list(const Page& page) {
  const bool strict = page.verdict.run.strict;
  std::map<Code, std::vector<const Finding*>> by_code;
  for (const Finding& finding : page.findings) by_code[finding.code].push_back(&finding);
  std::vector<Code> codes;
  for (const auto& [code, all] : by_code) codes.push_back(code);
  std::ranges::stable_sort(codes, std::ranges::greater{}, [&](Code code) { return severity_of(code, strict); });
  const auto numbers = page.verdict.findings.numbers();
  std::size_t room = kMostInAll;
  Markup out;
  for (const Code code : codes) {
    const auto& all = by_code[code];
    const Severity severity = severity_of(code, strict);
    const bool grave = severity >= Severity::open;
    out << "<section class=\"finding\" id=\"f-" << Markup().text(anchor(code)) << "\"><h3>"
        << Markup().text(verdict::info(code).slug) << tag(to_string(severity)) << "</h3><p><strong>"
        << Markup().text(capitalized(verdict::info(code).text)) << ".</strong></p>"
        << (grave ? Literal("<details open class=\"manual\">") : Literal("<details class=\"manual\">"))
        << "<summary>What this means and what to do next</summary>" << paragraphs(manual_of(code)) << "</details>"
        << table(code, all, room, numbers.at(code)) << "</section>";
    room -= std::min({room, all.size(), kMostPerCode});
  }
  return out;
}

}  // namespace trailseal::report::html
