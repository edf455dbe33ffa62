// What a bucket holds for a run to acquire, from listings alone.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "collect/record.hpp"
#include "trailseal/store.hpp"

namespace trailseal::collect {

struct Wanted {
  Kind kind = Kind::object;  // object, version or delete_marker
  store::ObjectInfo object;
  std::string version = {};
  bool latest = false;
};

class Inventory {
 public:
  // `take` returns false to end the listing. `store` and `selection` must outlive it.
  Inventory(const store::ObjectStore& store, const Selection& selection, const std::atomic<bool>& stop,
            std::function<bool(Wanted)> take)
      : store_(store), selection_(selection), stop_(stop), take_(std::move(take)) {}

  // Follows the folders of a log bucket: every "AWSLogs" at any depth, its accounts, the folders of CloudTrail's.
  // Objects elsewhere are none of CloudTrail's. Digests come before logs. False: it was ended.
  bool run();

  const std::vector<Trouble>& troubles() const { return troubles_; }
  // Of the regions of digests: the earliest end in a name.
  const std::map<std::string, Time>& regions() const { return regions_; }
  // About how many requests the listing took.
  std::uint64_t requests() const { return requests_; }

 private:
  store::Folder children(const std::string& prefix);
  store::TroubleVisitor trouble();
  bool ended() const { return stopped_ || stop_; }
  void take(Wanted wanted);
  void any(const std::string& prefix, int depth);
  void aws_logs(const std::string& prefix, int depth);
  void account(const std::string& prefix, int depth);
  void kind(const std::string& prefix, bool digests);
  void all_below(const std::string& prefix);
  void digests_around(const std::string& prefix, std::string_view region);
  void logs_of_days(const std::string& prefix, std::string_view account, std::string_view region, int depth);
  void versions(const std::string& prefix);
  void note_digest(const std::string& key);

  void count_pages(std::uint64_t rows);

  const store::ObjectStore& store_;
  const Selection& selection_;
  const std::atomic<bool>& stop_;
  std::function<bool(Wanted)> take_;
  bool stopped_ = false;
  std::uint64_t requests_ = 0;
  std::vector<Trouble> troubles_;
  std::map<std::string, Time> regions_;
  std::map<std::pair<std::string, std::string>, Time> newest_;  // end of the newest digest, by account and region
  std::set<std::string> roots_;                                 // whose versions were listed
};

}  // namespace trailseal::collect
