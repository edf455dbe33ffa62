#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/escape.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::TrailSettings;
using verdict::TrailStatus;

// "us-east-1, eu-west-1", or "17 regions" where the list would be long.
std::string list_of(const std::vector<TrailStatus>& all, bool logging) {
  constexpr std::size_t kNamed = 6;
  std::string list;
  std::size_t count = 0;
  for (const TrailStatus& status : all) {
    if (status.logging != logging) continue;
    ++count;
    list += (list.empty() ? "" : ", ") + base::printable(status.region);
  }
  return count <= kNamed ? list : thousands(count) + " regions";
}

std::string logging_words(const TrailSettings& trail) {
  if (trail.regions.empty()) return "whether it logs is not known";
  const std::string on = list_of(trail.regions, true), off = list_of(trail.regions, false);
  return (on.empty() ? "" : "logging in " + on) + (on.empty() || off.empty() ? "" : ", ") +
         (off.empty() ? "" : "NOT logging in " + off);
}

// The latest digest deliveries of all regions, from the oldest to the newest.
std::string delivery_words(const TrailSettings& trail) {
  std::optional<Time> first, last;
  for (const TrailStatus& status : trail.regions) {
    if (!status.latest_digest_delivery) continue;
    first = std::min(first.value_or(*status.latest_digest_delivery), *status.latest_digest_delivery);
    last = std::max(last.value_or(*status.latest_digest_delivery), *status.latest_digest_delivery);
  }
  if (!last) return "";
  if (*first == *last) return "; newest digest delivered " + readable(*last) + " UTC";
  return "; newest digests delivered " + readable(*first) + " to " + readable(*last) + " UTC";
}

}  // namespace

std::string trail_settings(const verdict::Verdict& verdict, const Style& style) {
  if (verdict.trails.empty() || !verdict.run.settings_asked) return {};
  std::string out = "\n" + paint("TRAIL SETTINGS", Tone::title, style.color) +
                    fmt::format("  as CloudTrail said at {} UTC\n", readable(*verdict.run.settings_asked));
  for (const TrailSettings& trail : verdict.trails) {
    out += fmt::format("  {}{}\n", base::printable(trail.arn), trail.organization ? " (of the organization)" : "");
    out += wrap("    ",
                fmt::format("validation {}; {}{}", trail.validation ? "on" : "OFF", logging_words(trail),
                            delivery_words(trail)),
                style.width, 4);
  }
  return out;
}

}  // namespace trailseal::report
