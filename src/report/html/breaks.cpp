// Around each hole of a chain: the last digest that is proven, what is missing, the next one, and why.
#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::ChainCoverage;
using verdict::Code;
using verdict::Finding;
using verdict::Gap;
using verdict::Severity;

constexpr std::size_t kMostBreaks = 60;
constexpr std::size_t kMostAlike = 100;
constexpr std::int64_t kMostLost = 12;  // circles; the words say how many hours there are

struct Break {
  const ChainCoverage* chain;
  Code code;
  Interval when;
  const verdict::DigestCite* last_good;
  const verdict::DigestCite* next;
  const Finding* finding;  // the one of this code and time, if there is one
};

const Finding* finding_of(const Page& page, const std::string& chain, Code code, const Interval& when) {
  const auto [begin, end] = std::ranges::equal_range(page.findings, chain, {}, &Finding::chain);
  const auto found = std::find_if(begin, end, [&](const Finding& finding) {
    return finding.code == code && finding.when && finding.when->begin < when.end && when.begin < finding.when->end;
  });
  return found == end ? nullptr : &*found;
}

const verdict::DigestCite* pointer(const std::optional<verdict::DigestCite>& digest) {
  return digest ? &*digest : nullptr;
}

// Holes, and links that are wrong although nothing is missing between them.
std::vector<Break> breaks_of(const Page& page) {
  std::vector<Break> all;
  for (const ChainCoverage& chain : page.verdict.chains)
    for (const Gap& gap : chain.gaps)
      all.push_back({&chain, gap.cause, gap.interval, pointer(gap.last_good), pointer(gap.next),
                     finding_of(page, chain.chain, gap.cause, gap.interval)});
  for (const Finding& finding : page.findings) {
    if (finding.code != Code::chain_link_mismatch && finding.code != Code::chain_fork) continue;
    const auto chain = std::ranges::lower_bound(page.verdict.chains, finding.chain, {}, &ChainCoverage::chain);
    if (chain == page.verdict.chains.end() || chain->chain != finding.chain || !finding.when) continue;
    all.push_back({&*chain, finding.code, *finding.when, nullptr, nullptr, &finding});
  }
  // The gravest first, if not all have room; those of a chain stay in order.
  const bool strict = page.verdict.run.strict;
  std::ranges::stable_sort(
      all, [&](const Break& a, const Break& b) { return severity_of(a.code, strict) > severity_of(b.code, strict); });
  return all;
}

bool is_link(Code code) { return code == Code::chain_link_mismatch || code == Code::chain_fork; }

Markup node(Literal kind, std::int64_t place, Literal radius) {
  Markup out;
  out << "<circle class=\"" << kind << "\" cx=\"";
  return out.percent(place, 1000) << "\" cy=\"24\" r=\"" << radius << "\"/>";
}

Markup line(Literal kind, std::int64_t from, std::int64_t to) {
  Markup out;
  out << "<line class=\"" << kind << "\" y1=\"24\" y2=\"24\" x1=\"";
  out.percent(from, 1000) << "\" x2=\"";
  return out.percent(to, 1000) << "\"/>";
}

Markup label(std::int64_t place, const Markup& words) {
  Markup out;
  out << "<text text-anchor=\"middle\" y=\"52\" x=\"";
  return out.percent(place, 1000) << "\">" << words << "</text>";
}

// Places are thousandths of the width: 60-170 before, 260-740 the hole, 830-940 behind.
Markup diagram(const Break& at) {
  Markup out;
  out << "<svg class=\"chain\" role=\"img\" aria-label=\"" << Markup().text(verdict::info(at.code).text) << ", "
      << Markup().interval(at.when) << "\">";
  const bool link = is_link(at.code);
  const bool before = at.last_good != nullptr || link, behind = at.next != nullptr || link;
  if (before) out << line("link", 0, 170);
  if (behind) out << line("link", 830, 1000);
  out << line("gap", before ? 170 : 260, behind ? 830 : 740);
  if (before) out << node("node", 60, "8") << node("node", 170, "8");
  if (behind) out << node("node", 830, "8") << node("node", 940, "8");
  const std::int64_t hours = (at.when.length() + std::chrono::minutes{30}) / std::chrono::hours{1};
  const std::int64_t lost = link ? 0 : std::clamp<std::int64_t>(hours, 1, kMostLost);
  for (std::int64_t i = 0; i < lost; ++i) out << node("lost", 260 + 480 * (2 * i + 1) / (2 * lost), "7");
  if (before && !link) out << label(170, Markup().text(readable(at.when.begin)));
  if (behind && !link) out << label(830, Markup().text(readable(at.when.end)));
  out << label(500, link ? Markup("the link between them is wrong")
                         : Markup().text(to_string(at.when.length())) << " not proven");
  return out << "</svg>";
}

Markup digest(Literal title, const verdict::DigestCite* cite, Literal otherwise) {
  Markup out;
  out << "<div><h4>" << title << "</h4>";
  if (cite == nullptr) return out << "<p class=\"soft\">" << otherwise << "</p></div>";
  out << "<p class=\"when\">" << Markup().interval(cite->hour) << "</p>" << Markup().code(cite->uri)
      << "<p class=\"soft\">SHA-256 " << Markup().code(cite->sha256) << "</p>";
  return out << "</div>";
}

Markup middle(const Break& at) {
  Markup out;
  out << "<div><h4>What is missing</h4><p class=\"when\">" << Markup().interval(at.when) << "</p>";
  if (at.finding == nullptr) return out << "</div>";
  if (!at.finding->expected.empty()) out << "<p>expected " << Markup().code(at.finding->expected) << "</p>";
  if (!at.finding->found.empty()) out << "<p>found " << Markup().code(at.finding->found) << "</p>";
  if (!at.finding->detail.empty()) out << "<p>" << Markup().text(at.finding->detail) << "</p>";
  return out << "</div>";
}

Markup list_of(Literal title, const std::vector<std::string>& items) {
  if (items.empty()) return {};
  Markup out;
  out << "<p class=\"soft\">" << title << "</p><ul>";
  for (const std::string& item : items) out << "<li>" << Markup().text(item) << "</li>";
  return out << "</ul>";
}

Markup why(const Page& page, const Break& at) {
  const auto& forensics = page.verdict.forensics;
  Markup out;
  for (const auto& explanation : forensics.explanations) {
    if (explanation.chain != at.chain->chain || explanation.code != at.code) continue;
    if (explanation.when && !(explanation.when->begin < at.when.end && at.when.begin < explanation.when->end)) continue;
    out << "<div class=\"why\"><p>" << Markup().text(capitalized(explanation.sentence)) << ". "
        << tag(to_string(explanation.confidence)) << "</p>";
    if (!explanation.events.empty()) {
      out << "<ul>";
      for (const auto& event : explanation.events) out << "<li>" << cited(event) << "</li>";
      out << "</ul>";
    }
    out << list_of("What else says so", explanation.facts) << list_of("Considered", explanation.considered) << "</div>";
  }
  return out;
}

// Chains that break off for the same reason at about the same time, as when a trail is stopped, are shown once.
std::vector<std::vector<Break>> heaps_of(const std::vector<Break>& all) {
  std::vector<std::vector<Break>> heaps;
  std::map<std::pair<Code, Time>, std::size_t> places;
  for (const Break& at : all) {
    const auto hour = std::chrono::floor<std::chrono::hours>(at.when.begin);
    const auto [place, is_new] = places.emplace(std::pair(at.code, hour), heaps.size());
    if (is_new) heaps.emplace_back();
    heaps[place->second].push_back(at);
  }
  return heaps;
}

Markup cell(const verdict::DigestCite* cite) {
  if (cite == nullptr) return Markup("none");
  Markup out;
  return out.code(cite->uri) << "<br><span class=\"soft\">SHA-256 " << Markup().code(cite->sha256) << "</span>";
}

Markup others(const std::vector<Break>& heap) {
  if (heap.size() < 2) return {};
  const std::size_t shown = std::min(heap.size(), kMostAlike + 1);
  Markup out;
  out << "<details><summary>The same in that hour: "
      << Markup().text(counted(heap.size() - 1, "more chain", "more chains"))
      << "</summary><div class=\"scroll\"><table class=\"sortable\"><caption>Chains that break off likewise</caption>"
         "<thead><tr><th scope=\"col\">Chain</th><th scope=\"col\">Hours (UTC)</th><th scope=\"col\">Last good "
         "digest</th>"
         "<th scope=\"col\">Next digest</th></tr></thead><tbody>";
  for (std::size_t i = 1; i < shown; ++i)
    out << "<tr><th scope=\"row\">" << Markup().code(heap[i].chain->chain) << "</th><td>"
        << Markup().interval(heap[i].when) << "</td><td>" << cell(heap[i].last_good) << "</td><td>"
        << cell(heap[i].next) << "</td></tr>";
  out << "</tbody></table></div>";
  if (shown < heap.size())
    out << "<p class=\"soft\">" << Markup().number(heap.size() - shown) << " more are in the JSON report.</p>";
  return out << "</details>";
}

}  // namespace

Markup breaks(const Page& page) {
  const auto heaps = heaps_of(breaks_of(page));
  if (heaps.empty()) return {};
  Markup out;
  std::size_t hidden = 0;
  for (std::size_t i = 0; i < heaps.size(); ++i) {
    if (i >= kMostBreaks) {
      hidden += heaps[i].size();
      continue;
    }
    const Break& at = heaps[i].front();
    const Severity severity = severity_of(at.code, page.verdict.run.strict);
    out << "<section class=\"break " << (severity == Severity::violation ? Literal("violated") : Literal("open"))
        << "\"><h3>" << Markup().text(capitalized(verdict::info(at.code).text)) << " " << tag(to_string(severity))
        << "</h3><p class=\"soft\">chain " << Markup().code(at.chain->chain) << " &middot; <a href=\"#f-"
        << Markup().text(anchor(at.code)) << "\">" << Markup().text(verdict::info(at.code).slug) << "</a></p>"
        << diagram(at);
    if (is_link(at.code))
      out << middle(at);
    else
      out << "<div class=\"ends\">"
          << digest("Last good digest", at.last_good, "No proven digest of this chain ends before it.") << middle(at)
          << digest("Next digest", at.next, "No proven digest of this chain begins behind it.") << "</div>";
    out << why(page, at) << others(heaps[i]) << "</section>";
  }
  if (hidden != 0)
    out << "<p class=\"soft\">" << Markup().number(hidden)
        << " more are in the JSON report, in the gaps of each chain.</p>";
  return out;
}

}  // namespace trailseal::report::html
