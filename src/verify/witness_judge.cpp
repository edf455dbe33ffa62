// What the witnesses say (trailseal-checks(7), "SSE-KMS"). Missing and orphan witnesses
// and keys that differ are questions, never violations: KMS's events say what was made, not what became of it.
#include <algorithm>
#include <chrono>
#include <optional>

#include "base/arn.hpp"
#include "verify/witness.hpp"

namespace trailseal::verify {
namespace {

using std::chrono::minutes;
using verdict::Code;

// In genuine logs the event's time is between 5 minutes before and 19 after the stamp in the protected object's name,
// and the event itself is delivered up to 10 minutes later.
constexpr auto kEarliest = minutes{10}, kLatest = minutes{40};
// How much later than that a log with the event may come on a bad day.
constexpr auto kSlowest = minutes{60};

struct KeyArn {
  std::string region, account;
};

// "arn:aws:kms:eu-west-1:111122223333:key/…"
std::optional<KeyArn> parse_key_arn(std::string_view arn) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; parts.size() < 6;) {
    const auto end = parts.size() == 5 ? std::string_view::npos : arn.find(':', at);
    parts.push_back(arn.substr(at, end == std::string_view::npos ? end : end - at));
    if (end == std::string_view::npos) break;
    at = end + 1;
  }
  if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "kms" || !trail::is_region(parts[3]) ||
      !trail::is_account(parts[4]) || !parts[5].starts_with("key/"))
    return std::nullopt;
  return KeyArn{std::string(parts[3]), std::string(parts[4])};
}

std::string of_key(std::string_view key) { return key.empty() ? "an unnamed key" : std::string(key); }

class Judge {
 public:
  Judge(const WitnessFacts& facts, const std::map<ObjectName, Presence>& unseen, const WitnessContext& context)
      : facts_(facts), unseen_(unseen), context_(context) {
    for (const Witness& witness : facts.witnesses) ++named_by_[witness.key];
    complete_names();
    find_exclusions();
  }

  WitnessJudgement run() {
    objects();
    orphans();
    for (const auto& [key, count] : facts_.probes) use(key).probes += count;
    for (const auto& [reason, tally] : not_applicable_)
      out_.findings.add({.code = Code::kms_witness_not_applicable,
                         .subject = of_key(reason.first),
                         .detail = std::to_string(tally) + (tally == 1 ? " object: " : " objects: ") + reason.second,
                         .count = tally});
    for (const auto& [key, tally] : not_looked_for_)
      out_.findings.add(
          {.code = Code::source_unreadable,
           .subject = of_key(key),
           .detail = std::to_string(tally) + " times an event names an object that could not be looked for",
           .count = tally});
    changes();
    plain_digests();
    out_.findings.merge(facts_.findings);
    for (auto& [key, each] : uses_) out_.keys.push_back(std::move(each));
    for (const auto& [who, reads] : facts_.readers)
      out_.readers.push_back({who.first, who.second, reads.count, reads.denied, reads.first, reads.last});
    return std::move(out_);
  }

 private:
  struct Exclusion {
    const trail::KmsEvent* event;
    Time until;
  };

  verdict::KmsKeyUse& use(const std::string& key) {
    auto& each = uses_[key];
    each.key = key;
    return each;
  }

  // A store that is not S3 may declare the bare id of a key: it stands for the one key of that id that KMS's events
  // name.
  void complete_names() {
    std::map<std::uint32_t, std::vector<std::uint32_t>> named;
    for (const Protected& object : facts_.objects)
      if (!parse_key_arn(facts_.text(object.key))) named.emplace(object.key, 0);
    for (auto& [id, arns] : named) {
      for (const auto& [key, count] : named_by_)
        if (parse_key_arn(facts_.text(key)) && same_key(facts_.text(key), facts_.text(id))) arns.push_back(key);
      if (arns.size() == 1) full_names_.emplace(id, arns.front());
    }
  }

  std::uint32_t key_of(const Protected& object) const {
    const auto found = full_names_.find(object.key);
    return found == full_names_.end() ? object.key : found->second;
  }

  void objects() {
    auto witness = facts_.witnesses.begin();
    for (const Protected& object : facts_.objects) {
      const std::string& key = facts_.text(key_of(object));
      auto& each = use(key);
      ++each.objects;
      while (witness != facts_.witnesses.end() && witness->name < object.name) ++witness;
      const Witness* other = nullptr;
      bool right = false;
      for (auto next = witness; next != facts_.witnesses.end() && next->name == object.name; ++next) {
        if (!delivers(facts_.text(next->trail), object.name)) continue;
        right = right || same_key(facts_.text(next->key), key);
        // Numbers of texts depend on the order of arrival: the first by name and time is told.
        const auto place = [&](const Witness& one) {
          return std::pair(std::string_view(facts_.text(one.key)), one.at);
        };
        if (other == nullptr || place(*next) < place(*other)) other = &*next;
      }
      if (right) {
        ++each.witnessed;
      } else if (other != nullptr) {
        ++each.mismatched;
        out_.findings.add({.code = Code::kms_witness_key_mismatch,
                           .subject = facts_.uri(object.name),
                           .when = Interval{other->at, other->at + Seconds{1}},
                           .expected = facts_.text(other->key),
                           .found = of_key(key),
                           .detail = "it was stored under one key and lies under another: it was written again"});
      } else if (const std::string reason = why_not(object); !reason.empty()) {
        ++each.not_applicable;
        ++not_applicable_[{key, reason}];
      } else {
        ++each.missing;
        out_.findings.add({.code = Code::kms_witness_missing,
                           .subject = facts_.uri(object.name),
                           .when = Interval{object.stamp - kEarliest, object.stamp + kLatest},
                           .expected = "an event GenerateDataKey under " + of_key(key) + " that names it",
                           .found = "none"});
      }
    }
  }

  // Whether the trail is one that delivers this object, as far as the chains of its place tell. The account of an
  // organization's trail is not that of its chains.
  bool delivers(std::string_view trail, const ObjectName& name) {
    std::vector<trail::ChainId> of_digest;
    const auto* chains = &of_digest;
    if (name.minute != 0) {
      const auto [place, fresh] = chains_of_.try_emplace(name.folder);
      if (fresh) place->second = chains_at(key_of_uri(facts_.uri(name)));
      chains = &place->second;
    } else if (const auto digest = trail::parse_digest_key(key_of_uri(facts_.uri(name)))) {
      of_digest.push_back(digest->chain);
    }
    const auto arn = base::parse_arn(trail);
    return chains->empty() || std::ranges::any_of(*chains, [&](const trail::ChainId& chain) {
             return arn && arn->service == "cloudtrail" && arn->region == chain.home_region &&
                    arn->resource == "trail/" + chain.trail && (!chain.org.empty() || arn->account == chain.account);
           });
  }

  std::vector<trail::ChainId> chains_at(std::string_view log_key) const {
    std::vector<trail::ChainId> chains;
    const auto log = trail::parse_log_key(log_key);
    for (const auto& chain : context_.chains)
      if (log && chain.account == log->root.account && chain.region == log->region && chain.org == log->root.org)
        chains.push_back({chain.org, chain.account, chain.trail, chain.home_region, chain.region});
    return chains;
  }

  static std::string key_of_uri(const std::string& uri) {
    return uri.substr(uri.find('/', std::string_view("s3://").size()) + 1);
  }

  // Why no witness of this object can be expected; empty: one can.
  std::string why_not(const Protected& object) const {
    if (object.bucket_key) return "an S3 Bucket Key protects them, whose events name the bucket alone";
    const auto arn = parse_key_arn(facts_.text(key_of(object)));
    if (!arn) return "the key is not named by an ARN";
    const std::string place = "the logs of account " + arn->account + " in " + arn->region;
    const auto cover = context_.covers.find({arn->account, arn->region});
    if (cover == context_.covers.end()) return place + ", which record the key's use, were not read";
    if (!named_by_.contains(key_of(object))) return place + " hold no event that names an object under this key";
    const Interval need{object.stamp - kEarliest, object.stamp + kLatest};
    if (cover->second.head && need.end > *cover->second.head)
      return "younger than 40 minutes before the newest digest of their key's region; their events may be on the way";
    if ((context_.window.since && need.begin < *context_.window.since) ||
        (context_.window.until && need.end > *context_.window.until))
      return "at the edge of the window";
    const bool proven = std::ranges::any_of(cover->second.proven, [&](const Interval& interval) {
      return interval.begin <= need.begin && need.end <= interval.end;
    });
    if (!proven) return place + " are not proven at their time";
    if (const auto gone = facts_.unread.find({arn->account, arn->region}); gone != facts_.unread.end()) {
      const auto at = std::ranges::lower_bound(gone->second, need.begin);
      if (at != gone->second.end() && *at < need.end + kSlowest) return place + " did not all verify at their time";
    }
    if (const auto* event = exclusion(object.stamp))
      return "KMS events were excluded from trail " + event->trail + " by " + event->actor + " at " +
             to_string(event->at);
    return {};
  }

  // The event that switched the recording of KMS events off, if that is how things stood.
  const trail::KmsEvent* exclusion(Time stamp) const {
    for (const Exclusion& each : exclusions_)
      if (stamp + kLatest > each.event->at && stamp - kEarliest < each.until) return each.event;
    return nullptr;
  }

  // When which trail did not record KMS events; not where witnesses, of another trail, show the contrary.
  void find_exclusions() {
    std::map<std::string_view, Exclusion> open;
    const auto close = [&](const Exclusion& each) {
      const bool contradicted = std::ranges::any_of(facts_.witnesses, [&](const Witness& witness) {
        return witness.at > each.event->at && witness.at < each.until;
      });
      if (!contradicted) exclusions_.push_back(each);
    };
    for (const trail::KmsEvent& event : facts_.changes) {
      if (event.kind != trail::KmsEvent::Kind::selectors || !event.error.empty()) continue;
      if (const auto before = open.find(event.trail); before != open.end()) {
        before->second.until = event.at;
        close(before->second);
        open.erase(before);
      }
      if (event.excludes_kms) open.emplace(event.trail, Exclusion{&event, Time::max()});
    }
    for (const auto& [trail, each] : open) close(each);
  }

  void orphans() {
    for (const Witness& witness : facts_.witnesses) {
      const auto found = unseen_.find(witness.name);
      if (found == unseen_.end() || found->second == Presence::out_of_scope) continue;
      const std::string& key = facts_.text(witness.key);
      if (found->second == Presence::unknown) {
        ++not_looked_for_[key];
        continue;
      }
      if (found->second != Presence::absent) continue;
      if (at_edge(key, witness.at)) {
        ++not_applicable_[{key, "named by events, not there, and as old as the oldest log: they may have expired"}];
        continue;
      }
      ++use(key).orphans;
      out_.findings.add({.code = Code::kms_witness_orphan,
                         .subject = facts_.uri(witness.name),
                         .when = Interval{witness.at, witness.at + Seconds{1}},
                         .expected = "the object for which KMS made a data key under " + of_key(key),
                         .found = "nothing"});
    }
  }

  // Expiry by age takes an object a little before the log that names it.
  bool at_edge(const std::string& key, Time at) const {
    const auto arn = parse_key_arn(key);
    const auto cover = arn ? context_.covers.find({arn->account, arn->region}) : context_.covers.end();
    return cover != context_.covers.end() && cover->second.first && !cover->second.first_is_starting &&
           at < *cover->second.first + kLatest;
  }

  // Who changed a key that protects this evidence, and which gaps begin then.
  void changes() {
    if (facts_.changes_dropped)
      out_.findings.add({.code = Code::kms_events_limit,
                         .expected = "at most " + std::to_string(WitnessFacts::kMostChanges),
                         .detail = "those from " + to_string(facts_.changes.back().at) + " on were not judged"});
    for (const trail::KmsEvent& event : facts_.changes) {
      if (event.kind != trail::KmsEvent::Kind::key_change || !concerns(event.key)) continue;
      verdict::Finding finding{.code = Code::kms_key_event,
                               .subject = event.key,
                               .when = Interval{event.at, event.at + Seconds{1}},
                               .detail = event.name + " by " + (event.actor.empty() ? "AWS" : event.actor)};
      if (!event.source_ip.empty()) finding.detail += " from " + event.source_ip;
      if (!event.error.empty()) finding.detail += " (refused: " + event.error + ")";
      const auto gaps = event.error.empty() ? gaps_after(event.at) : 0;
      if (gaps != 0)
        finding.detail +=
            "; " + std::to_string(gaps) + (gaps == 1 ? " gap begins" : " gaps begin") + " within two hours";
      out_.findings.add(std::move(finding));
    }
  }

  // Of a trail with a key, whose logs lie under it. Its name and home are in both; the account of an organization's
  // trail is not that of its chains.
  void plain_digests() {
    for (const auto& [chain, plain] : facts_.plain_digests) {
      const bool keyed = std::ranges::any_of(facts_.keyed_trails, [&](const auto& each) {
        const std::string& arn = each.first;
        return arn.find(":cloudtrail:" + chain.home_region + ":") != std::string::npos &&
               arn.ends_with(":trail/" + chain.trail);
      });
      if (!keyed) continue;
      out_.findings.add(
          {.code = Code::kms_digest_plain,
           .chain = chain.to_string(),
           .subject = chain.to_string(),
           .when = Interval{kDigestsKeyed, plain.newest},
           .detail = std::to_string(plain.count) + " of its digests; the newest ends " + to_string(plain.newest),
           .count = plain.count});
    }
  }

  bool concerns(std::string_view key) const {
    return std::ranges::any_of(uses_, [&](const auto& each) { return same_key(each.first, key); });
  }

  std::size_t gaps_after(Time at) const {
    std::size_t count = 0;
    for (const auto& chain : context_.chains)
      for (const auto& gap : chain.gaps)
        if (gap.interval.begin >= at - std::chrono::hours{1} && gap.interval.begin <= at + std::chrono::hours{2})
          ++count;
    return count;
  }

  const WitnessFacts& facts_;
  const std::map<ObjectName, Presence>& unseen_;
  const WitnessContext& context_;
  std::map<std::uint32_t, std::uint64_t> named_by_;
  std::map<std::uint32_t, std::vector<trail::ChainId>> chains_of_;  // by the folder of logs
  std::map<std::uint32_t, std::uint32_t> full_names_;               // of keys that are declared by a bare id
  std::vector<Exclusion> exclusions_;
  std::map<std::string, verdict::KmsKeyUse> uses_;
  std::map<std::pair<std::string, std::string>, std::uint64_t> not_applicable_;  // by key and reason
  std::map<std::string, std::uint64_t> not_looked_for_;                          // by key
  WitnessJudgement out_;
};

}  // namespace

bool same_key(std::string_view a, std::string_view b) {
  if (a == b) return true;
  if (a.size() < b.size()) std::swap(a, b);
  return !b.empty() && a.size() > b.size() && a.ends_with(b) && a[a.size() - b.size() - 1] == '/';
}

WitnessJudgement judge_witnesses(const WitnessFacts& facts, const std::map<ObjectName, Presence>& unseen,
                                 const WitnessContext& context) {
  return Judge(facts, unseen, context).run();
}

}  // namespace trailseal::verify
