#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/escape.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::Code;
using verdict::Finding;
using verdict::Severity;
using verdict::Verdict;

constexpr std::size_t kShownPerCode = 10;  // more of one kind are counted, unless --verbose
constexpr std::size_t kIndent = 14;        // where values begin

std::string_view title_of(Severity severity) {
  switch (severity) {
    case Severity::violation: return "VIOLATIONS";
    case Severity::open: return "OPEN QUESTIONS";
    case Severity::warning: return "WARNINGS";
    case Severity::notice: return "NOTICES";
  }
  return "";
}

std::string value_line(std::string_view name, std::string_view value, std::size_t width) {
  if (value.empty()) return "";
  return wrap(fmt::format("    {:<10}", name), value, width, kIndent);
}

// Below one another, so that the eye finds the first difference.
std::string expected_and_found(const Finding& finding, const Style& style) {
  return value_line("expected", base::printable(finding.expected), style.width) +
         value_line("found", base::printable(finding.found), style.width);
}

std::string head(Code code, Severity severity, const Style& style) {
  const auto& about = verdict::info(code);
  return "  " + paint(about.slug, tone_of(severity), style.color) + "\n" + wrap("    ", about.text, style.width, 4);
}

std::string block(const Finding& finding, const Style& style) {
  std::string out;
  // A chain in the subject says it all; the chain's own line is for findings about something else.
  if (finding.chain != finding.subject) out += value_line("chain", base::printable(finding.chain), style.width);
  out += value_line("at", base::printable(finding.subject), style.width);
  if (finding.when) out += value_line("when", readable(*finding.when), style.width);
  if (finding.count != 1) out += value_line("count", thousands(finding.count), style.width);
  out += expected_and_found(finding, style);
  return out + value_line("detail", base::printable(finding.detail), style.width);
}

std::string hint(const std::vector<Code>& codes, const Style& style) {
  std::string text = "What this means and what to do next: trailseal explain";
  for (const Code code : codes) text += fmt::format(" {}", verdict::info(code).slug);
  return "\n" + wrap("  ", text, style.width, 4);
}

std::string section(const Verdict& verdict, const std::vector<Finding>& all, Severity severity, const Style& style) {
  std::map<Code, std::uint64_t> seen, folded;
  std::vector<Code> codes;
  std::optional<Code> previous;
  std::string blocks;
  for (const Finding& finding : all) {
    if (severity_of(finding.code, verdict.run.strict) != severity) continue;
    if (seen[finding.code]++ == 0) codes.push_back(finding.code);
    if (!style.verbose && seen[finding.code] > kShownPerCode) {
      ++folded[finding.code];
      continue;
    }
    // The sentence stands once above findings of one kind that follow one another.
    const std::string lines = block(finding, style);
    if (previous != finding.code) {
      blocks += (previous ? "\n" : "") + head(finding.code, severity, style);
    } else if (std::ranges::count(lines, '\n') > 1) {
      blocks += "\n";
    }
    previous = finding.code;
    blocks += lines;
  }
  if (codes.empty()) return "";
  for (const auto& [code, number] : folded) {
    blocks += wrap(
        "  ", fmt::format("... and {} more {} (--verbose shows them)", thousands(number), verdict::info(code).slug),
        style.width, 4);
  }
  const auto number = verdict.findings.count(severity, verdict.run.strict);
  return "\n" + paint(fmt::format("{} ({})", title_of(severity), thousands(number)), Tone::title, style.color) + "\n" +
         blocks + hint(codes, style);
}

std::string folded_notices(const Verdict& verdict, const Style& style) {
  std::string lines;
  for (const auto& [code, total] : verdict.findings.totals()) {
    if (severity_of(code, verdict.run.strict) != Severity::notice) continue;
    lines += wrap(fmt::format("  {:<30}  ", fmt::format("{} ({})", verdict::info(code).slug, thousands(total))),
                  verdict::info(code).text, style.width, 34);
  }
  if (lines.empty()) return "";
  return "\n" + paint("NOTICES", Tone::title, style.color) + "  (--verbose shows each)\n" + lines;
}

}  // namespace

std::string finding_list(const Verdict& verdict, const Style& style) {
  const auto all = verdict.findings.sorted();
  std::string out;
  for (const Severity severity : {Severity::violation, Severity::open, Severity::warning}) {
    out += section(verdict, all, severity, style);
  }
  out += style.verbose ? section(verdict, all, Severity::notice, style) : folded_notices(verdict, style);
  if (verdict.findings.dropped() != 0) {
    out += "\n" + wrap("",
                       fmt::format("{} were counted and not kept: more than {} of one kind.",
                                   counted(verdict.findings.dropped(), "finding", "findings"),
                                   thousands(verdict::Findings::kMaxPerCode)),
                       style.width, 0);
  }
  return out;
}

}  // namespace trailseal::report
