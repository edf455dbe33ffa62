#include "verify/gather.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <set>

#include "base/parallel.hpp"
#include "verify/signature.hpp"

namespace trailseal::verify {
namespace {

constexpr std::size_t kMinBatch = 16, kMaxBatch = 512;
// A batch should list about so many logs: enough to keep all threads busy, few enough to hold their names.
constexpr std::size_t kLogsInBatch = 20'000;
// And no more are held at any time, whatever planted files list: what is above is let go, and read again if proven.
constexpr std::size_t kMostLogsHeld = 200'000;

void let_go(DigestFacts& facts) {
  facts.digest->logs.clear();
  facts.digest->logs.shrink_to_fit();
  facts.logs_dropped = true;
}

}  // namespace

Gatherer::Gatherer(Context& context, const Plan& plan, const GroupPlan& group)
    : context_(context), plan_(plan), group_(group), logs_(group.chains.size()), reach_(group.chains.size()) {
  for (const auto& chain : group.chains) {
    refs_.push_back(chain.refs);
    unlisted_.push_back(chain.unlisted);
    read_.emplace_back(chain.refs.size(), false);
  }
}

void Gatherer::run() {
  std::vector<Pick> picks;
  for (std::uint32_t c = 0; c < group_.chains.size(); ++c) {
    const auto& refs = refs_[c];
    for (std::size_t r = 0; r < refs.size(); ++r)
      if (context_.window.contains(refs[r])) picks.push_back({c, r});
  }
  // In order of time, so that a digest and its successor are read in the same batch or in two that follow one another.
  std::stable_sort(picks.begin(), picks.end(),
                   [&](const Pick& a, const Pick& b) { return refs_[a.chain][a.ref].end < refs_[b.chain][b.ref].end; });
  const std::size_t least = std::max<std::size_t>(kMinBatch, context_.jobs);
  std::size_t batch = least;
  for (std::size_t at = 0; at < picks.size() && !context_.progress.stop;) {
    const auto end = std::min(picks.size(), at + batch);
    const auto logs =
        read({picks.begin() + static_cast<std::ptrdiff_t>(at), picks.begin() + static_cast<std::ptrdiff_t>(end)});
    context_.progress.digests_begun += end - at;
    batch = std::clamp(kLogsInBatch * (end - at) / (logs + 1), least, kMaxBatch);
    at = end;
    if (at < picks.size()) verify_logs(false);
  }
  for (std::uint32_t c = 0; c < group_.chains.size() && !context_.progress.stop; ++c) read_around(c);
  if (!context_.progress.stop) follow_pointers();
  verify_logs(true);
}

void Gatherer::finish() { read_logs(left_, left_logs_); }

DigestFacts& Gatherer::start(std::uint32_t chain, const DigestRef& ref) {
  auto& facts = facts_.emplace_back();
  facts.key = plan_.key_of(group_.chains[chain], ref);
  facts.source = plan_.locations[ref.location].source;
  facts.chain = chain;
  facts.ref = ref;
  return facts;
}

std::size_t Gatherer::read(const std::vector<Pick>& picks) {
  const auto from = facts_.size();
  for (const auto& pick : picks) {
    read_[pick.chain][pick.ref] = true;
    start(pick.chain, refs_[pick.chain][pick.ref]);
  }
  return read_facts(from);
}

std::size_t Gatherer::read_facts(std::size_t from) {
  const auto count = facts_.size() - from;
  std::atomic<std::size_t> listed{0}, held{logs_held_};
  context_.progress.objects_total += count;
  base::parallel_for(context_.jobs, count, 1, [&](std::size_t i) {
    auto& facts = facts_[from + i];
    if (context_.progress.stop) {
      facts.read_error = Error{Errc::io, "the run was interrupted"};
      return;
    }
    context_.readers->borrow()->read_digest(*context_.sources[facts.source].store, facts);
    context_.opened.add(facts.source, facts.envelope.get());
    check_own_signature(facts, context_.keys, context_.backend);
    if (facts.digest) {
      const auto logs = facts.digest->logs.size();
      listed += logs;
      if (held.fetch_add(logs) + logs > kMostLogsHeld) {
        held -= logs;
        let_go(facts);
      }
    }
    ++context_.progress.objects_done;
    context_.progress.bytes_done += facts.stored_size;
  });
  logs_held_ = held;
  settle(from);
  return listed;
}

// Finds proof for what has none of its own: the copies of signatures that the digests read since `from` hold or need.
void Gatherer::settle(std::size_t from) {
  std::set<DigestFacts*> seekers;
  for (std::size_t i = from; i < facts_.size(); ++i) {
    auto& facts = facts_[i];
    const Place place{context_.buckets[facts.source], facts.key};
    mutable_places_.emplace(place, &facts);
    places_.emplace(place, &facts);
    if (facts.has_metadata) sources_with_metadata_.insert(facts.source);
    if (!facts.digest) continue;
    context_.witness_facts.add_object(place.first, place.second,
                                      facts.has_metadata ? std::optional(facts.attributes) : std::nullopt);
    facts.location_ok = facts.digest->bucket == place.first && facts.digest->key == place.second;
    facts.account_ok = facts.chain < group_.chains.size() && facts.digest->account == group_.account;
    waiting_.push_back(&facts);
    if (facts.own != SignatureState::valid) seekers.insert(&facts);
    if (!facts.digest->previous) continue;
    const Place before{facts.digest->previous->bucket, facts.digest->previous->key};
    claims_[before].push_back(&facts);
    const auto found = mutable_places_.find(before);
    if (found != mutable_places_.end() && found->second->own != SignatureState::valid) seekers.insert(found->second);
  }
  const std::vector<DigestFacts*> list(seekers.begin(), seekers.end());
  base::parallel_for(context_.jobs, list.size(), 1, [&](std::size_t i) {
    const auto claims = claims_.find({context_.buckets[list[i]->source], list[i]->key});
    if (claims == claims_.end()) return;
    for (auto& next = list[i]->copies_checked; next < claims->second.size(); ++next)
      check_copied_signature(*list[i], claims->second[next]->digest->previous->signature, context_.backend);
  });
  const auto extend = [&](const DigestFacts& facts) {
    if (!facts.proven() || facts.ref.backfill) return;
    auto& reach = reach_[facts.chain];
    reach.oldest_end = std::min(reach.oldest_end, facts.digest->end);
    reach.newest_start = std::max(reach.newest_start, facts.digest->start);
    reach.newest_end = std::max(reach.newest_end, facts.digest->end);
  };
  for (const auto* facts : list) extend(*facts);
  for (std::size_t i = from; i < facts_.size(); ++i) {
    const auto& facts = facts_[i];
    extend(facts);
    const bool signature_ok = facts.own == SignatureState::valid || facts.successor == SignatureState::valid;
    if (facts.digest && signature_ok && facts.digest->key == facts.key &&
        facts.digest->bucket != context_.buckets[facts.source])
      other_names_.emplace(facts.source, facts.digest->bucket);
  }
}

void Gatherer::follow_pointers() {
  for (std::size_t i = 0; i < facts_.size() && !context_.progress.stop; ++i) {
    const auto& facts = facts_[i];
    if (!facts.proven() || !facts.digest->previous) continue;
    const auto& previous = *facts.digest->previous;
    if (!context_.window.contains(predecessor_hour(facts)) || places_.contains({previous.bucket, previous.key}))
      continue;
    if (follow(previous)) read_facts(facts_.size() - 1);
  }
}

// Looks for a predecessor that no listing showed. True when there is something to read: it is the last of facts_.
bool Gatherer::follow(const trail::Previous& previous) {
  const Place place{previous.bucket, previous.key};
  const auto source = context_.source_of_bucket.find(previous.bucket);
  if (source == context_.source_of_bucket.end()) {
    absent_.emplace(place, Absence::no_source);
    return false;
  }
  Bytes bytes;
  const auto there = context_.sources[source->second].store->get(previous.key, {.limit = 64u << 20}, bytes);
  if (!there) {
    absent_.emplace(place, there.error().code == Errc::not_found ? Absence::missing : Absence::unreadable);
    return false;
  }
  auto& facts = facts_.emplace_back();
  facts.key = previous.key;
  facts.source = source->second;
  facts.chain = static_cast<std::uint32_t>(group_.chains.size());  // of none of the chains, unless its key says so
  const auto parsed = trail::parse_digest_key(previous.key);
  if (!parsed) return true;
  facts.ref.end = parsed->end;
  facts.ref.backfill = parsed->backfill;
  facts.ref.day = days_of(parsed->day);
  const auto location =
      std::lower_bound(plan_.locations.begin(), plan_.locations.end(), Location{facts.source, parsed->root});
  facts.ref.location = static_cast<std::uint32_t>(location - plan_.locations.begin());
  for (std::uint32_t c = 0; c < group_.chains.size(); ++c)
    if (group_.chains[c].id == parsed->chain) facts.chain = c;
  return true;
}

void Gatherer::verify_logs(bool left) {
  std::vector<DigestFacts*> proven, rest;
  std::size_t held = 0;
  for (auto* facts : waiting_) {
    (facts->proven() ? proven : rest).push_back(facts);
    if (!facts->proven()) held += facts->digest->logs.size();
  }
  // What is not proven by the time the next batch has been read hardly ever will be, and a planted file may list
  // anything: names are held for a while only.
  for (auto* facts : rest) {
    if (held <= kLogsInBatch) break;
    held -= facts->digest->logs.size();
    let_go(*facts);
  }
  waiting_ = std::move(rest);
  logs_held_ = held;
  std::vector<DigestFacts*> part;
  std::size_t logs = 0;
  for (std::size_t i = 0; i < proven.size() && !context_.progress.stop; ++i) {
    auto* facts = proven[i];
    if (facts->logs_dropped) read_again(*facts);
    part.push_back(facts);
    logs += facts->digest->logs.size();
    const bool last = i + 1 == proven.size();
    if (logs < kMostLogsHeld && !last) continue;
    auto tasks = list_logs(part);
    if (last && left) {
      left_ = std::move(part);
      left_logs_ = std::move(tasks);
      return;
    }
    read_logs(part, tasks);
    part.clear();
    logs = 0;
  }
}

void Gatherer::read_again(DigestFacts& facts) {
  DigestFacts again;
  again.key = facts.key;
  context_.readers->borrow()->read_digest(*context_.sources[facts.source].store, again);
  if (again.digest && again.hash == facts.hash)
    facts.digest->logs = std::move(again.digest->logs);
  else
    facts.read_error = Error{Errc::io, "it changed while it was read"};
}

}  // namespace trailseal::verify
