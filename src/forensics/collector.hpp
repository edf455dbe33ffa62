// Gathers from logs, as they are handed out, what explanations and the timeline need. Thread-safe; what it has gathered
// does not depend on the order in which the logs came.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "forensics/notable.hpp"
#include "trailseal/verdict.hpp"
#include "trailseal/verified_log.hpp"

namespace trailseal::forensics {

class Collector {
 public:
  // Of more events than that, the first in order of time are kept: a bucket may hold millions of deletions, and there
  // may be as many calls that give out credentials. Of each standing so many: whoever may write into the bucket can
  // make up any number of events, and must not drive out those that are proven.
  static constexpr std::size_t kMostNotable = 100'000, kMostUnproven = 20'000;

  // `buckets`: those that the sources are known to be, for events about objects. Others count in their own logs.
  explicit Collector(std::set<std::string> buckets) : buckets_(std::move(buckets)) {}

  void add(const verify::VerifiedLog& log);
  void add(const verify::UnverifiedLog& log);
  // An export of the event history. Errors: those of for_each_event_of_history.
  Result<void> add_history(ByteView text, const std::string& path);

  struct Gathered {
    std::vector<Notable> events;  // sorted by time
    // Hours of backfill digests that list logs, by chain, sorted: CloudTrail made up for what it had not delivered.
    std::map<std::string, std::set<Interval>> backfilled;
    std::vector<verdict::EventRate> rates;  // of verified logs
    std::uint64_t logs = 0, records = 0, unreadable = 0;
    bool truncated = false;
    std::optional<Time> left_out_from;  // from then on not all proven events are kept; nullopt: they are
  };
  Gathered take();

 private:
  struct Batch;
  Batch read(ByteView content, const Origin& origin, std::string_view bucket) const;
  void keep(Batch batch, bool counts);
  void insert(Notable event);

  std::set<std::string> buckets_;
  std::mutex mutex_;
  std::array<std::set<Notable>, 3> events_, access_;  // by standing
  std::map<Time, verdict::EventRate> rates_;
  Gathered sum_;
};

}  // namespace trailseal::forensics
