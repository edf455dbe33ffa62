// Judgement of histories: pure functions from versions and delete markers to findings.
#pragma once

#include <optional>
#include <string>

#include "trailseal/verdict.hpp"
#include "verify/history.hpp"

namespace trailseal::verify {

struct VersionContext {
  std::string chain;
  std::string subject;  // the object
  std::optional<Interval> when;
};

// An object that is gone or at fault, and says so elsewhere: where the signed content lies, or that it is nowhere.
// Adds one finding.
void judge_recovery(const Recovery& recovery, const VersionContext& context, const std::string& more,
                    verdict::Findings& findings);

// A digest that was deleted though an older one of its chain is there, which no rule that expires the oldest does.
// Adds one finding. `more`: about the logs of the recovered one.
void judge_deleted_digest(const Recovery& recovery, const VersionContext& context, const std::string& more,
                          verdict::Findings& findings);

// An object that is there and has older versions below it. Adds a finding if it has.
void judge_overwritten(const KeyHistory& history, const VersionContext& context, verdict::Findings& findings);

// Deleted objects that one finding stands for. The newest is the one whose delete marker is.
struct Removed {
  std::uint64_t count = 0;
  KeyHistory newest;
  std::optional<Interval> span;  // of the names' times

  void add(const KeyHistory& history, std::optional<Interval> when);
  void merge(const Removed& other);
};

// Digests that were deleted and none older is left; expiry leaves the same. `newest`: what became of looking for the
// newest's content, if anybody looked.
void judge_removed_digests(const Removed& removed, const std::string& chain, const std::string& bucket,
                           bool some_are_left, const Recovery* newest, verdict::Findings& findings);

// Objects that no digest lists and that are deleted.
void judge_removed_objects(const Removed& removed, const std::string& subject, verdict::Findings& findings);

}  // namespace trailseal::verify
