#include "forensics/tampering.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "forensics/rules.hpp"

namespace trailseal::forensics {
namespace {

using verdict::Effect;

constexpr std::size_t kShown = 3;

void add_detail(std::string& detail, std::string_view path, std::string_view value) {
  if (!detail.empty()) detail += ", ";
  detail.append(path).append("=").append(value);
}

// Does the condition hold? What it was that held is added to `detail`.
bool holds(const Notable& event, std::string_view condition, const Scope& scope, std::string& detail) {
  if (condition.empty()) return true;
  const auto mark = std::min(condition.find_first_of("=!-"), condition.size());
  const std::string_view path = condition.substr(0, mark);
  const char kind = mark == condition.size() ? ' ' : condition[mark];
  const std::string_view wanted = condition.substr(std::min(mark + 1, condition.size()));
  bool found = false;
  for (const Parameter& each : event.parameters) {
    if (each.path != path) continue;
    if (kind == '!' && (scope.everything || scope.buckets.contains(each.value))) continue;
    if (kind == '=') {
      bool among = false;
      for (auto rest = wanted; !rest.empty() && !among;) {
        const auto end = std::min(rest.find('|'), rest.size());
        among = rest.substr(0, end) == each.value;
        rest.remove_prefix(std::min(end + 1, rest.size()));
      }
      if (!among) continue;
    }
    if (!found && kind != '-') add_detail(detail, each.path, each.value);
    found = true;
  }
  if (kind == '-' && !found) add_detail(detail, path, "none");
  return found != (kind == '-');
}

// Of a call without any condition, the first plain parameters that are not its subject.
std::string plain_detail(const Notable& event, const std::string& concerns) {
  std::string detail;
  std::size_t shown = 0;
  for (const Parameter& each : event.parameters) {
    if (each.path.find('.') != std::string::npos || each.path.starts_with('@') || each.path == "Host" ||
        each.value.empty() || each.value == concerns)
      continue;
    if (++shown > kShown) break;
    add_detail(detail, each.path, each.value);
  }
  return detail;
}

void add_ids(std::vector<std::string>& ids, std::string_view words) {
  for (const auto word : words_of(words))
    if (std::ranges::find(ids, word) == ids.end()) ids.emplace_back(word);
}

}  // namespace

std::optional<verdict::TamperingEvent> judge_tampering(const Notable& event, const Scope& scope) {
  const auto lines = rules_of(event.event.source, event.event.name);
  if (lines.empty()) return std::nullopt;
  const Rule& first = *lines.front();
  auto concerns = concern_of(event, first.subject, scope);
  // What does not say whom it concerns may concern us.
  if (!concerns && !event.omitted) return std::nullopt;
  verdict::TamperingEvent out;
  std::string detail = event.omitted ? "requestParameters omitted from the record" : "";
  std::vector<const Rule*> met;
  for (const Rule* line : lines)
    if (event.omitted || holds(event, line->condition, scope, detail)) met.push_back(line);
  if (met.empty()) return std::nullopt;
  if (std::ranges::any_of(met, [](const Rule* line) { return line->effect != Effect::context; }))
    std::erase_if(met, [](const Rule* line) { return line->effect == Effect::context; });
  for (const Rule* line : met) {
    if (std::ranges::find(out.effects, line->effect) == out.effects.end()) out.effects.push_back(line->effect);
    add_ids(out.attack, line->attack);
    add_ids(out.attack_before, line->attack_before);
  }
  std::ranges::sort(out.effects);
  out.event = event.event;
  out.rule = first.name;
  out.concerns = std::move(concerns).value_or("");
  out.detail = detail.empty() ? plain_detail(event, out.concerns) : std::move(detail);
  return out;
}

namespace {

// What selectors choose: the values of basic and advanced ones.
std::set<std::string_view> chosen_by(const Notable& event) {
  std::set<std::string_view> out;
  for (const Parameter& each : event.parameters)
    if (each.path.starts_with("eventSelectors.*.dataResources.*.values") ||
        (each.path.starts_with("advancedEventSelectors.") &&
         (each.path.ends_with(".equals.*") || each.path.ends_with(".startsWith.*") ||
          each.path.ends_with(".endsWith.*"))))
      out.insert(each.value);
  return out;
}

// PutEventSelectors hands over the whole set, so only the one before shows what is left out now.
void compare_selectors(const Notable* before, const Notable& now, verdict::TamperingEvent& judged) {
  if (before == nullptr) return;
  const auto kept = chosen_by(now);
  for (const auto value : chosen_by(*before)) {
    if (kept.contains(value)) continue;
    add_detail(judged.detail, "no longer chosen", value);
    if (judged.effects != std::vector{Effect::context}) return;
    judged.effects = {Effect::narrows};
    judged.attack = {"T1685.002"};
    judged.attack_before = {"T1562.008"};
    return;
  }
}

}  // namespace

std::vector<verdict::TamperingEvent> tampering_among(const std::vector<Notable>& events, Scope scope) {
  std::vector<verdict::TamperingEvent> out;
  std::vector<const Notable*> access;
  std::map<std::string, const Notable*> selectors;  // the last ones that took effect, by trail
  for (const Notable& event : events) {
    if (event.event.standing == verdict::Standing::unverified) continue;
    const auto lines = rules_of(event.event.source, event.event.name);
    if (!lines.empty() && lines.front()->subject == Subject::access) {
      access.push_back(&event);
      continue;
    }
    auto judged = judge_tampering(event, scope);
    if (!judged) continue;
    if (event.is("cloudtrail", "PutEventSelectors")) {
      const Notable*& before = selectors[judged->concerns];
      compare_selectors(before, event, *judged);
      if (event.succeeded()) before = &event;
    }
    const bool harmless = judged->effects == std::vector{Effect::context};
    if (!harmless && !event.event.access_key.empty()) scope.access_keys.insert(event.event.access_key);
    out.push_back(*std::move(judged));
  }
  // Whoever gave them out may have had his own given: each turn goes one step back.
  for (std::size_t before = 0; before != scope.access_keys.size();) {
    before = scope.access_keys.size();
    std::erase_if(access, [&](const Notable* event) {
      auto judged = judge_tampering(*event, scope);
      if (!judged) return false;
      if (!event->event.access_key.empty()) scope.access_keys.insert(event->event.access_key);
      out.push_back(*std::move(judged));
      return true;
    });
  }
  std::ranges::sort(out);
  return out;
}

}  // namespace trailseal::forensics
