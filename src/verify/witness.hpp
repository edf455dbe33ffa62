// The witness check of SSE-KMS: for each object that S3 stored for CloudTrail under a KMS key there is an event
// GenerateDataKey, in the logs of the key's region, that names it. So an object without such an event, and an event
// without its object, deserve a question: the second may be a log that was deleted together with its digests.
//
// Nothing here proves that an object is encrypted: S3 declares it, and KMS witnessed a key being made.
#pragma once

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "kms/judge.hpp"
#include "trail/kms_events.hpp"
#include "trailseal/store.hpp"
#include "trailseal/verdict.hpp"
#include "verify/judge.hpp"

namespace trailseal::verify {

// The name of an object in 24 bytes, if it is that of a log file: an organisation's bucket holds millions.
struct ObjectName {
  std::uint32_t folder = 0;  // of a log: "s3://bucket/[prefix/]AWSLogs/…/region/"; else its whole name
  std::uint32_t minute = 0;  // of a log: the stamp, since 1970
  std::array<char, 16> unique{};
  auto operator<=>(const ObjectName&) const = default;
};

// An object that is there, and what S3 declares of it.
struct Protected {
  ObjectName name;
  std::uint32_t key = 0;  // index into WitnessFacts::texts
  bool bucket_key = false;
  Time stamp{};  // when it was delivered, give or take some minutes
  auto operator<=>(const Protected&) const = default;
};

// An event GenerateDataKey that names an object.
struct Witness {
  ObjectName name;
  std::uint32_t key = 0, trail = 0;  // indexes into WitnessFacts::texts
  Time at{};
  auto operator<=>(const Witness&) const = default;
};

// 22 May 2025: from then on digests too lie under the key of their trail (CloudTrail User Guide, document history).
inline constexpr Time kDigestsKeyed{std::chrono::sys_days{std::chrono::year{2025} / 5 / 22}};

// Everything that a run learned of it. Texts are kept once; their numbers depend on the order of arrival, and appear
// nowhere outside.
class WitnessFacts {
 public:
  // `expected_key`: that of --expect-kms-key; empty: any.
  explicit WitnessFacts(std::string expected_key) : expected_key_(std::move(expected_key)) {}

  // A log or digest that was read, and what its store says of it, if anything. Thread-safe, like add_events.
  void add_object(std::string_view bucket, std::string_view key, const std::optional<store::Attributes>& attributes);
  // The events of a log that verified.
  void add_events(const std::vector<trail::KmsEvent>& events);
  // A listed log that did not verify: what it may hold is not known.
  void add_unread(std::string_view key);
  // Call once, between the last addition and everything below.
  void seal();

  struct Reads {
    std::uint64_t count = 0, denied = 0;
    Time first{}, last{};
  };
  static constexpr std::size_t kMostChanges = 100'000, kMostTrails = 10'000;

  // Objects that are named and were not read: whether they are there is still to be asked.
  std::vector<ObjectName> unseen() const;
  std::string uri(const ObjectName& name) const;  // "s3://bucket/key"
  const std::string& text(std::uint32_t index) const { return *texts_[index]; }

  std::vector<Protected> objects;        // sorted
  std::vector<Witness> witnesses;        // sorted; one for each object, key and trail
  std::vector<trail::KmsEvent> changes;  // of keys and selectors, each once, in order of time; the first kMostChanges
  bool changes_dropped = false;          // there were more
  std::map<std::string, std::uint64_t> bucket_keys;                         // by key: events that name a whole bucket
  std::map<std::string, std::uint64_t> probes;                              // by key: events that name a prefix
  std::map<std::pair<std::string, std::string>, Reads> readers;             // by key and actor; the first in order
  std::uint64_t reads = 0;                                                  // by all readers
  std::map<std::pair<std::string, std::string>, std::vector<Time>> unread;  // by account and region: stamps, sorted
  std::map<std::string, std::set<std::string>> keyed_trails;  // ARN of a trail: the keys that KMS used for it
  std::vector<kms::KeyEvent> key_events;                      // of `changes`, those that succeeded
  verdict::Findings findings;                                 // what --expect-kms-key has found

  // Digests of a chain's trail, from the day on which CloudTrail began to use the trail's key for them too, that are
  // declared and not under SSE-KMS.
  struct Plain {
    std::uint64_t count = 0;
    Time newest{};
  };
  std::map<trail::ChainId, Plain> plain_digests;

 private:
  std::uint32_t index_of(std::string_view text);
  ObjectName name_of(std::string_view bucket, std::string_view key, Time* stamp);

  void add_change(const trail::KmsEvent& event);
  void expect(std::string_view bucket, std::string_view key, const std::optional<store::Attributes>& attributes);

  std::string expected_key_;
  std::mutex mutex_;
  std::map<std::string, std::uint32_t, std::less<>> index_;
  std::vector<const std::string*> texts_;
  struct Change {
    explicit Change(const trail::KmsEvent& from) : event(from) {}
    trail::KmsEvent event;
    std::optional<bool> shuts_out;
  };
  std::map<std::pair<Time, std::string>, Change> ordered_changes_;  // by time and event id
  std::unordered_set<std::size_t> seen_reads_;                      // by the hash of the event id
};

// What is known about the place that a key's events would be recorded in.
struct WitnessContext {
  std::map<std::pair<std::string, std::string>, GroupCover> covers;  // by account and region
  Window window;                                                     // only logs in it were read
  std::vector<verdict::ChainCoverage> chains;                        // for the gaps that a key's events may explain
};

// What asking for one of them said.
enum class Presence { there, absent, unknown, out_of_scope };

struct WitnessJudgement {
  verdict::Findings findings;
  std::vector<verdict::KmsKeyUse> keys;
  std::vector<verdict::KmsReader> readers;
};

// S3 gives an ARN; other stores, and callers of KMS, may give the bare id.
bool same_key(std::string_view a, std::string_view b);

WitnessJudgement judge_witnesses(const WitnessFacts& facts, const std::map<ObjectName, Presence>& unseen,
                                 const WitnessContext& context);

}  // namespace trailseal::verify
