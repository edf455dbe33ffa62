#include "verify/group.hpp"

#include <algorithm>
#include <map>

#include "base/parallel.hpp"
#include "verify/gather.hpp"
#include "verify/log_history.hpp"
#include "verify/recover_digests.hpp"
#include "verify/unlisted.hpp"

namespace trailseal::verify {
namespace {

void add_key(std::vector<verdict::KeyUse>& keys, const trail::PublicKey& key) {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [&](const verdict::KeyUse& use) { return use.fingerprint == key.fingerprint; });
  if (found != keys.end()) {
    ++found->digests_verified;
    return;
  }
  keys.push_back({.fingerprint = key.fingerprint,
                  .encoding = key.encoding,
                  .origin = key.origin,
                  .bits = static_cast<std::uint32_t>(key.key.bits()),
                  .validity = key.validity,
                  .digests_verified = 1});
}

// Does a validly signed digest lie where it says, or only the length of a prefix below?
void note_place(const DigestFacts& facts, GroupResult& out) {
  if (!facts.digest || (facts.own != SignatureState::valid && facts.successor != SignatureState::valid)) return;
  const std::string& stated = facts.digest->key;
  if (stated == facts.key)
    out.in_place.insert(facts.source);
  else if (stated.ends_with("/" + facts.key))
    out.prefixes.emplace(facts.source, stated.substr(0, stated.size() - facts.key.size()));
}

// What an interrupted run knows: the logs that were read, and of the digests what no further one could change. Links
// and coverage are left out, because half of the facts would read as missing.
void add_known(const Context& context, const GroupPlan& group, Gatherer& gatherer, verdict::Verdict& verdict) {
  for (std::size_t c = 0; c < group.chains.size(); ++c) {
    verdict.findings.merge(std::move(gatherer.logs_of(c).findings));
    verdict.tally.add(gatherer.logs_of(c).tally);
  }
  for (const auto& facts : gatherer.facts()) {
    if (facts.chain >= group.chains.size() || !context.window.contains(facts.hour())) continue;
    const auto& chain = group.chains[facts.chain].id;
    if (!context.selects(chain)) continue;
    verdict::Findings own;
    judge_digest(facts,
                 {.chain = chain.to_string(),
                  .account = chain.account,
                  .bucket = context.buckets[facts.source],
                  .source_has_metadata = false,
                  .proven_keys = {}},
                 own);
    const bool violated = own.outcome(false) == verdict::Outcome::violated;
    if (!violated && !facts.proven()) continue;
    ++verdict.tally.digests_found;
    ++(violated ? verdict.tally.digests_violated : verdict.tally.digests_verified);
    verdict.findings.merge(std::move(own));
  }
}

}  // namespace

void GroupResult::add(GroupResult other) {
  verdict = merge(std::move(verdict), std::move(other.verdict));
  sources_read.merge(other.sources_read);
  sources_with_metadata.merge(other.sources_with_metadata);
  other_names.merge(other.other_names);
  prefixes.merge(other.prefixes);
  in_place.merge(other.in_place);
  seen.add(std::move(other.seen));
  covers.merge(other.covers);
}

GroupResult verify_group(Context& context, const Plan& plan, const GroupPlan& group) {
  GroupResult out;
  const bool chain_wanted = std::any_of(group.chains.begin(), group.chains.end(),
                                        [&](const ChainPlan& chain) { return context.selects(chain.id); });
  const auto& request = context.request;
  // With --trail: an account's logs without any digest may be those of the trail that was asked for.
  const bool trail_may_be_here =
      request.trails.empty() || std::any_of(plan.groups.begin(), plan.groups.end(), [&](const GroupPlan& other) {
        return other.account == group.account &&
               std::any_of(other.chains.begin(), other.chains.end(), [&](const ChainPlan& chain) {
                 return std::find(request.trails.begin(), request.trails.end(), chain.id.trail) != request.trails.end();
               });
      });
  const bool logs_wanted =
      group.chains.empty() && trail_may_be_here &&
      std::any_of(group.folders.begin(), group.folders.end(), [&](const LogFolder& folder) {
        return context.selects_logs(group.account, group.region, plan.locations[folder.location].root.org);
      });
  if (!chain_wanted && !logs_wanted) return out;

  Gatherer gatherer(context, plan, group);
  gatherer.run();
  out.verdict.findings.merge(std::move(gatherer.listing_findings()));
  out.other_names = gatherer.other_names();

  std::vector<Interval> proven_keys;
  for (const auto& facts : gatherer.facts()) {
    out.sources_read.insert(facts.source);
    note_place(facts, out);
    if (facts.has_metadata) out.sources_with_metadata.insert(facts.source);
    if (facts.proven() && !facts.ref.backfill && facts.chain < group.chains.size())
      out.seen.add({{{group.chains[facts.chain].id, facts.digest->end}}, {}});
    if (facts.proven() && facts.signer->key.validity) proven_keys.push_back(*facts.signer->key.validity);
  }
  std::sort(proven_keys.begin(), proven_keys.end());
  proven_keys.erase(std::unique(proven_keys.begin(), proven_keys.end()), proven_keys.end());

  auto& verdict = out.verdict;
  if (context.progress.stop) {
    verdict.tally.add(gatherer.bytes());
    add_known(context, group, gatherer, verdict);
    return out;
  }

  std::vector<std::vector<const DigestFacts*>> digests(group.chains.size());
  for (const auto& facts : gatherer.facts())
    if (facts.chain < digests.size()) digests[facts.chain].push_back(&facts);

  GroupCover cover;
  std::vector<Interval> proven, read;  // of all chains; of those whose logs were read
  std::map<std::size_t, ChainJudgement> judgements;
  for (std::size_t c = 0; c < group.chains.size(); ++c) {
    const auto& chain = group.chains[c];
    std::sort(digests[c].begin(), digests[c].end(), [](const DigestFacts* a, const DigestFacts* b) {
      return std::tie(a->ref, a->key) < std::tie(b->ref, b->key);
    });
    ChainInput input{.id = chain.id,
                     .digests = digests[c],
                     .contexts = {},
                     .places = gatherer.places(),
                     .absent = gatherer.absent(),
                     .window = context.window,
                     .freshness = context.freshness};
    const auto name = chain.id.to_string();
    for (const auto* facts : digests[c])
      input.contexts.push_back({.chain = name,
                                .account = chain.id.account,
                                .bucket = context.buckets[facts->source],
                                .source_has_metadata = out.sources_with_metadata.contains(facts->source),
                                .proven_keys = proven_keys});
    auto judged = judge_chain(input);
    proven.insert(proven.end(), judged.proven.begin(), judged.proven.end());
    if (judged.first && (!cover.first || *judged.first < *cover.first)) {
      cover.first = judged.first;
      cover.first_is_starting = judged.first_is_starting;
    }
    if (judged.head && (!cover.head || *judged.head > *cover.head)) cover.head = judged.head;
    if (!context.selects(chain.id)) continue;
    read.insert(read.end(), judged.proven.begin(), judged.proven.end());

    if (request.versions) recover_digests(context, input, out.seen.sought, judged.findings);
    judgements.emplace(c, std::move(judged));
  }
  cover.proven = unite(std::move(proven));
  GroupCover witnessed = cover;
  witnessed.proven = unite(std::move(read));
  out.covers.emplace(std::pair{group.account, group.region}, std::move(witnessed));
  gatherer.listed().seal();
  // The last logs are read while the log folders are listed.
  verdict::Tally unlisted;
  verdict::Findings unlisted_findings;
  base::parallel_for(context.jobs, 2, 1, [&](std::size_t i) {
    if (i == 0)
      gatherer.finish();
    else
      judge_unlisted(context, plan, group, gatherer.listed(), cover, unlisted, unlisted_findings);
  });
  if (context.progress.stop) {
    // Every digest was read before, so what was judged of the chains holds; their rows would claim too much.
    verdict.tally.add(gatherer.bytes());
    for (auto& [c, judged] : judgements) {
      verdict.tally.add(judged.coverage.tally);
      verdict.tally.add(gatherer.logs_of(c).tally);
      verdict.findings.merge(std::move(judged.findings));
      verdict.findings.merge(std::move(gatherer.logs_of(c).findings));
    }
    return out;
  }
  verdict.tally.add(gatherer.bytes());
  verdict.tally.add(unlisted);
  verdict.findings.merge(std::move(unlisted_findings));
  for (auto& [c, judged] : judgements) {
    auto& logs = gatherer.logs_of(c);
    judged.findings.merge(std::move(logs.findings));
    judged.coverage.tally.add(logs.tally);
    judged.coverage.outcome = judged.findings.outcome(request.strict);
    verdict.tally.add(judged.coverage.tally);
    verdict.chains.push_back(std::move(judged.coverage));
    verdict.findings.merge(std::move(judged.findings));
    for (const auto* facts : digests[c])
      if (facts->proven() && context.window.contains(facts->hour())) add_key(verdict.keys, facts->signer->key);
  }
  if (request.versions)
    judge_log_history(context, plan, log_homes(context, plan, group), group.account + "/" + group.region,
                      &gatherer.listed(), verdict.findings);
  return out;
}

}  // namespace trailseal::verify
