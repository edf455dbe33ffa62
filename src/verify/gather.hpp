// Gathering the facts of one group: every digest that the window needs, in batches, and the logs that they list.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "verify/context.hpp"
#include "verify/listed.hpp"

namespace trailseal::verify {

// What became of the logs of one chain.
struct LogTotals {
  verdict::Tally tally;
  verdict::Findings findings;
};

// A log to be read.
struct LogTask {
  DigestFacts* digest;
  std::uint32_t log;  // index into its list
  std::uint32_t source;
};

// A listed log that was read, and is not what was signed.
struct FaultyLog {
  const DigestFacts* digest;
  std::uint32_t log;  // index into its list
  std::uint32_t source;
};

class Gatherer {
 public:
  Gatherer(Context& context, const Plan& plan, const GroupPlan& group);

  // Reads the digests in the window, a proven one on either side of it and the newest, follows their pointers, and
  // verifies the logs of the proven digests in the window but the last few of these. Returns early when the run is
  // stopped. From here on everything but `logs_of` and `bytes` is known.
  void run();
  // Verifies the logs that run() left.
  void finish();

  const std::deque<DigestFacts>& facts() const { return facts_; }
  const std::map<Place, const DigestFacts*>& places() const { return places_; }
  const std::map<Place, Absence>& absent() const { return absent_; }
  LogTotals& logs_of(std::size_t chain) { return logs_[chain]; }
  ListedNames& listed() { return listed_; }
  // Days that could not be listed.
  verdict::Findings& listing_findings() { return listing_findings_; }
  // Bytes read and hashed for logs.
  const verdict::Tally& bytes() const { return bytes_; }

  // Two names for a source that was given none: a bucket that its valid digests state beside the one already taken.
  const std::set<std::pair<std::uint32_t, std::string>>& other_names() const { return other_names_; }

 private:
  // How far the proven standard digests of a chain reach, backfill aside.
  struct Reach {
    Time oldest_end = Time::max(), newest_start = Time::min(), newest_end = Time::min();
  };
  struct Pick {
    std::uint32_t chain;
    std::size_t ref;
  };
  DigestFacts& start(std::uint32_t chain, const DigestRef& ref);
  // Both return how many logs the digests list.
  std::size_t read(const std::vector<Pick>& picks);
  std::size_t read_facts(std::size_t from);
  void settle(std::size_t from);
  // Of the digests that wait and are proven; the last few are only listed if they may be `left` for finish().
  void verify_logs(bool left);
  void read_again(DigestFacts& facts);
  // Notes what they list, and says what is to be read of it.
  std::vector<LogTask> list_logs(const std::vector<DigestFacts*>& digests);
  void read_logs(const std::vector<DigestFacts*>& digests, const std::vector<LogTask>& tasks);
  std::function<void(const LogFacts&, ByteView)> hand_out_of(const DigestFacts& digest,
                                                             const trail::ListedLog& log) const;
  // Looks for older versions of logs that are not right.
  void recover_logs(const std::vector<FaultyLog>& faulty);
  void read_around(std::uint32_t chain);
  void read_before(std::uint32_t chain, Time since);
  void read_behind(std::uint32_t chain, Time until);
  void read_newest(std::uint32_t chain);
  // Lists a day that the plan only names; its digests join the chain's.
  void list_day_of(std::uint32_t chain, std::size_t unlisted);
  void follow_pointers();
  bool follow(const trail::Previous& previous);
  bool is_read(std::uint32_t chain, std::size_t ref) const { return read_[chain][ref]; }

  Context& context_;
  const Plan& plan_;
  const GroupPlan& group_;
  std::deque<DigestFacts> facts_;             // never moved: others point to them
  std::vector<std::vector<DigestRef>> refs_;  // of each chain; the plan's, and more as days are listed
  std::vector<std::vector<UnlistedDay>> unlisted_;
  std::vector<std::vector<bool>> read_;
  verdict::Findings listing_findings_;
  std::map<Place, DigestFacts*> mutable_places_;
  std::map<Place, const DigestFacts*> places_;
  std::map<Place, std::vector<const DigestFacts*>> claims_;  // who holds a copy of the signature of the digest there
  std::map<Place, Absence> absent_;
  std::vector<DigestFacts*> waiting_;  // their logs are not verified yet
  std::size_t logs_held_ = 0;          // how many logs those list
  std::vector<DigestFacts*> left_;     // for finish()
  std::vector<LogTask> left_logs_;
  std::vector<LogTotals> logs_;
  std::vector<Reach> reach_;  // of each chain
  std::set<std::uint32_t> sources_with_metadata_;
  verdict::Tally bytes_;
  ListedNames listed_;
  std::set<std::pair<std::uint32_t, std::string>> other_names_;
};

}  // namespace trailseal::verify
