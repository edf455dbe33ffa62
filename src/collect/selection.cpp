#include "collect/selection.hpp"

#include <algorithm>

#include "trailseal/trail.hpp"

namespace trailseal::collect {
namespace {

using std::chrono::days;

std::string_view take_component(std::string_view& rest) {
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return {};
  const auto part = rest.substr(0, slash);
  rest.remove_prefix(slash + 1);
  return part;
}

bool is_kind(std::string_view name) {
  return name == "CloudTrail-Digest" ||
         std::any_of(std::begin(trail::kLogKinds), std::end(trail::kLogKinds),
                     [&](trail::LogKind kind) { return trail::folder_name(kind) == name; });
}

std::optional<int> number(std::string_view text, std::size_t digits) {
  if (text.size() != digits) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<std::chrono::sys_days> take_day(std::string_view rest) {
  const auto year = number(take_component(rest), 4), month = number(take_component(rest), 2),
             day = number(take_component(rest), 2);
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt;
}

}  // namespace

std::optional<Place> place_of(std::string_view key) {
  constexpr std::string_view kLevel = "AWSLogs/";
  for (std::size_t at = 0; (at = key.find(kLevel, at)) != std::string_view::npos; ++at) {
    if (at != 0 && key[at - 1] != '/') continue;
    auto rest = key.substr(at + kLevel.size());
    Place place;
    place.account = take_component(rest);
    if (trail::is_org(place.account)) place.account = take_component(rest);
    place.kind = take_component(rest);
    if (!trail::is_account(place.account) || !is_kind(place.kind)) continue;
    const auto region = take_component(rest);
    if (!trail::is_region(region)) return place;
    place.region = region;
    place.day = take_day(rest);
    return place;
  }
  return std::nullopt;
}

bool selects_account(const Selection& selection, std::string_view account) {
  return selection.accounts.empty() ||
         std::find(selection.accounts.begin(), selection.accounts.end(), account) != selection.accounts.end();
}

// A folder that is no region's holds nothing of CloudTrail's, so that it belongs to all of them.
bool selects_region(const Selection& selection, std::string_view region) {
  return selection.regions.empty() || region.empty() ||
         std::find(selection.regions.begin(), selection.regions.end(), region) != selection.regions.end();
}

bool selects_day(const Selection& selection, std::chrono::sys_days day) {
  return (!selection.since || day + days{2} > *selection.since) &&
         (!selection.until || day - days{1} < *selection.until);
}

bool covers(const Selection& selection, std::string_view key) {
  if (!key.starts_with(selection.prefix)) return false;
  const auto place = place_of(key);
  if (!place) return false;
  return selects_account(selection, place->account) && selects_region(selection, place->region) &&
         (!place->day || selects_day(selection, *place->day));
}

bool includes(const Selection& wide, const Selection& narrow) {
  const auto holds = [&](const std::optional<Time>& border, const std::optional<Time>& inside) {
    return !border || (inside && selects_day(wide, std::chrono::floor<days>(*inside)));
  };
  const auto all_of = [](const std::vector<std::string>& these, const std::vector<std::string>& those) {
    return these.empty() || (!those.empty() && std::all_of(those.begin(), those.end(), [&](const std::string& one) {
             return std::find(these.begin(), these.end(), one) != these.end();
           }));
  };
  return narrow.prefix.starts_with(wide.prefix) && all_of(wide.accounts, narrow.accounts) &&
         all_of(wide.regions, narrow.regions) && holds(wide.since, narrow.since) && holds(wide.until, narrow.until) &&
         (wide.versions || !narrow.versions);
}

std::vector<const Run*> standing(const std::vector<Run>& runs) {
  constexpr std::size_t kFarthest = 1024;  // what a list of runs that lies can cost
  std::vector<const Run*> out;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (i + 1 < runs.size() && runs[i].listed() && runs[i].unlisted.empty()) continue;
    const auto done_by = [&](const Run& later) {
      return later.listed() && includes(later.selection, runs[i].selection);
    };
    const auto begin = runs.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    const auto end = begin + static_cast<std::ptrdiff_t>(std::min(kFarthest, runs.size() - i - 1));
    if (i + 1 == runs.size() || (!std::any_of(begin, end, done_by) && !done_by(runs.back()))) out.push_back(&runs[i]);
  }
  return out;
}

}  // namespace trailseal::collect
