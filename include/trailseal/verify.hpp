// The verification of one or several log buckets: the library's front door.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "trailseal/crypto.hpp"
#include "trailseal/finding.hpp"
#include "trailseal/kms.hpp"
#include "trailseal/result.hpp"
#include "trailseal/store.hpp"
#include "trailseal/time.hpp"
#include "trailseal/trail.hpp"
#include "trailseal/verdict.hpp"
#include "trailseal/verified_log.hpp"

namespace trailseal::verify {

struct Source {
  std::unique_ptr<store::ObjectStore> store;
  std::string bucket;       // empty: take the name that the source's valid digests state
  std::string prefix = {};  // only what is below it; empty, or ends in "/"
  // When the source was as it is read now, if it is a copy that says so.
  std::optional<Time> acquired = {};
  verdict::Provenance provenance = {};
  // How many folders beside "AWSLogs" are searched for trails with a prefix of their own; each costs a listing.
  std::uint64_t search_limit = 1'000'000;
};

// A region whose digests will be read, and the earliest end in the names of these. Names are not yet proven.
struct KeyNeed {
  std::string region;
  Time earliest;
};

// What CloudTrail says of the trails that deliver to the sources. Its word is worth what the account's administrators
// are: it can raise doubt about a bucket, and settles none.
struct SettingsAnswer {
  Time asked{};                                // by the system clock
  Time listed{};                               // when the listing of the sources began, by the same clock
  std::vector<verdict::TrailSettings> trails;  // only those that deliver to a bucket among the sources
  std::vector<std::string> troubles;           // what could not be learned, and why: "DescribeTrails in eu-west-1: ..."
};

// An object that may have been sealed at the client before it was stored (trailseal-envelope(1)).
struct Sealed {
  Bytes& bytes;                                      // as stored; once opened: what was sealed
  const std::optional<store::Metadata>& metadata;    // nullopt: the store holds none
  const std::function<Result<Bytes>()> instruction;  // reads "<key>.instruction"; not_found: there is none
};

struct Unsealed {
  enum class State {
    plain,   // no envelope: the bytes stand as they were
    opened,  // the bytes are what was sealed
    shut,    // an envelope that could not be opened, which says nothing about its content
    broken,  // an envelope that was altered, or is none of its format
  };
  State state = State::plain;
  std::string verdict;  // of an envelope: the word of trailseal-envelope(1)
  std::string detail;   // of shut and broken: why. May carry evidence.
  std::string form;     // of an envelope, for people: "esdk-v2, committing"
};

// How envelopes are opened. Called from several threads at once, for objects that do not look like gzip files, before
// anything is inflated or hashed, and for those that do and could not be inflated.
struct Unsealing {
  std::function<Unsealed(const Sealed&)> open = nullptr;  // empty: every object is taken as it is stored
  // Envelopes are expected. Without, `open` is asked only what kept an object from being inflated.
  bool has_keys = false;
};

struct Request {
  std::optional<Time> since;  // a digest is in the window if it ends at or after this ...
  std::optional<Time> until;  // ... and starts before this
  std::optional<Time> now;    // the clock of --now; nullopt: the system clock, used for nothing but head freshness
  Seconds max_head_age{std::chrono::minutes{150}};
  std::vector<std::string> accounts, regions, trails, orgs;  // empty: all
  std::string expected_kms_key;  // the ARN or id under which every object should lie; empty: any, or none
  bool strict = false;
  bool versions = false;            // also ask what became of objects: delete markers, overwritten and recoverable ones
  unsigned jobs = 0;                // threads; 0: one for each CPU
  std::optional<kms::Answers> kms;  // what is known of the KMS keys that protect the logs
  Unsealing unsealing = {};
  // Called once, when it is known what there is and before the first digest is read, sorted by region: the caller may
  // add to the keys that it handed to run(). What it returns joins the verdict.
  std::function<verdict::Findings(const std::vector<KeyNeed>&)> need_keys = nullptr;
  // Called once, likewise, but by a thread of its own while the sources are read, with the chains that were found and
  // that the filters select, sorted; their names are not yet proven.
  std::function<SettingsAnswer(const std::vector<trail::ChainId>&)> trail_settings = nullptr;
  // Called for each log of the window that verifies, from several threads at once and in any order.
  std::function<void(const VerifiedLog&)> verified_log = nullptr;
  // Likewise for each that could be read and does not; when it is set, logs that no digest lists are read too.
  std::function<void(const UnverifiedLog&)> unverified_log = nullptr;
};

// Counters that a run advances and a terminal may watch, and the switch that ends it early. Lives with the caller.
struct Progress {
  std::atomic<std::uint64_t> objects_done{0};
  std::atomic<std::uint64_t> objects_total{0};  // grows while digests are read
  std::atomic<std::uint64_t> bytes_done{0};     // as stored
  std::atomic<std::uint64_t> digests_total{0};  // in the window; known when the sources are listed
  std::atomic<std::uint64_t> digests_begun{0};  // whose logs are in objects_total, or soon will be
  std::atomic<bool> stop{false};                // set it: the run ends soon, and its verdict is incomplete
};

// Runs every check and returns the verdict. The sources are read, never written. `findings` are those the caller has
// already made (of its key files); they join the verdict.
// Errors: invalid_argument when a source without a bucket name holds valid digests of two buckets, or two sources have
// the same name. All other trouble is in the verdict.
Result<verdict::Verdict> run(const Request& request, const std::vector<Source>& sources,
                             const trail::PublicKeySet& keys, const crypto::Backend& backend,
                             verdict::Findings findings, Progress& progress);

}  // namespace trailseal::verify
