#include "forensics/explain.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <map>
#include <set>
#include <utility>

#include "forensics/explain_words.hpp"

namespace trailseal::forensics {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using verdict::ChainCoverage;
using verdict::Code;
using verdict::Confidence;
using verdict::Explanation;
using verdict::Finding;
using verdict::Gap;
using verdict::Standing;

// What sticks out beside another gap by less than a digest's hour has no finding of its own.
constexpr auto kRaggedEdge = minutes{59};

// Findings that are no gap of a chain and ask for a cause all the same.
bool asks(Code code) {
  switch (code) {
    case Code::log_missing:
    case Code::log_hash_mismatch:
    case Code::log_not_gzip:
    case Code::log_truncated:
    case Code::log_corrupt:
    case Code::log_trailing_data:
    case Code::log_no_chain:
    case Code::settings_no_chain: return true;
    default: return false;
  }
}

const ChainCoverage* chain_of(const verdict::Verdict& verdict, const std::string& name) {
  const auto found = std::ranges::find(verdict.chains, name, &ChainCoverage::chain);
  return found == verdict.chains.end() ? nullptr : &*found;
}

bool overlap(const Interval& a, const Interval& b) { return a.begin < b.end && b.begin < a.end; }

const Finding* finding_of(const std::vector<Finding>& findings, const ChainCoverage& chain, const Gap& gap) {
  for (const Finding& finding : findings)
    if (finding.chain == chain.chain && finding.code == gap.cause && finding.when &&
        overlap(*finding.when, gap.interval))
      return &finding;
  return nullptr;
}

std::vector<Question> questions_about(const verdict::Verdict& verdict, const std::vector<Finding>& findings) {
  std::vector<Question> questions;
  for (const ChainCoverage& chain : verdict.chains) {
    for (const Gap& gap : chain.gaps) {
      const Finding* finding = finding_of(findings, chain, gap);
      if (finding == nullptr && gap.cause == Code::chain_gap && gap.interval.length() < kRaggedEdge) continue;
      Question question{.code = gap.cause, .chain = &chain, .when = gap.interval};
      if (finding != nullptr) question.subject = finding->subject;
      if (gap.last_good) {
        question.last = gap.last_good->hour.end;
        question.last_uri = gap.last_good->uri;
        question.cut_short = gap.last_good->hour.length() < kRaggedEdge;
      }
      if (gap.next) question.next = gap.next->hour;
      questions.push_back(std::move(question));
    }
  }
  for (const Finding& finding : findings)
    if (asks(finding.code))
      questions.push_back({.code = finding.code,
                           .chain = chain_of(verdict, finding.chain),
                           .when = finding.when,
                           .subject = finding.subject});
  return questions;
}

// An explanation is worth what its weakest event is.
void weigh(Answer& answer, const Question& question) {
  const bool anybody = question.trail && question.trail->account.empty() && !answer.met;
  if (anybody &&
      std::ranges::any_of(answer.events, [&](const Notable* event) { return names_trail(*event, question); })) {
    answer.confidence = std::min(answer.confidence, Confidence::medium);
    answer.facts.push_back(
        "which account has the trail of the organization is not known: it may be another account's "
        "trail of that name");
  }
  for (const Notable* event : answer.events) {
    if (event->event.standing == Standing::verified) continue;
    const bool looked_up = event->event.standing == Standing::looked_up;
    answer.confidence = std::min(answer.confidence, looked_up ? Confidence::high : Confidence::medium);
    answer.facts.push_back(event->event.name + " at " + to_string(event->event.at) +
                           (looked_up ? " is from an answer of LookupEvents, which is not signed"
                                      : " is from a log file that nothing proves"));
  }
}

// May events be missing that would tell of it? Of a chain that ends, and of objects, any that are later.
bool is_beyond(const Question& question, const std::optional<Time>& left_out_from) {
  constexpr auto kAfter = hours{3};
  return left_out_from && (!question.next || question.next->end + kAfter >= *left_out_from);
}

// Who gave out the credentials by which it was done.
void trace(const std::vector<Notable>& events, Explanation& out) {
  constexpr std::size_t kMostSteps = 4;
  std::set<std::string> asked;
  for (std::size_t i = 0; i < out.events.size() && asked.size() < kMostSteps; ++i) {
    const std::string key = out.events[i].access_key;
    if (key.empty() || !asked.insert(key).second) continue;
    for (const Notable& event : events) {
      if (event.value("@issued") != key || event.event.at > out.events[i].at || !event.succeeded()) continue;
      if (event.event.standing == Standing::unverified) continue;
      out.facts.push_back("the credentials " + key + " were given by " + call_by(event));
      out.events.push_back(event.event);
      break;
    }
  }
  std::ranges::sort(out.events);
}

// What is not known, in words.
std::string unknown(Code code, std::size_t number) {
  const auto objects = [&](const char* what) {
    return number == 1 ? std::string("a ") + what : std::to_string(number) + " " + what + "s";
  };
  switch (code) {
    case Code::log_missing:
      return objects("log file") + " that CloudTrail signed " + (number == 1 ? "is" : "are") +
             " not there, and no event tells why";
    case Code::digest_missing: return "digests that CloudTrail signed are not there, and no event tells why";
    case Code::log_hash_mismatch:
    case Code::log_not_gzip:
    case Code::log_truncated:
    case Code::log_corrupt:
    case Code::log_trailing_data:
      return objects("log file") + (number == 1 ? " is" : " are") +
             " not what CloudTrail signed, and no event tells who changed " + (number == 1 ? "it" : "them");
    case Code::chain_restart: return "the chain begins anew, and no event tells why it ended before";
    case Code::chain_head_stale: return "the chain ends, and no event tells why";
    case Code::chain_begins_late:
    case Code::chain_start_missing: return "nothing older is proven, and no event tells why";
    default: return "nothing in the evidence explains it";
  }
}

std::string left_out(Time from) {
  return "not all events could be kept, there are too many: from " + to_string(from) +
         " on, some that tell of it may be left out";
}

Explanation write(const Question& question, const Circumstances& all, std::vector<Answer> answers) {
  Explanation out;
  if (question.chain != nullptr) out.chain = question.chain->chain;
  out.when = question.when;
  out.subject = question.subject;
  out.code = question.code;
  out.considered = question.considered;
  const bool beyond = is_beyond(question, all.left_out_from);
  for (Answer& answer : answers) {
    weigh(answer, question);
    if (beyond && !answer.events.empty()) answer.confidence = std::min(answer.confidence, Confidence::medium);
  }
  const auto best = std::ranges::max_element(answers, {}, &Answer::confidence);
  if (best == answers.end()) {
    out.sentence = unknown(question.code, 1);
    if (asks(question.code) || question.code == Code::digest_missing) {
      out.facts.push_back(
          "who writes or deletes objects is recorded only where a trail records the bucket's data events");
    }
    if (beyond) out.facts.push_back(left_out(*all.left_out_from));
    if (out.considered.empty() && !beyond)
      out.considered.push_back("no event was found that ends the trail, keeps CloudTrail out, or deletes objects");
    return out;
  }
  out.cause = best->cause;
  out.confidence = best->confidence;
  out.sentence = std::move(best->sentence);
  out.facts = std::move(best->facts);
  if (beyond) out.facts.push_back(left_out(*all.left_out_from));
  for (const Notable* event : best->events) out.events.push_back(event->event);
  trace(all.events, out);
  for (auto other = answers.begin(); other != answers.end(); ++other)
    if (other != best)
      out.considered.push_back("also possible (" + std::string(to_string(other->confidence)) + "): " + other->sentence);
  return out;
}

Explanation about(const Question& asked, const Circumstances& all) {
  Question question = asked;
  if (question.chain != nullptr) question.trail = all.scope.trail_of(*question.chain);
  std::vector<Answer> answers;
  for (const Explainer explainer :
       {explain_switches, explain_beginning, explain_expiry, explain_objects, explain_delivery})
    for (Answer& answer : explainer(question, all)) answers.push_back(std::move(answer));
  return write(question, all, std::move(answers));
}

// Objects that nothing explains: one for all of a chain.
class Unexplained {
 public:
  void add(const Explanation& one) {
    auto& [first, number] = by_chain_[{one.chain, one.code}];
    if (number++ == 0) first = one;
    if (one.when && first.when)
      first.when = Interval{std::min(first.when->begin, one.when->begin), std::max(first.when->end, one.when->end)};
  }
  void add_to(std::vector<Explanation>& out) {
    for (auto& [key, entry] : by_chain_) {
      if (entry.second > 1) entry.first.sentence = unknown(key.second, entry.second);
      out.push_back(std::move(entry.first));
    }
  }

 private:
  std::map<std::pair<std::string, Code>, std::pair<Explanation, std::size_t>> by_chain_;
};

// Is there a trace of anything in these hours, whatever says so?
bool has_trace(const Interval& dark, const Circumstances& all) {
  constexpr auto kEdge = minutes{1};  // what ended recording, and began it again
  const Interval inside{dark.begin + kEdge, dark.end - kEdge};
  // The event history does not end with a trail.
  if (all.event_history) return true;
  return std::ranges::any_of(
             all.events,
             [&](const Notable& each) { return each.event.at > inside.begin && each.event.at < inside.end; }) ||
         std::ranges::any_of(all.verdict.chains,
                             [&](const ChainCoverage& chain) {
                               return std::ranges::any_of(chain.proven,
                                                          [&](const Interval& span) { return overlap(span, inside); });
                             }) ||
         std::ranges::any_of(all.verdict.findings.sorted(), [&](const Finding& finding) {
           return (finding.code == Code::log_in_gap || finding.code == Code::log_unlisted) &&
                  (!finding.when || overlap(*finding.when, inside));
         });
}

// Hours without any record, because logging was stopped: somebody may have used them to delete what is not there.
void note_dark_hours(const Circumstances& all, std::vector<Explanation>& explanations) {
  const auto found = std::ranges::find_if(explanations, [&](const Explanation& each) {
    return each.code == Code::chain_restart && each.cause == verdict::Cause::logging_stopped &&
           each.confidence >= Confidence::high && each.when && !has_trace(*each.when, all);
  });
  if (found == explanations.end()) return;
  const Interval dark = *found->when;
  for (Explanation& each : explanations) {
    if (each.cause != verdict::Cause::unexplained || (each.when && dark.end < each.when->begin)) continue;
    if (asks(each.code) || each.code == Code::digest_missing)
      each.facts.push_back("from " + to_string(dark.begin) + " to " + to_string(dark.end) +
                           " nothing was recorded: what was done then left no event");
  }
}

}  // namespace

bool names_trail(const Notable& event, const Question& question) {
  return question.trail && names_trail(event, *question.trail);
}

bool are_of(const verdict::TrailSettings& settings, const Question& question) {
  return question.trail && TrailName{settings.name, settings.home_region, settings.account} == *question.trail;
}

bool needs_explaining(const verdict::Verdict& verdict) {
  return std::ranges::any_of(verdict.chains, [](const ChainCoverage& chain) { return !chain.gaps.empty(); }) ||
         std::ranges::any_of(verdict.findings.totals(), [](const auto& entry) { return asks(entry.first); });
}

std::vector<Interval> stretches_to_read(const verdict::Verdict& verdict) {
  // So far before and behind may lie the event that explains it, and the delivery of its log file.
  constexpr auto kBefore = hours{3}, kAfter = hours{3}, kReady = hours{27}, kDeletion = hours{24}, kWhole = hours{24};
  std::vector<Interval> wanted;
  for (const Question& question : questions_about(verdict, verdict.findings.sorted())) {
    if (!question.when) continue;
    const Interval& gap = *question.when;
    const bool deleted = question.code == Code::digest_missing || asks(question.code);
    if (deleted || gap.length() <= kWhole) {
      wanted.push_back({gap.begin - kBefore, gap.end + (deleted ? Seconds{kDeletion} : Seconds{kAfter})});
    } else {
      wanted.push_back({gap.begin - kBefore, gap.begin + kAfter});
      wanted.push_back({gap.end - kBefore, gap.end + kAfter});
    }
    if (!question.last && question.next) wanted.push_back({question.next->begin - kReady, question.next->end + kAfter});
  }
  std::ranges::sort(wanted);
  std::vector<Interval> out;
  for (const Interval& each : wanted) {
    if (!out.empty() && each.begin <= out.back().end)
      out.back().end = std::max(out.back().end, each.end);
    else
      out.push_back(each);
  }
  if (out.size() > kMostStretches) out.resize(kMostStretches);
  return out;
}

std::vector<Explanation> explain(const Circumstances& all) {
  std::vector<Explanation> out;
  Unexplained objects;
  for (const Question& question : questions_about(all.verdict, all.verdict.findings.sorted())) {
    Explanation one = about(question, all);
    if (one.cause == verdict::Cause::unexplained && asks(question.code))
      objects.add(one);
    else
      out.push_back(std::move(one));
  }
  objects.add_to(out);
  note_dark_hours(all, out);
  std::ranges::sort(out);
  return out;
}

}  // namespace trailseal::forensics
