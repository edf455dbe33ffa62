// What stands first: the outcome in words that need no explanation, and the figures behind it.
#include <algorithm>

#include "report/checks.hpp"
#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::Outcome;
using verdict::Severity;
using verdict::Verdict;

// A tick, a question mark, a cross: the shape says it without the colour.
Markup seal(Outcome outcome) {
  Markup out;
  out << "<svg class=\"seal\" viewBox=\"0 0 76 76\" aria-hidden=\"true\">";
  switch (outcome) {
    case Outcome::verified:
      out << "<circle cx=\"38\" cy=\"38\" r=\"35\" class=\"proven\"/><path d=\"M21 39l12 13 23-27\" fill=\"none\" "
             "stroke=\"#fff\" stroke-width=\"7\"/>";
      break;
    case Outcome::open:
      out << "<path d=\"M38 2l36 36-36 36L2 38z\" class=\"open-ground\"/><path d=\"M28 31c0-14 21-14 21 0 0 8-10 "
             "8-10 17\" fill=\"none\" stroke=\"#1b1f24\" stroke-width=\"6\"/><circle cx=\"39\" cy=\"58\" r=\"4\" "
             "fill=\"#1b1f24\"/>";
      break;
    case Outcome::violated:
      out << "<path d=\"M23 3h30l20 20v30L53 73H23L3 53V23z\" class=\"fault-ground\"/><path d=\"M25 25l26 26M51 "
             "25L25 51\" stroke=\"#fff\" stroke-width=\"8\"/>";
      break;
  }
  return out << "</svg>";
}

Literal headline(Outcome outcome) {
  switch (outcome) {
    case Outcome::verified: return "Verified: everything that was asked for is proven.";
    case Outcome::open: return "Open: nothing contradicts the evidence, but not all of it could be proven.";
    case Outcome::violated: return "Violated: the evidence contradicts itself or its signatures.";
  }
  return "";
}

Literal meaning(const Verdict& verdict) {
  if (!verdict.complete) return "The verification was interrupted. What it had not reached is not judged.";
  switch (verdict.outcome()) {
    case Outcome::verified:
      return "Every digest bears the signature of AWS CloudTrail, each follows the one before it without a hole, and "
             "every log file that they list is, byte for byte, what CloudTrail delivered.";
    case Outcome::open:
      return "What was proven is exactly what AWS CloudTrail delivered. For the rest, the evidence at hand neither "
             "proves nor disproves that it is whole; each such question is listed below with its hours.";
    case Outcome::violated:
      return "At least one record is not what AWS CloudTrail signed and delivered, or something that it signed is "
             "gone. What is marked as proven was checked on its own, and can still be relied upon.";
  }
  return "";
}

Markup figure(Literal name, const Markup& value) {
  return Markup() << "<div><dt>" << name << "</dt><dd>" << value << "</dd></div>";
}

Markup part_of(std::uint64_t part, std::uint64_t whole) {
  return Markup().number(part) << " <small>of " << Markup().number(whole) << "</small>";
}

Markup figures(const Verdict& verdict) {
  const auto& tally = verdict.tally;
  Seconds proven{0}, span{0};
  for (const auto& chain : verdict.chains) {
    proven += chain.proven_time();
    span += chain.span.length();
  }
  const auto share = std::min(proven, span).count() * 10'000 / std::max<std::int64_t>(span.count(), 1);
  const auto number = [&](Severity severity) {
    return Markup().number(verdict.findings.count(severity, verdict.run.strict));
  };
  Markup out;
  out << "<dl class=\"figures\">";
  out << figure("Digests proven", part_of(tally.digests_verified, tally.digests_found + tally.digests_missing));
  out << figure("Log files proven", part_of(tally.logs_verified, tally.logs_listed));
  out << figure("Hours proven", Markup().text(hundredths(share))
                                    << "% <small>of " << Markup().text(hours(span)) << "</small>");
  out << figure("Violations", number(Severity::violation)) << figure("Open questions", number(Severity::open));
  return out << figure("Warnings", number(Severity::warning)) << "</dl>";
}

}  // namespace

Markup banner(const Page& page) {
  const Verdict& verdict = page.verdict;
  const Outcome outcome = verdict.outcome();
  Markup out;
  out << "<section class=\"verdict ";
  out.text(to_string(outcome)) << "\" aria-labelledby=\"verdict\">" << seal(outcome) << "<div><h1 id=\"verdict\">";
  out << headline(outcome) << "</h1><p class=\"lead\">" << meaning(verdict) << "</p><p>";
  out.text(summary(verdict)) << ".</p><p class=\"soft\">Checked: ";
  bool first = true;
  for (const Check& check : checks_run(verdict)) {
    if (!first) out << ", ";
    out.text(check.words);
    first = false;
  }
  return out << ".</p></div></section>" << figures(verdict);
}

}  // namespace trailseal::report::html
