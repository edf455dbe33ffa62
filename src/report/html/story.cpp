// What happened, in order of time: what contradicts the evidence, why it has holes, who touched it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::Finding;
using verdict::Severity;

constexpr std::size_t kMostEntries = 40;  // a story, not a list: the lists are below
constexpr std::size_t kMostTampering = 15;
constexpr std::size_t kNamedChains = 3;

struct Entry {
  std::optional<Time> at;  // nullopt: at the end
  int order;               // of those at the same time
  Literal kind;            // a class of the style
  Markup content;
};

// The findings of one code: how many, since when, in which chains.
struct Group {
  std::uint64_t number = 0, objects = 0;
  std::optional<Interval> when;
  std::set<std::string> chains;
  const Finding* first = nullptr;
};

std::map<verdict::Code, Group> groups_of(const Page& page) {
  std::map<verdict::Code, Group> groups;
  const auto numbers = page.verdict.findings.numbers();
  const auto totals = page.verdict.findings.totals();
  for (const Finding& finding : page.findings) {
    Group& group = groups[finding.code];
    if (group.first == nullptr) group.first = &finding;
    group.number = numbers.at(finding.code);
    group.objects = totals.at(finding.code);
    if (!finding.chain.empty()) group.chains.insert(finding.chain);
    if (!finding.when) continue;
    if (!group.when) group.when = finding.when;
    group.when->begin = std::min(group.when->begin, finding.when->begin);
    group.when->end = std::max(group.when->end, finding.when->end);
  }
  return groups;
}

Markup where(const Group& group) {
  Markup out;
  if (group.chains.empty()) return out;
  out << " in ";
  if (group.chains.size() > kNamedChains) return out.text(counted(group.chains.size(), "chain", "chains"));
  bool first = true;
  for (const std::string& chain : group.chains) {
    if (!first) out << ", ";
    out.code(chain);
    first = false;
  }
  return out;
}

Entry entry_of(verdict::Code code, const Group& group, Severity severity) {
  Markup content;
  content << "<p>";
  if (group.when) content << "<span class=\"when\">" << Markup().interval(*group.when) << "</span><br>";
  content << "<a href=\"#f-" << Markup().text(anchor(code)) << "\">"
          << Markup().text(capitalized(verdict::info(code).text)) << "</a>" << where(group) << ". "
          << tag(to_string(severity));
  if (group.objects != 1) content << " <span class=\"soft\">" << Markup().number(group.objects) << " in all</span>";
  content << "</p>";
  if (group.number == 1 && !group.first->subject.empty() && group.first->subject != group.first->chain)
    content << "<p class=\"soft\">" << Markup().code(group.first->subject) << "</p>";
  return {group.when ? std::optional(group.when->begin) : std::nullopt, 1,
          severity == Severity::violation ? Literal("violation") : Literal("open"), std::move(content)};
}

Entry entry_of(const verdict::Explanation& explanation) {
  Markup content;
  content << "<p>";
  if (explanation.when) content << "<span class=\"when\">" << Markup().interval(*explanation.when) << "</span><br>";
  content.text(explanation.sentence) << ". " << tag(to_string(explanation.confidence));
  content << "</p><p class=\"soft\">This concerns <a href=\"#f-" << Markup().text(anchor(explanation.code)) << "\">"
          << Markup().text(verdict::info(explanation.code).slug) << "</a>";
  if (!explanation.chain.empty()) content << " of " << Markup().code(explanation.chain);
  content << ". What is explained is still not proven.</p>";
  return {explanation.when ? std::optional(explanation.when->begin) : std::nullopt, 2, "open", std::move(content)};
}

Entry entry_of(const verdict::TamperingEvent& tampering) {
  Markup content;
  content << "<p>" << cited(tampering.event) << "</p>";
  if (!tampering.detail.empty()) content << "<p class=\"soft\">" << Markup().code(tampering.detail) << "</p>";
  return {tampering.event.at, 0, "event", std::move(content)};
}

bool matters(const verdict::TamperingEvent& tampering) {
  return tampering.event.error.empty() &&
         std::ranges::any_of(tampering.effects, [](auto effect) { return effect != verdict::Effect::context; });
}

}  // namespace

Markup story(const Page& page) {
  std::vector<Entry> entries;
  std::set<verdict::Code> told;
  const auto& forensics = page.verdict.forensics;
  for (const auto& explanation : forensics.explanations) {
    if (explanation.cause == verdict::Cause::unexplained) continue;
    entries.push_back(entry_of(explanation));
    told.insert(explanation.code);
  }
  std::size_t cited_events = 0;
  for (const auto& tampering : forensics.tampering)
    if (matters(tampering) && cited_events++ < kMostTampering) entries.push_back(entry_of(tampering));
  for (const auto& [code, group] : groups_of(page)) {
    const Severity severity = severity_of(code, page.verdict.run.strict);
    if (severity == Severity::violation || (severity == Severity::open && !told.contains(code)))
      entries.push_back(entry_of(code, group, severity));
  }
  if (entries.empty()) return {};
  std::ranges::stable_sort(entries, [](const Entry& a, const Entry& b) {
    const auto key = [](const Entry& entry) { return std::pair(entry.at.value_or(Time::max()), entry.order); };
    return key(a) < key(b);
  });
  Markup out;
  out << "<p>In order of time, all times UTC. Times of objects are the hours that CloudTrail's digests seal; the "
         "moment "
         "at which somebody changed an object is known only where an event says so.</p><ol class=\"story\">";
  for (std::size_t i = 0; i < std::min(entries.size(), kMostEntries); ++i)
    out << "<li class=\"" << entries[i].kind << "\">" << entries[i].content << "</li>";
  out << "</ol>";
  if (entries.size() > kMostEntries)
    out << "<p class=\"soft\">" << Markup().number(entries.size() - kMostEntries)
        << " more are in the sections below.</p>";
  return out;
}

}  // namespace trailseal::report::html
