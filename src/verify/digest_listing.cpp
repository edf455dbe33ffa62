#include "verify/digest_listing.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <set>

#include "verify/judge.hpp"
#include "verify/plan.hpp"
#include "verify/scan.hpp"
#include "verify/unseal.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

// Every stamp of this century follows it, so an outline cut here has one name for each chain and day.
constexpr std::string_view kStamp = "_20";
constexpr std::string_view kAnyStamp = "000101T000000Z.json.gz";
// A folder has a chain for each trail. Many more than that are planted, and a listing of every key bounds what they
// cost.
constexpr std::size_t kMostChains = 64;

std::int32_t day_of(Time time) {
  return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

std::string names_of(const DigestFolder& folder) {
  return folder.root.account + "_CloudTrail-Digest_" + folder.region + "_";
}

class Lister {
 public:
  explicit Lister(const DigestFolder& folder) : folder_(folder), zones_(folder.prefix, names_of(folder)) {}

  DigestListing run() {
    if (folder_.region.empty()) {
      keys("", NoZones());
    } else if (!folder_.window.since && !folder_.window.until) {
      keys("", zones_);
    } else if (!outline() || !needed_days()) {
      out_ = {};
      said_.clear();
      keys("", zones_);
    }
    return std::move(out_);
  }

 private:
  store::TroubleVisitor trouble() {
    return [this](std::string_view where, const Error& error) {
      // An outline and the listing of its days meet the same.
      if (said_.emplace(where, error.message).second) out_.findings.add(listing_fault(std::string(where), error));
    };
  }

  ScanQuestion question(std::string after, std::string delimiter, const Zones& zones) const {
    return {folder_.store, folder_.prefix, std::move(after), std::move(delimiter), zones, folder_.stop};
  }

  void note(const Result<ScanEnd>& end) {
    if (!end) {
      trouble()(folder_.prefix, end.error());
      return;
    }
    if (end->jumps > 0 && folder_.wanted)
      out_.findings.add({.code = Code::digest_foreign_object,
                         .subject = folder_.prefix,
                         .detail = "so many that they were passed over, the first time behind " + end->first_jump});
    for (const auto& last : end->left)
      trouble()(folder_.prefix, Error{Errc::limit, "more names than CloudTrail gives in a day; those behind " + last +
                                                       " were not listed"});
  }

  void keys(std::string after, const Zones& zones) {
    note(scan(
        question(std::move(after), "", zones),
        [&](const store::ObjectInfo& object, bool) {
          return add_digest_key(folder_, object, out_) ? Seen::ours : Seen::foreign;
        },
        trouble()));
  }

  // The chains and their days; false: only a listing of every key can tell.
  bool outline() {
    bool regular = true;
    auto end = scan(
        question("", std::string(kStamp), zones_),
        [&](const store::ObjectInfo& name, bool cut) {
          if (!cut) {
            if (trail::parse_digest_key(name.key)) regular = false;
            add_digest_key(folder_, name, out_);
            return regular ? Seen::foreign : Seen::enough;
          }
          auto parsed = trail::parse_digest_key(name.key + std::string(kAnyStamp));
          regular = parsed && parsed->root == folder_.root && parsed->chain.region == folder_.region;
          if (!regular) return Seen::enough;
          out_.chains[{parsed->root, std::move(parsed->chain)}].unlisted.push_back(days_of(parsed->day));
          regular = out_.chains.size() <= kMostChains;
          return regular ? Seen::ours : Seen::enough;
        },
        trouble());
    if (!regular) return false;
    note(end);
    return true;
  }

  // False: there are names like a digest's in what was listed, and no digest.
  bool needed_days() {
    // A name's stamp is the end of an hour; a day to either side holds whatever touches the window.
    constexpr std::int32_t kForever = 4'000'000;
    const auto& window = folder_.window;
    const std::int32_t low = window.since ? day_of(*window.since) - 1 : -kForever;
    const std::int32_t high = window.until ? day_of(*window.until) + 1 : kForever;
    std::set<std::int32_t> days;
    std::int32_t first = kForever, last = -kForever;  // of those in the window
    for (const auto& [id, chain] : out_.chains) {
      const auto& all = chain.unlisted;
      const auto begin = std::lower_bound(all.begin(), all.end(), low);
      const auto end = std::upper_bound(begin, all.end(), high);
      if (begin != end) {
        first = std::min(first, *begin);
        last = std::max(last, *std::prev(end));
      }
      if (begin != all.begin()) days.insert(*std::prev(begin));
      if (end != all.end()) days.insert(*end);
      days.insert(all.back());
    }
    if (first <= last) range(first, last);
    for (const auto day : days)
      if (day < first || day > last) range(day, day);
    const auto listed = [&](std::int32_t day) { return (day >= first && day <= last) || days.contains(day); };
    for (auto& [id, chain] : out_.chains) std::erase_if(chain.unlisted, listed);
    // What could not be listed is said, and no other listing makes it unsaid.
    const auto lost = std::erase_if(out_.chains, [](const auto& chain) { return chain.second.digests.empty(); });
    return lost == 0 || out_.findings.outcome(false) != verdict::Outcome::verified;
  }

  // Lists the days from `first` to `last`. What the outline has named already is passed over.
  void range(std::int32_t first, std::int32_t last) {
    const std::string begin = folder_.prefix + day_text(first) + "/", end = folder_.prefix + day_text(last) + "/";
    note(scan(
        question(begin, "", zones_),
        [&](const store::ObjectInfo& object, bool) {
          if (object.key > end && !object.key.starts_with(end)) return Seen::enough;
          if (object.key.find(kStamp, folder_.prefix.size()) == std::string::npos) return Seen::foreign;
          return add_digest_key(folder_, object, out_) ? Seen::ours : Seen::foreign;
        },
        trouble()));
  }

  const DigestFolder& folder_;
  DayZones zones_;
  DigestListing out_;
  std::set<std::pair<std::string, std::string>> said_;
};

}  // namespace

bool add_digest_key(const DigestFolder& folder, const store::ObjectInfo& object, DigestListing& out) {
  const auto& root = folder.root;
  if (object.key.ends_with('/')) return false;
  if (auto parsed = trail::parse_digest_key(object.key)) {
    if (parsed->root.account == root.account && parsed->root.org == root.org) {
      auto& chain = out.chains[{std::move(parsed->root), std::move(parsed->chain)}];
      const DigestRef ref{parsed->end, 0, days_of(parsed->day), parsed->backfill};
      chain.digests.push_back({ref.end, ref.day, ref.backfill});
      if (folder.window.contains(ref)) chain.bytes += object.size;
      ++out.digest_count;
      return true;
    }
    if (folder.wanted) ++out.foreign_trees[{parsed->root.key(), {parsed->root.account, root.account}}];
    return false;
  }
  if (folder.instruction_files && is_instruction_file(object.key)) return true;
  if (!folder.wanted) return false;
  if (auto parsed = trail::parse_log_key(object.key); parsed && parsed->root != root) {
    // A prefix that leads here, of a trail of the same account.
    if (parsed->root.account == root.account && parsed->root.org == root.org) {
      out.log_folders[parsed->root][{parsed->kind, parsed->region}] = true;
      return false;
    }
    ++out.foreign_trees[{parsed->root.key(), {parsed->root.account, root.account}}];
    return false;
  }
  out.findings.add({.code = Code::digest_foreign_object, .subject = object.key});
  return false;
}

DigestListing list_digests(const DigestFolder& folder) { return Lister(folder).run(); }

std::vector<ListedDigest> list_day(const store::ObjectStore& store, const trail::Root& root,
                                   const trail::ChainId& chain, std::int32_t day, const std::atomic<bool>& stop,
                                   const store::TroubleVisitor& trouble) {
  const trail::DigestKey any{root, chain, {}, false, day_text(day)};
  const std::string key = any.key(), prefix = key.substr(0, key.rfind('_') + 1);
  std::vector<ListedDigest> out;
  const NoZones zones;
  const auto listed = scan(
      {store, prefix, {}, {}, zones, stop},
      [&](const store::ObjectInfo& object, bool) {
        const auto parsed = trail::parse_digest_key(object.key);
        if (!parsed || parsed->root != root || parsed->chain != chain) return Seen::foreign;
        out.push_back({parsed->end, day, parsed->backfill});
        return Seen::ours;
      },
      trouble);
  if (!listed)
    trouble(prefix, listed.error());
  else if (listed->jumps > 0)
    trouble(prefix, Error{Errc::limit, "so many names that are no digest's that those behind " + listed->first_jump +
                                           " were not listed"});
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace trailseal::verify
