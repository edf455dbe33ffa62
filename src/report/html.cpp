// The report as one HTML file that needs nothing else: no network, no font, no library, and no script to be read.
//
// A policy (Content Security Policy 3) in the page itself forbids it everything but its own style and script, which it
// names by hash: whatever evidence might smuggle in, nothing else is loaded or run. That evidence cannot smuggle in
// markup at all is a matter of types: report/html/markup.hpp.
//
// The page is a function of the JSON report, whose SHA-256 it states: the verdict is written as JSON and read back
// first, so that the page is the same whether it is made at once or years later.
#include <array>

#include "report/canonical.hpp"
#include "report/html/parts.hpp"
#include "report/html_assets.hpp"
#include "trailseal/report.hpp"

namespace trailseal::report {
namespace {

using html::Literal;
using html::Markup;
using html::Page;
using verdict::Verdict;

struct Section {
  Literal id, title;
  Markup (*make)(const Page&);
};

constexpr std::array kSections = {
    Section{"story", "What happened", html::story},
    Section{"coverage", "Coverage", html::coverage},
    Section{"breaks", "Where the proof breaks off", html::breaks},
    Section{"activity", "Activity", html::activity},
    Section{"findings", "Findings", html::finding_list},
    Section{"chains", "Chains", html::chain_list},
    Section{"limits", "Scope and limits", html::limits},
    Section{"provenance", "Provenance", html::provenance},
};

Markup head(const Verdict& verdict) {
  Markup out;
  out << "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src '"
      << html::kStyleHash << "'; script-src '" << html::kScriptHash
      << "'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
         "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
         "dark\">\n<title>";
  out.text(to_string(verdict.outcome())) << ": CloudTrail log verification</title>\n<style>" << html::kStyle
                                         << "</style>\n</head>\n";
  return out;
}

// The patterns by which states differ where colours do not.
Literal patterns() {
  return "<svg class=\"defs\" aria-hidden=\"true\"><defs>"
         "<pattern id=\"open\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
         "patternTransform=\"rotate(45)\">"
         "<rect class=\"open-ground\" width=\"6\" height=\"6\"/><line class=\"open-line\" x1=\"1\" x2=\"1\" y2=\"6\"/>"
         "</pattern>"
         "<pattern id=\"fault\" width=\"7\" height=\"7\" patternUnits=\"userSpaceOnUse\">"
         "<rect class=\"fault-ground\" width=\"7\" height=\"7\"/><path class=\"fault-line\" d=\"M1.5 1.5l4 4m0-4l-4 "
         "4\"/>"
         "</pattern>"
         "<pattern id=\"tail\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">"
         "<rect class=\"tail-ground\" width=\"5\" height=\"5\"/><circle class=\"tail-dot\" cx=\"2.5\" cy=\"2.5\" "
         "r=\"1\"/>"
         "</pattern></defs></svg>\n";
}

Markup body(const Page& page) {
  Markup contents, sections;
  for (const Section& section : kSections) {
    const Markup content = section.make(page);
    if (content.empty()) continue;
    contents << "<li><a href=\"#" << section.id << "\">" << section.title << "</a></li>";
    sections << "<section aria-labelledby=\"" << section.id << "\"><h2 id=\"" << section.id << "\">" << section.title
             << "</h2>\n"
             << content << "</section>\n";
  }
  Markup out;
  out << "<body>\n<a class=\"skip\" href=\"#verdict\">To the verdict</a>\n"
      << patterns()
      << "<div class=\"page\">\n<header class=\"masthead\"><p class=\"name\">trailseal &middot; Verification of AWS "
         "CloudTrail logs</p><div class=\"tools screen\"></div></header>\n<main>\n"
      << html::banner(page) << "\n<nav class=\"contents\" aria-label=\"Contents\"><ul>" << contents << "</ul></nav>\n"
      << sections << "</main>\n<footer><p>Made by trailseal " << Markup().text(page.verdict.run.tool_version)
      << " from the JSON verdict with the SHA-256 " << Markup().code(page.json_sha256)
      << ". All times are UTC. What the codes mean: trailseal-findings(7); what was checked: trailseal-checks(7)."
         "</p></footer>\n</div>\n<script>"
      << html::kScript << "</script>\n</body>\n</html>\n";
  return out;
}

std::string write_html(const Verdict& verdict, const Style&) {
  const Canonical same = canonical(verdict);
  const Page page{same.verdict, same.verdict.findings.sorted(), same.json_sha256};
  return Markup(head(same.verdict) << body(page)).html();
}

}  // namespace

Format html_format() { return {"html", "one page for people: a picture, to read, print and hand over", write_html}; }

}  // namespace trailseal::report
