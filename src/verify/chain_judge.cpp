// One chain: do the digests that CloudTrail signed follow one another without a hole?
//
// Every digest but the first ("starting") one names its predecessor's place, hash and signature, so any digest proves
// the one before it; only the newest has nobody to speak for it (freshness). Links are judged where the predecessor's
// hour touches the window; digests outside it were read only as witnesses.
#include <algorithm>
#include <chrono>

#include "base/hex.hpp"
#include "verify/chain_coverage.hpp"
#include "verify/judge.hpp"

namespace trailseal::verify {
namespace {

using std::chrono::hours;
using verdict::Code;
using verdict::Finding;
using verdict::Gap;

constexpr auto kCadence = hours{1};
constexpr std::string_view kHashAlgorithm = "SHA-256";

class ChainJudge {
 public:
  explicit ChainJudge(const ChainInput& input) : in_(input), name_(input.id.to_string()) {}

  ChainJudgement run() {
    judge_digests();
    judge_backfill();
    if (!standard_in_window_) {
      add({.code = Code::chain_window_uncovered, .subject = name_, .when = in_.window.bounded()});
    } else {
      for (std::size_t i = 0; i < proven_.size(); ++i) judge_place_in_chain(i);
      judge_forks();
    }
    cover();
    return std::move(out_);
  }

 private:
  void add(Finding finding) {
    finding.chain = name_;
    out_.findings.add(std::move(finding));
  }

  // ---- each digest by itself
  void judge_digests() {
    auto& tally = out_.coverage.tally;
    for (std::size_t i = 0; i < in_.digests.size(); ++i) {
      const auto& facts = *in_.digests[i];
      const auto& context = in_.contexts[i];
      if (facts.proven()) (facts.ref.backfill ? backfill_ : proven_).push_back(&facts);
      const auto fault = fault_of(facts, context);
      if (fault && !facts.ref.backfill) unproven_.push_back(facts.ref.end);
      if (facts.proven() ? !in_.window.contains(facts.hour()) : !in_.window.contains(facts.ref)) continue;
      if (!facts.ref.backfill) standard_in_window_ = true;
      verdict::Findings own;
      judge_digest(facts, context, own);
      ++tally.digests_found;
      tally.bytes_read += facts.stored_size;
      tally.bytes_hashed += facts.content_size;
      const auto outcome = own.outcome(false);
      if (outcome == verdict::Outcome::violated) {
        ++tally.digests_violated;
      } else if (facts.proven()) {
        ++tally.digests_verified;
        if (facts.ref.backfill) ++tally.backfill_verified;
      } else {
        ++tally.digests_open;
      }
      if (fault && !facts.ref.backfill) {
        causes_.push_back({facts.hour(), *fault});
        bad_.push_back(facts.ref.end);
      }
      out_.findings.merge(std::move(own));
    }
    std::stable_sort(proven_.begin(), proven_.end(), [](const DigestFacts* a, const DigestFacts* b) {
      return std::tie(a->digest->end, a->digest->start, a->key) < std::tie(b->digest->end, b->digest->start, b->key);
    });
  }

  // ---- links
  void judge_place_in_chain(std::size_t i) {
    const auto& facts = *proven_[i];
    const auto& digest = *facts.digest;
    const DigestFacts* older = i > 0 ? proven_[i - 1] : nullptr;
    if (!digest.previous) {
      if (const auto end = older ? std::optional(older->digest->end) : unproven_end_before(facts)) restart(facts, *end);
      return;
    }
    const auto target = in_.places.find({digest.previous->bucket, digest.previous->key});
    if (target == in_.places.end()) {
      if (in_.window.contains(predecessor_hour(facts))) predecessor_absent(facts, older);
      return;
    }
    const auto& predecessor = *target->second;
    if (!in_.window.contains(predecessor.hour())) return;
    if (&predecessor == &facts || (predecessor.proven() && predecessor.digest->end > digest.end)) {
      add({.code = Code::chain_loop,
           .subject = subject(facts),
           .when = facts.hour(),
           .found = uri(target->first.first, target->first.second)});
      return;
    }
    if (predecessor.chain != facts.chain && older == nullptr) {
      another_chain(facts);
      return;
    }
    successors_[target->first].push_back(&facts);
    link(facts, predecessor);
    if (!predecessor.proven()) return;
    if (predecessor.digest->end > digest.start)
      add({.code = Code::chain_overlap,
           .subject = subject(facts),
           .when = Interval{digest.start, predecessor.digest->end}});
    if (predecessor.digest->bucket != digest.bucket || predecessor.ref.location != facts.ref.location)
      add({.code = Code::chain_destination_changed,
           .subject = subject(facts),
           .when = facts.hour(),
           .expected = subject(predecessor),
           .found = subject(facts)});
  }

  // Hash and signature of the predecessor against what its successor signed. A predecessor that is at fault itself has
  // its own violation already.
  void link(const DigestFacts& facts, const DigestFacts& predecessor) {
    const auto& previous = *facts.digest->previous;
    if (predecessor.chain != facts.chain) {
      add({.code = Code::chain_link_mismatch,
           .subject = subject(facts),
           .when = facts.hour(),
           .found = uri(previous.bucket, previous.key),
           .detail = "the predecessor belongs to another chain"});
      return;
    }
    if (!predecessor.digest) return;
    if (!predecessor.proven()) {
      const auto fault = fault_of(predecessor, context_of(predecessor));
      if (fault && verdict::info(*fault).severity == verdict::Severity::violation) return;
    }
    if (previous.hash_algorithm != kHashAlgorithm) {
      // The signature below is of the content too, by way of its SHA-256.
      add({.code = Code::digest_algorithm_label,
           .subject = subject(facts),
           .when = facts.hour(),
           .expected = std::string(kHashAlgorithm),
           .found = previous.hash_algorithm,
           .detail = "for its predecessor's hash, which could not be compared; the signature was"});
    } else if (predecessor.hash != previous.hash) {
      contested(predecessor);
      add({.code = Code::chain_link_mismatch,
           .subject = uri(previous.bucket, previous.key),
           .when = predecessor.hour(),
           .expected = base::to_hex(previous.hash),
           .found = base::to_hex(predecessor.hash),
           .detail = "the hash that its successor " + subject(facts) + " signed is another"});
      return;
    }
    if (previous.hash_short) add({.code = Code::digest_hash_short, .subject = subject(facts), .when = facts.hour()});
    if (predecessor.own != SignatureState::valid) return;
    if (base::from_hex(*predecessor.signature) != base::from_hex(previous.signature)) {
      contested(predecessor);
      add({.code = Code::chain_link_mismatch,
           .subject = uri(previous.bucket, previous.key),
           .when = predecessor.hour(),
           .expected = previous.signature,
           .found = *predecessor.signature,
           .detail = "the signature that its successor " + subject(facts) + " holds is another"});
    }
  }

  // Its successor signed another content for this place: its hour is not proven, whoever signed it.
  void contested(const DigestFacts& predecessor) {
    uncovering_.push_back(&predecessor);
    causes_.push_back({predecessor.hour(), Code::chain_link_mismatch});
  }

  // CloudTrail signed that this chain goes on from another (of which a trail that becomes an organization's may be
  // one).
  void another_chain(const DigestFacts& facts) {
    const Interval hole = predecessor_hour(facts);
    causes_.push_back({hole, Code::chain_start_missing});
    add({.code = Code::chain_start_missing,
         .subject = uri(facts.digest->previous->bucket, facts.digest->previous->key),
         .when = hole,
         .detail = "named by its successor " + subject(facts) + "; it belongs to another chain"});
  }

  void predecessor_absent(const DigestFacts& facts, const DigestFacts* older) {
    const auto& previous = *facts.digest->previous;
    const auto looked = in_.absent.find({previous.bucket, previous.key});
    const auto absence = looked == in_.absent.end() ? Absence::missing : looked->second;
    const Interval hole{
        older ? std::min(older->digest->end, facts.digest->start - kCadence) : facts.digest->start - kCadence,
        facts.digest->start};
    Finding finding{.code = Code::digest_missing,
                    .subject = uri(previous.bucket, previous.key),
                    .when = hole,
                    .detail = "named by its successor " + subject(facts)};
    if (absence == Absence::no_source) {
      finding.code = Code::chain_source_missing;
      finding.detail += "; give the bucket " + previous.bucket + " as a source too";
    } else if (absence == Absence::unreadable) {
      finding.code = Code::digest_unreadable;
    } else if (older == nullptr) {
      finding.code = Code::chain_start_missing;
      finding.detail += "; no older digest of the chain is there, as after expiry by a lifecycle rule";
    } else {
      const auto ends = missing_hours(hole, bad_, in_.window);
      finding.count = std::max<std::uint64_t>(1, ends.size());
      finding.detail =
          "at least 1, by cadence " + std::to_string(ends.size()) + list_hours(ends) + "; " + finding.detail;
      out_.coverage.tally.digests_missing += finding.count;
    }
    causes_.push_back({hole, finding.code});
    add(std::move(finding));
  }

  // By its name, the end of an older segment that could not be proven, with a key that was not given for instance.
  std::optional<Time> unproven_end_before(const DigestFacts& facts) const {
    std::optional<Time> latest;
    for (const auto end : unproven_)
      if (end < facts.ref.end && (!latest || end > *latest)) latest = end;
    return latest;
  }

  void restart(const DigestFacts& facts, Time older_end) {
    uncovering_.push_back(&facts);
    const Interval hole{std::min(older_end, facts.digest->end), facts.digest->end};
    if (!in_.window.contains(hole)) return;
    causes_.push_back({hole, Code::chain_restart});
    add({.code = Code::chain_restart,
         .subject = subject(facts),
         .when = hole,
         .detail =
             "the older segment ends " + to_string(older_end) + "; nothing signed says how much of it there was"});
  }

  void judge_forks() {
    for (const auto& [place, successors] : successors_) {
      if (successors.size() < 2) continue;
      std::string names;
      for (const auto* successor : successors) names += (names.empty() ? "" : ", ") + subject(*successor);
      add({.code = Code::chain_fork,
           .subject = uri(place.first, place.second),
           .when = successors.front()->hour(),
           .found = names,
           .count = successors.size()});
    }
  }

  // ---- backfill digests: not hourly, so no gaps between them; their links count where they have any
  void judge_backfill() {
    for (const auto* facts : backfill_) {
      const auto& previous = facts->digest->previous;
      if (!previous || !in_.window.contains(facts->hour()) || !in_.window.contains(predecessor_hour(*facts))) continue;
      const auto target = in_.places.find({previous->bucket, previous->key});
      if (target != in_.places.end()) {
        link(*facts, *target->second);
        continue;
      }
      const auto looked = in_.absent.find({previous->bucket, previous->key});
      const auto absence = looked == in_.absent.end() ? Absence::missing : looked->second;
      const bool older = facts != backfill_.front();
      const Code code = absence == Absence::no_source    ? Code::chain_source_missing
                        : absence == Absence::unreadable ? Code::digest_unreadable
                        : older                          ? Code::digest_missing
                                                         : Code::chain_start_missing;
      if (code == Code::digest_missing) ++out_.coverage.tally.digests_missing;
      add({.code = code,
           .subject = uri(previous->bucket, previous->key),
           .when = facts->hour(),
           .detail = "a backfill digest, named by its successor " + subject(*facts)});
    }
  }

  // ---- how far it reaches
  void cover() {
    auto& coverage = out_.coverage;
    coverage.chain = name_;
    coverage.org = in_.id.org;
    coverage.account = in_.id.account;
    coverage.trail = in_.id.trail;
    coverage.home_region = in_.id.home_region;
    coverage.region = in_.id.region;
    std::vector<Interval> covered;
    for (const auto* facts : proven_) {
      if (!out_.head || facts->digest->end > *out_.head) out_.head = facts->digest->end;
      if (std::find(uncovering_.begin(), uncovering_.end(), facts) == uncovering_.end())
        covered.push_back({facts->digest->start, facts->digest->end});
    }
    out_.proven = unite(std::move(covered));
    Interval span{};
    if (proven_.empty()) {
      span = in_.window.bounded().value_or(Interval{});
    } else {
      out_.first = proven_.front()->digest->start;
      out_.first_is_starting = !proven_.front()->digest->previous && !unproven_end_before(*proven_.front());
      span = {begin_of_span(), end_of_span()};
    }
    if (span.end < span.begin) span.end = span.begin;
    if (!standard_in_window_) causes_.push_back({span, Code::chain_window_uncovered});
    std::vector<Finding> unexplained;
    measure_coverage(span, out_.proven, causes_, coverage, unexplained);
    cite_neighbours(proven_, coverage);
    // A digest that ends when the window begins is in it, and proves not a second of it.
    if (standard_in_window_ && !proven_.empty() && span.end <= span.begin)
      add({.code = Code::chain_window_uncovered, .subject = name_, .when = in_.window.bounded()});
    if (proven_.empty()) unexplained.clear();  // whatever there is has a fault of its own, and that says it
    for (auto& finding : unexplained) {
      finding.subject = name_;
      add(std::move(finding));
    }
    out_.gaps = coverage.gaps;
  }

  Time begin_of_span() {
    const Time first = *out_.first;
    if (!in_.window.since) {
      for (const auto& cause : causes_)
        if (cause.cause == Code::chain_start_missing || cause.cause == Code::chain_source_missing)
          return std::min(first, cause.interval.begin);
      return first;
    }
    const Time since = *in_.window.since;
    if (since >= first || !standard_in_window_) return since;
    const Interval before{since, first};
    if (out_.first_is_starting) {
      causes_.push_back({before, Code::chain_begins_late});
      add({.code = Code::chain_begins_late,
           .subject = subject(*proven_.front()),
           .when = before,
           .detail = "the chain's starting digest covers from " + to_string(first)});
    } else {
      for (auto& cause : causes_)
        if (cause.cause == Code::chain_start_missing) cause.interval.begin = std::min(cause.interval.begin, since);
    }
    return since;
  }

  Time end_of_span() {
    auto& coverage = out_.coverage;
    const Time head = *out_.head;
    coverage.head = head;
    const auto& until = in_.window.until;
    const auto& at = in_.freshness.at;
    if (!at) {
      add({.code = Code::chain_head_not_judged,
           .subject = subject(*newest()),
           .when = newest()->hour(),
           .detail = "give --now or --until"});
      return until ? std::min(*until, head) : head;
    }
    coverage.head_judged = true;
    if (head < *at) coverage.tail = Interval{head, *at};
    if (!in_.freshness.stale(head)) return until ? std::min(*until, head) : head;
    coverage.head_stale = true;
    const Interval tail{head, std::max(head, *at)};
    causes_.push_back({tail, Code::chain_head_stale});
    add({.code = Code::chain_head_stale,
         .subject = subject(*newest()),
         .when = tail,
         .expected = in_.freshness.limit_text(),
         .found = "the newest proven digest ends " + to_string(head)});
    return std::max(head, *at);
  }

  const DigestFacts* newest() const { return proven_.back(); }
  const DigestContext& context_of(const DigestFacts& facts) const {
    const auto found = std::find(in_.digests.begin(), in_.digests.end(), &facts);
    return in_.contexts[static_cast<std::size_t>(found - in_.digests.begin())];
  }

  std::string subject(const DigestFacts& facts) const { return uri(facts.digest->bucket, facts.key); }

  const ChainInput& in_;
  std::string name_;
  ChainJudgement out_;
  std::vector<const DigestFacts*> proven_, backfill_;  // by their ends
  std::vector<const DigestFacts*> uncovering_;         // proven, but not their hours
  std::vector<Time> bad_;                              // name stamps of the digests that are there but not proven
  std::vector<Time> unproven_;                         // of those outside the window too
  std::vector<Gap> causes_;
  std::map<Place, std::vector<const DigestFacts*>> successors_;
  bool standard_in_window_ = false;
};

}  // namespace

Interval predecessor_hour(const DigestFacts& facts) {
  const auto& digest = *facts.digest;
  if (facts.ref.backfill)
    if (const auto key = trail::parse_digest_key(digest.previous->key)) return {key->end - kCadence, key->end};
  return {digest.start - kCadence, digest.start};
}

ChainJudgement judge_chain(const ChainInput& input) { return ChainJudge(input).run(); }

}  // namespace trailseal::verify
