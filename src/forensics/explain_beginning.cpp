// Why a chain begins when it does: the trail, the region or the account was new.
#include <algorithm>
#include <chrono>

#include "forensics/explain_chains.hpp"
#include "forensics/explain_words.hpp"

namespace trailseal::forensics {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using verdict::Cause;
using verdict::ChainCoverage;
using verdict::Code;
using verdict::Confidence;

constexpr auto kExact = minutes{1};
constexpr auto kTogether = minutes{75};
// It takes CloudTrail and the region so long to begin.
constexpr auto kReady = hours{24};

Seconds distance(Time a, Time b) { return a < b ? b - a : a - b; }

std::optional<Time> first_of(const ChainCoverage& chain) {
  if (chain.proven.empty()) return std::nullopt;
  return chain.proven.front().begin;
}

// Do other chains of the trail, those for which `test` holds, have older proof?
template <class Test>
bool older_siblings(const Question& question, const Circumstances& all, Test test) {
  return std::ranges::any_of(all.verdict.chains, [&](const ChainCoverage& other) {
    const auto first = first_of(other);
    return &other != question.chain && same_trail(other, *question.chain) && test(other) && first &&
           *first + kTogether < question.next->begin;
  });
}

// The newest event before the chain began that `test` takes; refused ones are put aside as considered.
template <class Test>
const Notable* find(Question& question, const Circumstances& all, Seconds reach, Test test) {
  const Notable* found = nullptr;
  for (const Notable& event : all.events) {
    if (event.event.at + reach < question.next->begin || event.event.at > question.next->end + kExact) continue;
    if (!test(event)) continue;
    if (event.succeeded())
      found = &event;
    else
      question.considered.push_back(refused(event));
  }
  return found;
}

bool when_it_began(const Notable& event, const Question& question) {
  return distance(event.event.at, question.next->end) <= kExact ||
         distance(event.event.at, question.next->begin) <= kExact;
}

std::optional<Answer> first_delivery(Question& question, const Circumstances& all) {
  const auto any = [](const ChainCoverage&) { return true; };
  if (older_siblings(question, all, any)) return std::nullopt;
  const Notable* made = find(question, all, kReady, [&](const Notable& event) {
    return event.is("cloudtrail", "CreateTrail") && names_trail(event, question);
  });
  const Notable* started = find(question, all, Seconds{kExact}, [&](const Notable& event) {
    return event.is("cloudtrail", "StartLogging") && names_trail(event, question) && when_it_began(event, question);
  });
  if (made == nullptr) {
    if (started != nullptr)
      question.considered.push_back(call_by(*started) +
                                    "; but no CreateTrail is known: logging may have been stopped before, and what was "
                                    "older may have been deleted");
    return std::nullopt;
  }
  if (started == nullptr && !when_it_began(*made, question)) {
    question.considered.push_back(call_by(*made) + "; but when it began to log is not known");
    return std::nullopt;
  }
  Answer out{Cause::first_delivery,
             Confidence::certain,
             "the trail was created at " + to_string(made->event.at) + " by " + who(*made),
             {made},
             {}};
  if (started != nullptr) {
    out.sentence += "; logging began at " + to_string(started->event.at);
    out.events.push_back(started);
  }
  out.facts.push_back("no chain of the trail is older");
  return out;
}

std::optional<Answer> validation_began(Question& question, const Circumstances& all) {
  const Notable* on = find(question, all, Seconds{kExact}, [&](const Notable& event) {
    return event.is("cloudtrail", "UpdateTrail") && names_trail(event, question) &&
           event.has("enableLogFileValidation", "true") && when_it_began(event, question);
  });
  if (on == nullptr) return std::nullopt;
  return Answer{Cause::validation_off,
                Confidence::high,
                "log file validation was switched on only at " + to_string(on->event.at) + " by " + who(*on),
                {on},
                {}};
}

std::optional<Answer> region_enabled(Question& question, const Circumstances& all) {
  const Notable* on = find(question, all, kReady, [&](const Notable& event) {
    const auto named = event.value("AccountId");
    return event.is("account", "EnableRegion") && event.has("RegionName", question.chain->region) &&
           (named.empty() ? std::string_view(event.event.account) : named) == question.chain->account;
  });
  if (on == nullptr) return std::nullopt;
  if (!older_siblings(question, all, [&](const auto& other) { return other.account == question.chain->account; })) {
    question.considered.push_back(call_by(*on) + "; but no other region of the trail is older");
    return std::nullopt;
  }
  return Answer{
      Cause::region_enabled,
      Confidence::high,
      "the region " + question.chain->region + " was enabled at " + to_string(on->event.at) + " by " + who(*on),
      {on},
      {"other regions of the trail are older"}};
}

std::optional<Answer> all_regions(Question& question, const Circumstances& all) {
  if (question.chain->region == question.chain->home_region) return std::nullopt;
  const Notable* on = find(question, all, Seconds{kTogether}, [&](const Notable& event) {
    return event.is("cloudtrail", "UpdateTrail") && names_trail(event, question) &&
           event.has("isMultiRegionTrail", "true");
  });
  if (on == nullptr) return std::nullopt;
  return Answer{Cause::multi_region_off,
                Confidence::high,
                "the trail was told to record all regions only at " + to_string(on->event.at) + " by " + who(*on),
                {on},
                {}};
}

std::optional<Answer> joined(Question& question, const Circumstances& all) {
  if (question.chain->org.empty()) return std::nullopt;
  const std::string& account = question.chain->account;
  const Notable* on = find(question, all, kReady, [&](const Notable& event) {
    return event.is("organizations", "AcceptHandshake") && event.event.account == account;
  });
  if (on == nullptr) return std::nullopt;
  if (!older_siblings(question, all, [&](const auto& other) { return other.account != account; })) {
    question.considered.push_back(call_by(*on) + "; but no other account's chain of the trail is older");
    return std::nullopt;
  }
  return Answer{Cause::organization_joined,
                Confidence::high,
                "the account joined the organization: " + call_by(*on),
                {on},
                {"chains of other accounts are older"}};
}

}  // namespace

std::vector<Answer> explain_beginning(Question& question, const Circumstances& all) {
  std::vector<Answer> answers;
  if (question.chain == nullptr || !question.next) return answers;
  const bool begins = question.code == Code::chain_begins_late || question.code == Code::chain_start_missing;
  if (!begins || question.last) return answers;
  for (const auto& explainer : {first_delivery, validation_began, region_enabled, all_regions, joined}) {
    auto one = explainer(question, all);
    if (!one) continue;
    if (question.code == Code::chain_start_missing)
      question.considered.push_back(one->sentence +
                                    "; but the first digest that is there signs that one was before it");
    else
      answers.push_back(*std::move(one));
  }
  return answers;
}

}  // namespace trailseal::forensics
