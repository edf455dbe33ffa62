// Why something is not proven: pure functions from what a run found and what events tell. Each explainer knows one kind
// of cause and answers only with evidence; nobody guesses.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "forensics/notable.hpp"
#include "forensics/scope.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::forensics {

struct Circumstances {
  const verdict::Verdict& verdict;
  std::vector<Notable> events;                                // sorted by time
  std::map<std::string, std::set<Interval>> backfilled = {};  // hours of backfill digests, by chain
  Scope scope = {};
  bool event_history = false;              // an export of it is among what was read
  std::optional<Time> left_out_from = {};  // from then on not all proven events are among `events`
};

// One thing that is not proven, and what stands beside it.
struct Question {
  verdict::Code code{};
  const verdict::ChainCoverage* chain = nullptr;  // nullptr: none in particular
  std::optional<Interval> when = {};
  std::string subject = {};                  // of the finding; empty: the chain in that stretch
  std::optional<Time> last = {};             // end of the last proven digest before it
  std::string last_uri = {};                 // "s3://bucket/key" of that one
  bool cut_short = false;                    // that one covers less than its hour: recording ended with it
  std::optional<Interval> next = {};         // hour of the first proven digest behind it
  std::vector<std::string> considered = {};  // what an explainer saw that speaks against its cause

  std::optional<TrailName> trail = {};  // whose digests these are; nullopt without a chain
};

struct Answer {
  verdict::Cause cause = verdict::Cause::unexplained;
  verdict::Confidence confidence = verdict::Confidence::unexplained;
  std::string sentence;
  std::vector<const Notable*> events;
  std::vector<std::string> facts;
  bool met = false;  // digests are cut short when it happened and begin when it was undone: it was this trail's
};

using Explainer = std::vector<Answer> (*)(Question&, const Circumstances&);
std::vector<Answer> explain_switches(Question& question, const Circumstances& all);   // what ended, and began again
std::vector<Answer> explain_beginning(Question& question, const Circumstances& all);  // why nothing is older
std::vector<Answer> explain_expiry(Question& question, const Circumstances& all);     // what was older expired
std::vector<Answer> explain_objects(Question& question, const Circumstances& all);    // deleted, replaced, no key
std::vector<Answer> explain_delivery(Question& question, const Circumstances& all);   // refused, late

// Does the event call the question's trail by name?
bool names_trail(const Notable& event, const Question& question);
// Are these its settings?
bool are_of(const verdict::TrailSettings& settings, const Question& question);

// Is there anything to explain? (Then events around it are worth reading.)
bool needs_explaining(const verdict::Verdict& verdict);
// The stretches of time whose events may tell why: around the ends of everything that is to be explained. Sorted,
// disjoint, at most kMostStretches.
inline constexpr std::size_t kMostStretches = 24;
std::vector<Interval> stretches_to_read(const verdict::Verdict& verdict);

// Sorted. One for each gap, and for each finding about an object or a region; objects that nothing explains share one.
std::vector<verdict::Explanation> explain(const Circumstances& all);

}  // namespace trailseal::forensics
