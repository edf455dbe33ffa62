// The story: why something is not proven, and who touched the evidence.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "base/escape.hpp"
#include "report/narrative.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::Confidence;
using verdict::EventRef;
using verdict::Explanation;
using verdict::Forensics;
using verdict::TamperingEvent;

constexpr std::size_t kIndent = 14, kShown = 20, kShownChains = 4;

Tone tone_of(Confidence confidence) {
  return confidence == Confidence::certain       ? Tone::good
         : confidence == Confidence::unexplained ? Tone::bad
                                                 : Tone::doubt;
}

// Gaps of several chains that have one cause.
struct Story {
  const Explanation* first = nullptr;
  std::optional<Interval> when;
  std::vector<std::string> chains;
  std::size_t number = 0;
};

std::vector<Story> stories_of(const std::vector<Explanation>& all) {
  std::vector<Story> stories;
  std::map<std::tuple<verdict::Code, verdict::Cause, Confidence, std::string>, std::size_t> places;
  for (const Explanation& each : all) {
    const auto [place, is_new] =
        places.emplace(std::tuple{each.code, each.cause, each.confidence, each.sentence}, stories.size());
    if (is_new) stories.emplace_back();
    Story& story = stories[place->second];
    if (is_new) story.first = &each;
    ++story.number;
    if (std::ranges::find(story.chains, each.chain) == story.chains.end()) story.chains.push_back(each.chain);
    if (each.when)
      story.when = story.when ? Interval{std::min(story.when->begin, each.when->begin),
                                         std::max(story.when->end, each.when->end)}
                              : *each.when;
  }
  // What is known comes first, in order of time.
  std::ranges::stable_sort(stories, {}, [](const Story& story) {
    return std::pair{story.first->confidence == Confidence::unexplained, story.when ? story.when->begin : Time{}};
  });
  return stories;
}

std::string value_line(std::string_view name, std::string_view value, std::size_t width) {
  if (value.empty()) return "";
  return wrap(fmt::format("    {:<10}", name), value, width, kIndent);
}

std::string chain_names(const Story& story, const Style& style) {
  const std::size_t shown = style.verbose ? story.chains.size() : std::min(story.chains.size(), kShownChains);
  std::string out;
  for (std::size_t i = 0; i < shown; ++i) out += (i ? ", " : "") + base::printable(story.chains[i]);
  if (shown < story.chains.size()) out += fmt::format(" and {} more", story.chains.size() - shown);
  return out;
}

// The name of an object alone, unless all is to be told.
std::string place_of(const std::string& uri, const Style& style) {
  return base::printable(style.verbose ? uri : uri.substr(uri.rfind('/') + 1));
}

std::string source_of(const EventRef& event, const Style& style) {
  std::string out = fmt::format("{} in {}", base::printable(event.name), place_of(event.log, style));
  if (event.standing != verdict::Standing::verified) return out + fmt::format(" ({})", to_string(event.standing));
  return out + fmt::format(", record {}", event.record);
}

std::string block(const Story& story, const Style& style) {
  const Explanation& each = *story.first;
  std::string out = "  " + paint(verdict::info(each.cause).slug, tone_of(each.confidence), style.color);
  if (each.confidence != Confidence::unexplained) out += fmt::format("  {}", to_string(each.confidence));
  out += "\n" + wrap("    ", base::printable(each.sentence), style.width, 4);
  if (story.when) out += value_line("when", readable(*story.when), style.width);
  out += value_line("finding", verdict::info(each.code).slug, style.width);
  out += value_line(story.chains.size() == 1 ? "chain" : "chains", chain_names(story, style), style.width);
  if (story.number == 1) out += value_line("at", place_of(each.subject, style), style.width);
  for (const EventRef& event : each.events) out += value_line("event", source_of(event, style), style.width);
  for (const std::string& fact : each.facts) out += value_line("fact", base::printable(fact), style.width);
  for (const std::string& other : each.considered) out += value_line("weighed", base::printable(other), style.width);
  return out;
}

std::string causes(const Forensics& forensics, const Style& style) {
  if (forensics.explanations.empty()) return "";
  std::string out = "\n" + paint("WHY IT IS NOT PROVEN", Tone::title, style.color) +
                    "  as far as events tell; what is explained stays unproven\n";
  const auto stories = stories_of(forensics.explanations);
  const std::size_t shown = style.verbose ? stories.size() : std::min(stories.size(), kShown);
  for (std::size_t i = 0; i < shown; ++i) out += block(stories[i], style);
  if (shown < stories.size()) out += fmt::format("  and {} more (--verbose)\n", stories.size() - shown);
  return out;
}

std::string_view short_source(const std::string& source) {
  return std::string_view(source).substr(0, source.find('.'));
}

std::string row(const TamperingEvent& each, const Style& style) {
  const EventRef& event = each.event;
  std::string effects;
  for (const auto effect : each.effects) effects += (effects.empty() ? "" : ", ") + std::string(to_string(effect));
  std::string ids;
  for (const std::string& id : each.attack) ids += (ids.empty() ? "" : " ") + base::printable(id);
  const bool failed = !event.error.empty();
  const Tone tone = failed || each.effects == std::vector{verdict::Effect::context} ? Tone::plain : Tone::bad;
  const std::string name = base::printable(event.name);
  const std::string lead = fmt::format("  {}  ", readable(event.at));
  const std::string text =
      fmt::format("{} ({}), {}{}{}", name, base::printable(short_source(event.source)), effects,
                  ids.empty() ? "" : ", ATT&CK " + ids, failed ? ", FAILED: " + base::printable(event.error) : "");
  // Wrapped before it is painted, so that colour does not move a line's end.
  std::string out = wrap(lead, text, style.width, lead.size());
  if (out.compare(lead.size(), name.size(), name) == 0)
    out = lead + paint(name, tone, style.color) + out.substr(lead.size() + name.size());
  std::string more = event.actor.empty() ? "by somebody whom the record does not name" : "by " + event.actor;
  if (!event.source_ip.empty()) more += " from " + event.source_ip;
  if (event.mfa) more += *event.mfa ? ", with MFA" : ", without MFA";
  if (!each.concerns.empty()) more += "; on " + each.concerns;
  if (!each.detail.empty()) more += "; " + each.detail;
  out += wrap("    ", base::printable(more), style.width, 4);
  if (style.verbose) out += wrap("    in ", base::printable(event.log), style.width, 7);
  if (event.standing != verdict::Standing::verified)
    out += fmt::format("    {}: not signed\n", to_string(event.standing));
  return out;
}

std::string tampering(const Forensics& forensics, const Style& style) {
  if (!forensics.timeline) return "";
  std::string out = "\n" + paint("WHO TOUCHED THE EVIDENCE", Tone::title, style.color) + "  UTC\n";
  out += wrap("  ",
              fmt::format("{}, found among {} in {}", counted(forensics.tampering.size(), "such event", "such events"),
                          counted(forensics.events, "event", "events"),
                          counted(forensics.logs, "verified log file", "verified log files")),
              style.width, 2);
  const std::size_t all = forensics.tampering.size();
  const std::size_t shown = style.verbose ? all : std::min(all, 2 * kShown);
  for (std::size_t i = 0; i < shown; ++i) out += row(forensics.tampering[i], style);
  if (shown < all) out += fmt::format("  and {} more (--verbose)\n", thousands(all - shown));
  return out;
}

std::string what_happened(const verdict::Verdict& verdict, const Style& style) {
  std::string text;
  for (const std::string& each : narrative(verdict)) text += (text.empty() ? "" : " ") + base::printable(each);
  if (text.empty()) return "";
  return "\n" + paint("WHAT HAPPENED", Tone::title, style.color) + "\n" + wrap("  ", text, style.width, 2);
}

}  // namespace

std::string story(const verdict::Verdict& verdict, const Style& style) {
  const Forensics& forensics = verdict.forensics;
  std::string out = what_happened(verdict, style) + causes(forensics, style) + tampering(forensics, style);
  if (forensics.unreadable != 0)
    out += wrap("  ",
                fmt::format("{} not be read as events, though what CloudTrail signed",
                            counted(forensics.unreadable, "verified log file could", "verified log files could")),
                style.width, 2);
  if (forensics.truncated && !out.empty()) out += "  Some events were left out: there are too many.\n";
  return out;
}

}  // namespace trailseal::report
