// What happened, in order of time: what contradicts the evidence, why it has holes, who touched it.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "report/html/parts.hpp"
#include "report/narrative.hpp"
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

void widen(std::optional<Interval>& span, const Interval& more) {
  if (!span) span = more;
  span->begin = std::min(span->begin, more.begin);
  span->end = std::max(span->end, more.end);
}

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
    if (finding.when) widen(group.when, *finding.when);
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

// One cause, told once however many chains it broke.
struct Cause {
  const verdict::Explanation* explanation = nullptr;
  Group group;
  verdict::Standing standing = verdict::Standing::verified;  // of the weakest event that says so
};

std::vector<Cause> causes_of(const verdict::Forensics& forensics) {
  std::map<std::tuple<verdict::Code, verdict::Cause, verdict::Confidence, std::string_view>, Cause> causes;
  for (const auto& each : forensics.explanations) {
    if (each.cause == verdict::Cause::unexplained) continue;
    Cause& cause = causes[{each.code, each.cause, each.confidence, each.sentence}];
    if (cause.explanation == nullptr) cause.explanation = &each;
    if (!each.chain.empty()) cause.group.chains.insert(each.chain);
    if (each.when) widen(cause.group.when, *each.when);
    for (const auto& event : each.events) cause.standing = std::max(cause.standing, event.standing);
  }
  std::vector<Cause> all;
  for (auto& [key, cause] : causes) all.push_back(std::move(cause));
  return all;
}

Entry entry_of(const Cause& cause) {
  const auto& [explanation, group, standing] = cause;
  Markup content;
  content << "<p>";
  if (group.when) content << "<span class=\"when\">" << Markup().interval(*group.when) << "</span><br>";
  content.text(capitalized(explanation->sentence)) << ". " << tag(to_string(explanation->confidence));
  if (standing != verdict::Standing::verified) content << " " << tag(to_string(standing));
  content << "</p><p class=\"soft\">";
  const bool of_hours = !verdict::info(explanation->code).slug.starts_with("log.");
  content << (of_hours ? Literal("So <a href=\"#f-") : Literal("It tells why <a href=\"#f-"))
          << Markup().text(anchor(explanation->code)) << "\">"
          << (of_hours ? Markup("nothing is proven for these hours") : Markup().text(info(explanation->code).text))
          << "</a>" << where(group) << "; knowing why does not change that.</p>";
  return {group.when ? std::optional(group.when->begin) : std::nullopt, 2, "open", std::move(content)};
}

Entry entry_of(const verdict::TamperingEvent& tampering, std::size_t row) {
  Markup content;
  content << "<p>" << who_did(tampering.event) << "</p><p class=\"soft\">";
  if (!tampering.concerns.empty()) content << "On " << Markup().code(tampering.concerns) << ". ";
  if (!tampering.detail.empty()) content << Markup().code(tampering.detail) << ". ";
  content << "<a href=\"#t-" << Markup().plain(static_cast<std::int64_t>(row)) << "\">Its record</a></p>";
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
  for (const Cause& cause : causes_of(forensics)) {
    entries.push_back(entry_of(cause));
    told.insert(cause.explanation->code);
  }
  std::size_t shown = 0;
  for (std::size_t i = 0; i < forensics.tampering.size() && shown < kMostTampering; ++i) {
    if (!matters(forensics.tampering[i]) || is_founding(forensics.tampering[i], page.verdict)) continue;
    entries.push_back(entry_of(forensics.tampering[i], i));
    ++shown;
  }
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
  if (const auto sentences = narrative(page.verdict); !sentences.empty()) {
    out << "<p class=\"lead\">";
    for (const std::string& each : sentences) out.text(each) << " ";
    out << "</p>";
  }
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
