// The verdict: what was proven, what was not, and how far the proof reaches. A value; merging is associative and
// commutative, so the verdict of a whole is the merge of the verdicts of its parts.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/finding.hpp"
#include "trailseal/forensics.hpp"
#include "trailseal/time.hpp"

namespace trailseal::verdict {

enum class Outcome { verified, open, violated };       // in rising order: violated beats open beats verified
std::string_view to_string(Outcome outcome) noexcept;  // "verified", "open", "violated"
int exit_status(Outcome outcome) noexcept;             // 0, 2, 1

// Counts of objects. Everything found is in exactly one of the columns behind `found` or `listed`.
struct Tally {
  std::uint64_t digests_found = 0;     // digest files in the window or needed for it, backfill included
  std::uint64_t digests_verified = 0;  // signature, location, account and content all right
  std::uint64_t digests_violated = 0;
  std::uint64_t digests_open = 0;
  std::uint64_t digests_missing = 0;    // named by a signed link and not there: at least so many
  std::uint64_t backfill_verified = 0;  // of digests_verified
  std::uint64_t logs_listed = 0;        // by digests that verified, each counted once
  std::uint64_t logs_verified = 0;
  std::uint64_t logs_violated = 0;
  std::uint64_t logs_open = 0;
  std::uint64_t logs_unlisted = 0;  // in log folders, inside proven intervals, listed by no digest
  std::uint64_t logs_pending = 0;
  std::uint64_t logs_not_covered = 0;  // of kinds that no digest lists
  std::uint64_t bytes_read = 0;        // as stored
  std::uint64_t bytes_hashed = 0;      // uncompressed

  void add(const Tally& other) noexcept;
  bool operator==(const Tally&) const = default;
};

struct Gap {
  Interval interval;
  Code cause;  // digest_missing, chain_restart, chain_gap, digest_signature_invalid, ...
  std::optional<DigestCite> last_good = {}, next = {};  // the nearest proven digests of the chain on either side
  auto operator<=>(const Gap&) const = default;
};

// How far one chain's proof reaches. Intervals are sorted and disjoint, cut to the window.
struct ChainCoverage {
  std::string chain;  // ChainId::to_string()
  std::string org, account, trail, home_region, region;
  Interval span{};  // what coverage is measured against: the window, or first start to last end
  std::vector<Interval> proven;
  std::vector<Gap> gaps;         // span minus proven, each with its cause
  std::optional<Time> head;      // end of the newest proven digest in or after the window
  std::optional<Interval> tail;  // behind the head: not sealed by a digest yet
  bool head_judged = false;      // freshness was judged
  bool head_stale = false;
  Outcome outcome = Outcome::verified;  // of this chain's findings alone
  Tally tally;

  Seconds proven_time() const;
  // Hundredths of a percent of `span`, rounded down: 10000 only when nothing is missing. An empty span is 0.
  int proven_basis_points() const;
  bool operator==(const ChainCoverage&) const = default;
};

struct KeyUse {
  std::string fingerprint;
  std::string encoding;
  std::string origin;  // a path or "cloudtrail:REGION"; several joined by ", "
  std::uint32_t bits = 0;
  std::optional<Interval> validity;
  std::uint64_t digests_verified = 0;
  bool operator==(const KeyUse&) const = default;
};

// One KMS key, and what its events in verified logs say of the objects that S3 declares to lie under it.
struct KmsKeyUse {
  std::string key;                   // its ARN, or what else S3 or the event calls it
  std::uint64_t objects = 0;         // logs and digests that were read and declare it
  std::uint64_t witnessed = 0;       // of these: KMS made a data key for exactly this object
  std::uint64_t mismatched = 0;      // witnessed under another key
  std::uint64_t missing = 0;         // no witness where there should be one
  std::uint64_t not_applicable = 0;  // no witness can be expected
  std::uint64_t orphans = 0;         // named by an event under this key, and not there
  std::uint64_t probes = 0;          // events that name a prefix: a trail was set up
  bool operator==(const KmsKeyUse&) const = default;
};

// Who had KMS decrypt objects of a trail, by the Decrypt events in verified logs.
struct KmsReader {
  std::string key, actor;
  std::uint64_t reads = 0;  // denied included
  std::uint64_t denied = 0;
  Time first{}, last{};
  bool operator==(const KmsReader&) const = default;
};

inline constexpr std::size_t kMostKmsReaders = 1000;  // the first in order are kept

// A KMS key whose configuration was asked for.
struct KmsKeySettings {
  std::string arn;             // or where its answers were, if they do not name it
  std::string origin;          // where the answers are from
  std::string state;           // "Enabled", as KMS says it; empty: unknown
  std::string rotation;        // "on", "off"; empty: unknown
  bool policy_judged = false;  // there was a policy, and it could be read
  auto operator<=>(const KmsKeySettings&) const = default;
};

// One run of `trailseal collect`, by the word of the collection's manifest.
struct Acquisition {
  Time begin{};
  std::optional<Time> end;  // nullopt: it was ended by force
  bool interrupted = false;
  std::string operator_name;  // "user@host"
  std::string account, arn;   // of the caller, as AWS named it; empty: unknown
  std::string tool, tool_version, tool_sha256;
  std::vector<std::string> arguments;                 // its command line
  std::uint64_t acquired = 0, failed = 0, bytes = 0;  // objects; bytes as stored
  bool operator==(const Acquisition&) const = default;
};

// Where a copy comes from, if it says so.
struct Provenance {
  static constexpr std::size_t kMostRuns = 100;  // the newest are kept

  std::string manifest_sha256;    // empty: there is no manifest
  std::vector<Acquisition> runs;  // from old to new
  std::uint64_t runs_in_all = 0;
  bool operator==(const Provenance&) const = default;
};

struct SourceUse {
  std::string label;          // as the user gave it
  std::string bucket;         // empty: unknown
  std::string bucket_origin;  // "given", "named by its valid digests", "claimed by its digests", "unknown"
  Provenance provenance = {};
  bool operator==(const SourceUse&) const = default;
};

// How a trail's delivery goes in one region, by CloudTrail's own word (GetTrailStatus).
struct TrailStatus {
  std::string region;
  bool logging = false;
  std::optional<Time> logging_started, logging_stopped;
  std::optional<Time> latest_delivery, latest_digest_delivery;
  std::string delivery_error, digest_delivery_error;  // empty: the last delivery worked
  auto operator<=>(const TrailStatus&) const = default;
};

// A trail that delivers to one of the sources, by CloudTrail's own word (DescribeTrails). None of it is signed.
struct TrailSettings {
  std::string arn, name, account, home_region;  // account: that of the ARN
  std::string bucket, prefix;                   // prefix: without a slash at its end
  bool multi_region = false, organization = false;
  bool validation = false;           // digests are delivered
  std::vector<TrailStatus> regions;  // sorted by region; only those that answered
  auto operator<=>(const TrailSettings&) const = default;
};

// What was asked for and with what: the same in every part of a run. Holds nothing that differs between machines,
// thread counts or crypto backends, so that the same evidence gives the same bytes of report.
struct RunInfo {
  std::string tool_version;
  std::vector<SourceUse> sources;
  std::optional<Time> since, until, now;
  std::optional<Time> fresh_at;  // T: the time at which heads were judged
  std::string fresh_at_origin;   // "--until", "--now", "manifest"; empty: not judged
  std::string clock_origin;      // N: "--now", "manifest", "system clock"
  Seconds max_head_age{0};
  std::optional<Time> settings_asked;  // when CloudTrail was asked about its trails; nullopt: it was not
  bool strict = false;
  bool versions = false;                                     // the history of objects was asked for, too
  std::vector<std::string> accounts, regions, trails, orgs;  // filters
  std::string expected_kms_key;                              // empty: none
  bool operator==(const RunInfo&) const = default;
};

// A list of findings that keeps at most kMaxFindingsPerCode of each code (the first in report order) and counts all:
// a bucket with a million planted objects must not exhaust memory.
class Findings {
 public:
  static constexpr std::size_t kMaxPerCode = 10'000;

  void add(Finding finding);
  void merge(Findings other);
  // Makes one of all of this code: the first in report order, about `subject`, with the sum of their counts.
  void fold(Code code, std::string subject);
  // Counts `number` more findings of this code, with `total` as the sum of their counts, of which nothing else is
  // known.
  void add_unkept(Code code, std::uint64_t number, std::uint64_t total);
  // Puts `prefix` before every subject.
  void prefix_subjects(std::string_view prefix);
  std::vector<Finding> sorted() const;                        // those kept, in report order
  std::map<Code, std::uint64_t> totals() const;               // sum of `count`s by code, also of those not kept
  std::map<Code, std::uint64_t> numbers() const;              // how many there are by code, kept or not
  std::uint64_t dropped() const noexcept;                     // how many were not kept
  std::uint64_t count(Severity severity, bool strict) const;  // number of findings, dropped included
  Outcome outcome(bool strict) const;                         // any violation, else any open, else verified
  bool operator==(const Findings&) const = default;

 private:
  struct PerCode {
    std::multiset<Finding> kept;  // the first kMaxPerCode in report order, whatever the order of adding
    std::uint64_t number = 0;     // findings, kept or not
    std::uint64_t total = 0;      // the sum of their counts
    bool operator==(const PerCode&) const = default;
  };
  static void keep(PerCode& entry, Finding finding);
  std::map<Code, PerCode> by_code_;
};

struct Verdict {
  RunInfo run;
  Tally tally;
  std::vector<ChainCoverage> chains;         // sorted by chain
  std::vector<KeyUse> keys;                  // sorted by fingerprint
  std::vector<TrailSettings> trails;         // sorted; those that deliver to the sources, as far as CloudTrail told
  std::vector<KmsKeyUse> kms_keys;           // sorted by key
  std::vector<KmsReader> kms_readers;        // sorted by key and actor
  std::uint64_t kms_reads = 0;               // by all readers
  std::vector<KmsKeySettings> kms_settings;  // sorted
  Findings findings;
  Forensics forensics;
  bool complete = true;  // false: interrupted

  Outcome outcome() const;  // of the findings, and at least open when no digest verified or the run was interrupted
  bool operator==(const Verdict&) const = default;
};

// The verdict of both together. Associative and commutative as long as the RunInfo is the same and the chains differ.
Verdict merge(Verdict a, Verdict b);

}  // namespace trailseal::verdict
