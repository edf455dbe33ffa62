#include "trailseal/forensics.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <set>
#include <utility>

namespace trailseal::verdict {
namespace {

constexpr CauseInfo kCauses[] = {
#define CAUSE(name, slug, text) CauseInfo{Cause::name, slug, text},
#include "trailseal/causes.def"
#undef CAUSE
};

constexpr std::array<std::string_view, 3> kStandings = {"verified", "looked-up", "unverified"};
constexpr std::array<std::string_view, 4> kConfidences = {"unexplained", "medium", "high", "certain"};
constexpr std::array<std::string_view, 5> kEffects = {"narrows", "destroys", "unreadable", "reroutes", "context"};

template <class Enum, std::size_t n>
std::optional<Enum> find_word(const std::array<std::string_view, n>& words, std::string_view word) {
  const auto* found = std::ranges::find(words, word);
  if (found == words.end()) return std::nullopt;
  return static_cast<Enum>(found - words.begin());
}

// The first `most` of both together. As in Findings, keeping so many of each part loses nothing.
template <class T>
void unite(std::vector<T>& ours, std::vector<T> theirs, std::size_t most, bool& truncated) {
  std::vector<T> all;
  all.reserve(ours.size() + theirs.size());
  std::ranges::set_union(std::make_move_iterator(ours.begin()), std::make_move_iterator(ours.end()),
                         std::make_move_iterator(theirs.begin()), std::make_move_iterator(theirs.end()),
                         std::back_inserter(all));
  ours = std::move(all);
  if (ours.size() <= most) return;
  ours.resize(most);
  truncated = true;
}

// Of records of one event, which several trails make, the first is kept.
void drop_repeated(std::vector<TamperingEvent>& events) {
  std::set<std::pair<std::string, std::string>> seen;
  std::erase_if(events, [&](const TamperingEvent& each) {
    return !each.event.id.empty() && !seen.emplace(each.event.id, each.rule).second;
  });
}

}  // namespace

std::string_view to_string(Standing standing) noexcept { return kStandings[static_cast<std::size_t>(standing)]; }
std::string_view to_string(Confidence confidence) noexcept {
  return kConfidences[static_cast<std::size_t>(confidence)];
}
std::string_view to_string(Effect effect) noexcept { return kEffects[static_cast<std::size_t>(effect)]; }

std::optional<Standing> find_standing(std::string_view word) noexcept { return find_word<Standing>(kStandings, word); }
std::optional<Confidence> find_confidence(std::string_view word) noexcept {
  return find_word<Confidence>(kConfidences, word);
}
std::optional<Effect> find_effect(std::string_view word) noexcept { return find_word<Effect>(kEffects, word); }

std::span<const CauseInfo> causes() noexcept { return kCauses; }

const CauseInfo& info(Cause cause) noexcept { return kCauses[static_cast<std::size_t>(cause)]; }

std::optional<Cause> find_cause(std::string_view slug) noexcept {
  const auto* found = std::ranges::find(kCauses, slug, &CauseInfo::slug);
  if (found == std::end(kCauses)) return std::nullopt;
  return found->cause;
}

void Forensics::merge(Forensics other) {
  explained = explained || other.explained;
  timeline = timeline || other.timeline;
  logs += other.logs;
  events += other.events;
  unreadable += other.unreadable;
  truncated = truncated || other.truncated;
  unite(explanations, std::move(other.explanations), kMostExplanations, truncated);
  // Repeated ones must go before the cap, or it would depend on the order of merging.
  unite(tampering, std::move(other.tampering), 2 * kMostTampering, truncated);
  drop_repeated(tampering);
  if (tampering.size() > kMostTampering) {
    tampering.resize(kMostTampering);
    truncated = true;
  }
  std::map<Time, EventRate> hours;
  for (const auto* part : {&rates, &other.rates}) {
    for (const EventRate& rate : *part) {
      EventRate& sum = hours[rate.hour];
      sum.hour = rate.hour;
      sum.events += rate.events;
      sum.writes += rate.writes;
      sum.errors += rate.errors;
    }
  }
  rates.clear();
  for (const auto& [hour, rate] : hours) {
    if (rates.size() == kMostHours) {
      truncated = true;
      break;
    }
    rates.push_back(rate);
  }
}

}  // namespace trailseal::verdict
