// The rate of events and the events that touched the evidence, on one axis of time.
#include <algorithm>
#include <array>

#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::Effect;
using verdict::TamperingEvent;

constexpr std::int64_t kMostBars = 300;
constexpr std::size_t kMostMarks = 500;
constexpr std::int64_t kBarsTop = 78, kBarsHeight = 112;  // pixels of the chart, which is 220 high

struct Bar {
  Interval when{};
  std::uint64_t events = 0, writes = 0, errors = 0;
};

struct Scale {
  Interval span{};
  Seconds unit{3600};

  std::int64_t at(Time time) const { return (time - span.begin).count(); }
  std::int64_t whole() const { return span.length().count(); }
};

std::optional<Scale> scale_of(const verdict::Forensics& forensics) {
  std::optional<Interval> span;
  const auto include = [&](Time begin, Time end) {
    if (!span) span = Interval{begin, end};
    span->begin = std::min(span->begin, begin);
    span->end = std::max(span->end, end);
  };
  for (const auto& rate : forensics.rates) include(rate.hour, rate.hour + std::chrono::hours{1});
  for (const auto& tampering : forensics.tampering) {
    const Time hour = std::chrono::floor<std::chrono::hours>(tampering.event.at);
    include(hour, hour + std::chrono::hours{1});
  }
  if (!span) return std::nullopt;
  Scale scale{*span, std::chrono::hours{1}};
  if (span->length() / scale.unit > kMostBars) scale.unit = std::chrono::days{1};
  while (span->length() / scale.unit > kMostBars) scale.unit *= 2;
  if (scale.unit >= std::chrono::days{1}) scale.span.begin = std::chrono::floor<std::chrono::days>(scale.span.begin);
  const auto units = (scale.span.length() + scale.unit - Seconds{1}) / scale.unit;
  scale.span.end = scale.span.begin + scale.unit * units;
  return scale;
}

std::vector<Bar> bars_of(const verdict::Forensics& forensics, const Scale& scale) {
  std::vector<Bar> bars(static_cast<std::size_t>(scale.span.length() / scale.unit));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const Time begin = scale.span.begin + scale.unit * static_cast<std::int64_t>(i);
    bars[i].when = {begin, begin + scale.unit};
  }
  for (const auto& rate : forensics.rates) {
    Bar& bar = bars[static_cast<std::size_t>((rate.hour - scale.span.begin) / scale.unit)];
    bar.events += rate.events;
    bar.writes += rate.writes;
    bar.errors += rate.errors;
  }
  return bars;
}

Markup bar_shape(Literal kind, const Scale& scale, const Bar& bar, std::uint64_t number, std::uint64_t most) {
  if (number == 0) return {};
  // At least a pixel: a single error must not vanish beside a million events.
  const auto height = std::max<std::int64_t>(
      static_cast<std::int64_t>(static_cast<double>(number) / static_cast<double>(most) * kBarsHeight), 1);
  Markup out;
  out << "<rect class=\"" << kind << "\" x=\"";
  out.percent(scale.at(bar.when.begin), scale.whole()) << "\" width=\"";
  out.percent(scale.unit.count(), scale.whole()) << "\" y=\"";
  return out.plain(kBarsTop + kBarsHeight - height) << "\" height=\"" << Markup().plain(height) << "\"/>";
}

Markup bar_group(const Scale& scale, const Bar& bar, std::uint64_t most) {
  if (bar.events == 0) return {};
  Markup out;
  out << "<g class=\"tipped\"><title>" << Markup().interval(bar.when) << "\n"
      << Markup().text(counted(bar.events, "event", "events")) << ", " << Markup().number(bar.writes) << " writing, "
      << Markup().number(bar.errors) << " refused</title>";
  return out << bar_shape("events", scale, bar, bar.events, most) << bar_shape("writes", scale, bar, bar.writes, most)
             << bar_shape("errors", scale, bar, bar.errors, most) << "</g>";
}

bool only_context(const TamperingEvent& tampering) {
  return std::ranges::all_of(tampering.effects, [](Effect effect) { return effect == Effect::context; });
}

// A diamond on one of three lanes: done, refused, context. The shape differs, not the colour alone.
Markup mark(const Scale& scale, const TamperingEvent& tampering, std::size_t row) {
  const bool denied = !tampering.event.error.empty(), context = only_context(tampering);
  Markup out;
  out << "<a href=\"#t-" << Markup().plain(static_cast<std::int64_t>(row))
      << "\"><svg class=\"tipped\" overflow=\"visible\" x=\"";
  out.percent(scale.at(tampering.event.at), scale.whole()) << "\" y=\"";
  out << (denied    ? Literal("34")
          : context ? Literal("54")
                    : Literal("14"))
      << "\"><title>" << Markup().text(readable(tampering.event.at)) << " UTC\n"
      << Markup().text(tampering.event.name) << (denied ? Literal(", refused") : Literal("")) << "\n"
      << Markup().text(tampering.event.user.empty() ? tampering.event.actor : tampering.event.user) << "</title>";
  if (denied)
    out << "<circle class=\"denied\" r=\"5\"/>";
  else if (context)
    out << "<rect class=\"context\" x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/>";
  else
    out << "<path class=\"done\" d=\"M0-7L7 0 0 7-7 0z\"/>";
  return out << "</svg></a>";
}

Markup axis(const Scale& scale) {
  constexpr std::int64_t kTicks = 8;
  const auto cells = scale.whole() / scale.unit.count();
  const auto step = std::max<std::int64_t>((cells + kTicks - 1) / kTicks, 1);
  Markup out;
  for (std::int64_t at = 0; at < cells; at += step) {
    if (at + step * 2 / 3 > cells && at != 0) break;  // no room for its words
    const auto place = Markup().percent(at, cells);
    out << "<line class=\"grid\" x1=\"" << place << "\" x2=\"" << place << "\" y1=\"6\" y2=\"196\"/>";
    const std::string words = readable(scale.span.begin + scale.unit * at);
    out << "<text x=\"" << place << "\" dx=\"3\" y=\"208\">"
        << Markup().text(scale.unit < std::chrono::days{1} ? words.substr(5, 11) : words.substr(0, 10)) << "</text>";
  }
  return out;
}

Markup chart(const verdict::Forensics& forensics, const Scale& scale) {
  const auto bars = bars_of(forensics, scale);
  const std::uint64_t most = std::max<std::uint64_t>(std::ranges::max_element(bars, {}, &Bar::events)->events, 1);
  Markup out;
  out << "<svg class=\"chart\" role=\"group\" aria-label=\"Events over time, at most " << Markup().number(most)
      << " in one column, and the events that touched the evidence\">" << axis(scale);
  for (const Bar& bar : bars) out << bar_group(scale, bar, most);
  for (std::size_t i = 0; i < std::min(forensics.tampering.size(), kMostMarks); ++i)
    out << mark(scale, forensics.tampering[i], i);
  return out << "</svg>";
}

Markup words_of(const std::vector<std::string>& words) {
  Markup out;
  for (const std::string& word : words) {
    if (!out.empty()) out << ", ";
    out.text(word);
  }
  return out;
}

Markup actor(const verdict::EventRef& event) {
  Markup out;
  const std::string& who = event.actor.empty() ? event.user : event.actor;
  if (!who.empty()) out << "<br>by " << Markup().code(who);
  if (!event.source_ip.empty()) out << "<br>from " << Markup().code(event.source_ip);
  if (event.mfa) out << (*event.mfa ? Literal(", with MFA") : Literal(", without MFA"));
  if (!event.error.empty()) out << "<br>" << Markup().code(event.error);
  return out;
}

Markup row(const TamperingEvent& tampering, std::size_t index) {
  std::vector<std::string> effects;
  for (const Effect effect : tampering.effects) effects.emplace_back(to_string(effect));
  const auto& event = tampering.event;
  Markup out;
  out << "<tr id=\"t-" << Markup().plain(static_cast<std::int64_t>(index)) << "\"><td class=\"nowrap\" data-v=\""
      << Markup().plain(event.at.time_since_epoch().count()) << "\">" << Markup().time(event.at) << "</td><td><strong>"
      << Markup().text(event.name) << "</strong> " << (event.error.empty() ? tag("done") : tag("refused"));
  if (event.standing != verdict::Standing::verified) out << " " << tag(to_string(event.standing));
  out << actor(event) << "</td><td>" << words_of(effects) << "</td><td>" << words_of(tampering.attack);
  if (!tampering.attack_before.empty())
    out << "<br><span class=\"soft\">formerly " << words_of(tampering.attack_before) << "</span>";
  out << "</td><td>";
  if (!tampering.concerns.empty()) out << Markup().code(tampering.concerns) << "<br>";
  if (!tampering.detail.empty()) out << Markup().code(tampering.detail);
  return out << "</td><td><details><summary>where it is recorded</summary>" << recorded(event)
             << "</details></td></tr>";
}

Markup key(Literal kind, Literal shape, Literal words) {
  return Markup() << "<li><svg viewBox=\"-13 -6 26 12\" class=\"chart " << kind << "\" aria-hidden=\"true\">" << shape
                  << "</svg>" << words << "</li>";
}

}  // namespace

Markup activity(const Page& page) {
  const auto& forensics = page.verdict.forensics;
  if (!forensics.timeline && forensics.tampering.empty()) return {};
  Markup out;
  out << "<p>" << Markup().number(forensics.events) << " events in " << Markup().number(forensics.logs)
      << " proven log files were searched for those that bear on this bucket, its trails and their keys, whether they "
         "succeeded or were refused.";
  if (forensics.unreadable != 0)
    out << " " << Markup().text(counted(forensics.unreadable, "log file", "log files"))
        << " could not be read as events.";
  if (forensics.truncated) out << " There were more than can be kept; the first are shown.";
  out << "</p>";
  const auto scale = scale_of(forensics);
  if (scale) {
    out << chart(forensics, *scale) << "<ul class=\"legend\">"
        << key("k", "<path class=\"done\" d=\"M0-6L6 0 0 6-6 0z\"/>", "touched the evidence")
        << key("k", "<circle class=\"denied\" r=\"5\"/>", "tried to, and was refused")
        << key("k", "<rect class=\"context\" x=\"-4\" y=\"-4\" width=\"8\" height=\"8\"/>", "context")
        << key("k", "<rect class=\"events\" x=\"-13\" y=\"-6\" width=\"26\" height=\"12\"/>", "events")
        << key("k", "<rect class=\"writes\" x=\"-13\" y=\"-6\" width=\"26\" height=\"12\"/>", "of these, writing")
        << key("k", "<rect class=\"errors\" x=\"-13\" y=\"-6\" width=\"26\" height=\"12\"/>", "of these, refused")
        << "</ul>";
  }
  if (forensics.tampering.empty()) return out << "<p>None was found.</p>";
  out << "<div class=\"scroll\"><table class=\"sortable touched\"><caption>Events that touched the evidence, UTC; "
         "ATT&amp;CK "
         "ids of "
         "release "
      << Markup().text(verdict::kAttackVersion)
      << "</caption><thead><tr><th scope=\"col\">Time</th><th scope=\"col\">Event</th><th scope=\"col\">Effect</th>"
         "<th scope=\"col\">ATT&amp;CK</th><th scope=\"col\">Concerns</th><th "
         "scope=\"col\">Record</th></tr></thead><tbody>";
  const std::size_t shown = std::min(forensics.tampering.size(), kMostMarks);
  for (std::size_t i = 0; i < shown; ++i) out << row(forensics.tampering[i], i);
  out << "</tbody></table></div>";
  if (shown < forensics.tampering.size())
    out << "<p class=\"soft\">" << Markup().number(forensics.tampering.size() - shown)
        << " more are in the JSON report.</p>";
  return out;
}

}  // namespace trailseal::report::html
