// What switches the digests of a chain off and on again: a gap between the two is explained by them. A switch that was
// thrown long after the gap begins does not explain it: somebody may have stopped the trail to hide a deletion.
#include <algorithm>
#include <array>
#include <chrono>

#include "forensics/explain_chains.hpp"
#include "forensics/explain_words.hpp"

namespace trailseal::forensics {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using verdict::Cause;
using verdict::Code;
using verdict::Confidence;

constexpr auto kExact = minutes{1};
constexpr auto kHour = kDigestHour;

// Does the event throw the switch for this chain? +1: on, -1: off, 0: no.
using Effect = int (*)(const Notable& event, const Question& question, const Scope& scope);

struct Switch {
  Cause cause;
  Effect effect;
  bool to_the_minute;  // the last digest ends when it is thrown
  Confidence both, one;
  const char* off;  // "logging of the trail NAME was stopped"
  const char* on;
};

int logging(const Notable& event, const Question& question, const Scope&) {
  const int way = event.is("cloudtrail", "StopLogging") ? -1 : event.is("cloudtrail", "StartLogging") ? 1 : 0;
  return names_trail(event, question) ? way : 0;
}

int existence(const Notable& event, const Question& question, const Scope&) {
  const int way = event.is("cloudtrail", "DeleteTrail") ? -1 : event.is("cloudtrail", "CreateTrail") ? 1 : 0;
  return names_trail(event, question) ? way : 0;
}

// What UpdateTrail says of one parameter.
int updated(const Notable& event, const Question& question, std::string_view parameter) {
  if (!event.is("cloudtrail", "UpdateTrail") || !names_trail(event, question)) return 0;
  return event.has(parameter, "false") ? -1 : event.has(parameter, "true") ? 1 : 0;
}

int validation(const Notable& event, const Question& question, const Scope&) {
  return updated(event, question, "enableLogFileValidation");
}

int all_regions(const Notable& event, const Question& question, const Scope&) {
  if (question.chain == nullptr || question.chain->region == question.chain->home_region) return 0;
  return updated(event, question, "isMultiRegionTrail");
}

int organization(const Notable& event, const Question& question, const Scope&) {
  if (question.chain == nullptr || question.chain->org.empty()) return 0;
  if (const int way = updated(event, question, "isOrganizationTrail"); way != 0) return way;
  const std::string& account = question.chain->account;
  if (event.is("organizations", "LeaveOrganization")) return event.event.account == account ? -1 : 0;
  if (event.is("organizations", "RemoveAccountFromOrganization")) return event.has("accountId", account) ? -1 : 0;
  if (event.is("organizations", "AcceptHandshake")) return event.event.account == account ? 1 : 0;
  return 0;
}

int region(const Notable& event, const Question& question, const Scope&) {
  if (question.chain == nullptr || event.value("RegionName") != question.chain->region) return 0;
  // A member's region is switched by its own administrators, or by those of the organization, who name it.
  const auto named = event.value("AccountId");
  if ((named.empty() ? std::string_view(event.event.account) : named) != question.chain->account) return 0;
  return event.is("account", "DisableRegion") ? -1 : event.is("account", "EnableRegion") ? 1 : 0;
}

int destination(const Notable& event, const Question& question, const Scope& scope) {
  if (!event.is("cloudtrail", "UpdateTrail") || !names_trail(event, question)) return 0;
  const auto bucket = event.value("s3BucketName");
  std::string prefix(event.value("s3KeyPrefix"));
  if (bucket.empty() && prefix.empty()) return 0;
  if (!bucket.empty() && !scope.buckets.contains(std::string(bucket))) return -1;
  if (prefix.empty()) return 1;
  if (prefix.ends_with('/')) prefix.pop_back();
  const std::string_view uri = question.last_uri;
  return uri.find("/" + prefix + "/AWSLogs/") == std::min(uri.find('/', std::string_view("s3://").size()), uri.size())
             ? 1
             : -1;
}

constexpr std::array<Switch, 7> kSwitches = {{
    {Cause::logging_stopped, logging, true, Confidence::certain, Confidence::high, "logging of the trail was stopped",
     "started again"},
    {Cause::trail_deleted, existence, true, Confidence::certain, Confidence::high, "the trail was deleted",
     "created again"},
    {Cause::validation_off, validation, false, Confidence::certain, Confidence::high,
     "log file validation of the trail was switched off", "switched on again"},
    {Cause::multi_region_off, all_regions, false, Confidence::high, Confidence::high,
     "the trail was told to record its home region alone", "told to record all regions again"},
    {Cause::organization_left, organization, false, Confidence::high, Confidence::high,
     "the account was taken from the organization's trail", "covered by it again"},
    {Cause::region_disabled, region, false, Confidence::high, Confidence::high, "the region was disabled",
     "enabled again"},
    {Cause::destination_changed, destination, false, Confidence::high, Confidence::high,
     "the trail was sent to another bucket or prefix", "sent back"},
}};

Seconds distance(Time a, Time b) { return a < b ? b - a : a - b; }

// The chains of one trail, beside this one.
template <class Test>
bool any_sibling(const Question& question, const Circumstances& all, Test test) {
  return std::ranges::any_of(all.verdict.chains, [&](const verdict::ChainCoverage& other) {
    return &other != question.chain && same_trail(other, *question.chain) && test(other);
  });
}

// What the cause would do to other chains, and does not.
std::string contradiction(const Switch& each, const Question& question, const Circumstances& all, Time end) {
  const auto& chain = *question.chain;
  if (each.cause == Cause::multi_region_off && any_sibling(question, all, [&](const auto& other) {
        return other.account == chain.account && other.region != chain.home_region && goes_on(other, end);
      }))
    return "other regions of the trail go on";
  const bool whole_trail = each.cause == Cause::logging_stopped || each.cause == Cause::trail_deleted ||
                           each.cause == Cause::validation_off || each.cause == Cause::destination_changed;
  if (whole_trail && any_sibling(question, all, [&](const auto& other) { return goes_on(other, end); }))
    return "other chains of the trail go on";
  return {};
}

struct Thrown {
  const Notable* off = nullptr;
  const Notable* on = nullptr;
};

// The last time that it was thrown off before the chain begins anew, and what threw it on when it does.
Thrown find(const Switch& each, Question& question, const Circumstances& all) {
  Thrown found;
  const Time from = *question.last - kHour;
  const std::optional<Time> anew = question.next ? std::optional(question.next->end) : std::nullopt;
  for (const Notable& event : all.events) {
    if (event.event.at < from || (anew && event.event.at > *anew + kExact)) continue;
    const int way = each.effect(event, question, all.scope);
    if (way == 0) continue;
    if (!event.succeeded()) {
      question.considered.push_back(refused(event));
    } else if (way < 0) {
      found = {&event, nullptr};
    } else if (found.off != nullptr) {
      found.on = &event;
    }
  }
  return found;
}

// Does what threw it on agree with the starting digest? It ends when recording began, or begins then.
bool starts_anew(const Notable& on, const Question& question, bool to_the_minute) {
  const Seconds reach = to_the_minute ? Seconds{kExact} : Seconds{kHour};
  return distance(on.event.at, question.next->end) <= reach || distance(on.event.at, question.next->begin) <= reach;
}

bool cloudtrail_agrees(const Notable& off, const Question& question, const Circumstances& all) {
  for (const auto& trail : all.verdict.trails) {
    if (!are_of(trail, question)) continue;
    for (const auto& status : trail.regions)
      if (!status.logging && status.logging_stopped && distance(*status.logging_stopped, off.event.at) <= kExact)
        return true;
  }
  return false;
}

// "the trail" -> "the trail NAME"
std::string with_name(std::string text, const std::string& name) {
  constexpr std::string_view kTrail = "the trail";
  if (const auto place = text.find(kTrail); place != std::string::npos) text.insert(place + kTrail.size(), " " + name);
  return text;
}

std::optional<Answer> answer(const Switch& each, Question& question, const Circumstances& all) {
  const Thrown found = find(each, question, all);
  if (found.off == nullptr) return std::nullopt;
  const Notable& off = *found.off;
  const Time end = *question.last;
  const std::string what = with_name(each.off, question.chain->trail);
  const std::string thrown = what + ": " + call_by(off);
  if (off.event.at > end + kHour) {
    question.considered.push_back(thrown + "; but the digests end before, at " + to_string(end) +
                                  ", and those up to then should be there");
    return std::nullopt;
  }
  if (auto why = contradiction(each, question, all, end); !why.empty()) {
    question.considered.push_back(thrown + "; but " + why);
    return std::nullopt;
  }
  if (found.on != nullptr && !(question.next && starts_anew(*found.on, question, each.to_the_minute))) {
    question.considered.push_back(thrown + "; but it was undone by " + call_by(*found.on));
    return std::nullopt;
  }
  Answer out;
  out.cause = each.cause;
  out.confidence = found.on != nullptr ? each.both : each.one;
  out.sentence = what + " at " + to_string(off.event.at) + " by " + who(off);
  out.events = {&off};
  if (found.on != nullptr) {
    out.sentence +=
        "; it was " + std::string(each.on) + " at " + to_string(found.on->event.at) + " by " + who(*found.on);
    out.events.push_back(found.on);
  }
  const bool exact = distance(off.event.at, end) <= kExact;
  out.met = each.to_the_minute && exact && question.cut_short && found.on != nullptr;
  if (each.to_the_minute && !exact) {
    out.confidence = std::min(out.confidence, Confidence::medium);
    out.facts.push_back("the last digest ends " + to_string(end) +
                        ", not when that happened; CloudTrail makes a final one up to then");
  } else {
    out.facts.push_back("the last proven digest ends " + to_string(end));
  }
  if (each.cause == Cause::logging_stopped && !question.next && cloudtrail_agrees(off, question, all)) {
    out.confidence = out.confidence == Confidence::high ? Confidence::certain : out.confidence;
    out.facts.push_back("CloudTrail says of the trail that logging was stopped then, and it still is");
  }
  if (each.cause == Cause::validation_off) {
    const auto findings = all.verdict.findings.sorted();
    const bool logs = std::ranges::any_of(findings, [&](const verdict::Finding& finding) {
      return finding.code == Code::log_in_gap &&
             finding.subject == question.chain->account + "/" + question.chain->region;
    });
    if (logs) out.facts.push_back("log files lie in between: they exist, and cannot be verified");
  }
  return out;
}

}  // namespace

std::vector<Answer> explain_switches(Question& question, const Circumstances& all) {
  std::vector<Answer> answers;
  if (question.chain == nullptr || !question.last) return answers;
  if (question.code != Code::chain_restart && question.code != Code::chain_head_stale) return answers;
  for (const Switch& each : kSwitches)
    if (auto one = answer(each, question, all)) answers.push_back(*std::move(one));
  return answers;
}

}  // namespace trailseal::forensics
