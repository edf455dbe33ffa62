// Judgement: pure functions from facts to findings and coverage. No I/O, no clock, no order of arrival.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailseal/verdict.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

// "s3://bucket/key", or the source's label and the key while no bucket name is known.
std::string uri(std::string_view bucket, std::string_view key);

// A part of a source that could not be listed.
verdict::Finding listing_fault(std::string subject, const Error& error);

// ---- one digest ---------------------------------------------------------------------------------------------------

struct DigestContext {
  std::string chain;                 // ChainId::to_string()
  std::string account;               // of the key
  std::string bucket;                // of the source it was found in
  bool source_has_metadata = false;  // some digest of the source has
  // Validity of the keys that verified digests of the same account and region.
  std::vector<Interval> proven_keys;
};

void judge_digest(const DigestFacts& facts, const DigestContext& context, verdict::Findings& findings);

// Is `time` covered by keys that are demonstrably those of the region? Then CloudTrail had no other. (A new key appears
// 20 days after the one before and each is valid for 30: digest.md 3.3.)
bool keys_cover(const std::vector<Interval>& validity, Time time);

// The finding that makes this digest's hour unproven; nullopt for one that is proven.
std::optional<verdict::Code> fault_of(const DigestFacts& facts, const DigestContext& context);

// ---- one chain ----------------------------------------------------------------------------------------------------

struct Freshness {
  std::optional<Time> at;       // T
  Time now;                     // N
  bool now_from_clock = false;  // then N is in no report
  Seconds max_head_age{0};

  bool stale(Time head) const;
  std::string limit_text() const;  // what a head must reach, without the system clock
};

// What is known of a predecessor that is not among the facts.
enum class Absence { missing, no_source, unreadable };

using Place = std::pair<std::string, std::string>;  // bucket, key

struct ChainInput {
  trail::ChainId id;
  std::vector<const DigestFacts*> digests;            // of this chain, backfill included, in order of their hours' ends
  std::vector<DigestContext> contexts;                // one for each
  const std::map<Place, const DigestFacts*>& places;  // every digest of the group that was read, by where it was found
  const std::map<Place, Absence>& absent;             // predecessors that were looked for in vain
  Window window;
  Freshness freshness;
};

struct ChainJudgement {
  verdict::Findings findings;
  verdict::ChainCoverage coverage;
  // For the logs that no digest lists, not cut to the window.
  std::vector<Interval> proven;
  std::optional<Time> first;  // begin of the oldest proven digest
  bool first_is_starting = false;
  std::optional<Time> head;  // end of the newest
  std::vector<verdict::Gap> gaps;
};

ChainJudgement judge_chain(const ChainInput& input);

// The hour of the digest that a proven one names as its predecessor, as far as that is known without it. Backfill
// digests do not come hourly: the name tells.
Interval predecessor_hour(const DigestFacts& facts);

// Sorted and disjoint; what touches is joined.
std::vector<Interval> unite(std::vector<Interval> intervals);
// What of `span` is in none of `parts` (sorted, disjoint).
std::vector<Interval> subtract(const Interval& span, const std::vector<Interval>& parts);

// ---- a log file that no digest lists --------------------------------------------------------------------------------

// What the digests of all trails of an account and region cover together.
struct GroupCover {
  std::vector<Interval> proven;  // sorted, disjoint
  std::optional<Time> first;     // begin of the oldest proven digest
  bool first_is_starting = false;
  std::optional<Time> head;  // end of the newest
};

enum class Unlisted { inside, pending, behind_head, before_start, before_chain, in_gap, no_chain };

// Where an unlisted log stands whose name bears this stamp.
Unlisted classify_unlisted(Time stamp, const GroupCover& cover);

// ---- one listed log file ------------------------------------------------------------------------------------------

struct LogContext {
  std::string chain;
  std::string digest;  // the name of the digest that lists it
  Interval hour{};
};

// Adds at most one finding. `belongs_to`: the key of another log whose signed hash this content has; may be empty.
void judge_log(const trail::ListedLog& log, const LogFacts& facts, const LogContext& context,
               std::string_view belongs_to, verdict::Findings& findings);

// What is wrong with a listed log; nullopt: it verifies.
std::optional<verdict::Code> fault_of(const trail::ListedLog& log, const LogFacts& facts);

// The outcome of one listed log, for the tally.
verdict::Outcome outcome_of(const trail::ListedLog& log, const LogFacts& facts);

}  // namespace trailseal::verify
