#include "verify/recover_digests.hpp"

#include <algorithm>
#include <optional>

#include "base/parallel.hpp"
#include "verify/recover.hpp"
#include "verify/version_judge.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

struct Need {
  std::uint32_t source;
  Place place;
  std::vector<const DigestFacts*> successors;
  Interval hour;
};

struct Answer {
  Recovery recovery;
  std::string remains;
};

// Faults that are none of the object's own: an older version would fare no better.
bool hopeless(const DigestFacts& facts, const DigestContext& context) {
  const auto fault = fault_of(facts, context);
  return fault == Code::digest_key_unknown || fault == Code::crypto_backends_disagree;
}

std::vector<Need> needs_of(const Context& context, const ChainInput& chain) {
  std::map<Place, std::vector<const DigestFacts*>> successors;
  for (const auto* facts : chain.digests)
    if (facts->proven() && facts->digest->previous)
      successors[{facts->digest->previous->bucket, facts->digest->previous->key}].push_back(facts);

  std::vector<Need> needs;
  for (std::size_t i = 0; i < chain.digests.size(); ++i) {
    const auto& facts = *chain.digests[i];
    if (!context.has_versions[facts.source] || !context.window.contains(facts.hour())) continue;
    const Place place{context.buckets[facts.source], facts.key};
    const auto named = successors.find(place);
    const bool another = named != successors.end() &&
                         std::none_of(named->second.begin(), named->second.end(), [&](const DigestFacts* successor) {
                           return successor->digest->previous->hash == facts.hash;
                         });
    if (facts.proven() ? !another : hopeless(facts, chain.contexts[i])) continue;
    needs.push_back({facts.source, place, {}, facts.hour()});
    if (named != successors.end()) needs.back().successors = named->second;
  }
  for (const auto& [place, heirs] : successors) {
    const auto absent = chain.absent.find(place);
    if (absent == chain.absent.end() || absent->second == Absence::no_source) continue;
    const auto source = context.source_of_bucket.find(place.first);
    if (source == context.source_of_bucket.end() || !context.has_versions[source->second]) continue;
    needs.push_back({source->second, place, heirs, predecessor_hour(*heirs.front())});
  }
  return needs;
}

}  // namespace

void recover_digests(Context& context, const ChainInput& chain, std::set<Place>& sought, verdict::Findings& findings) {
  const auto needs = needs_of(context, chain);
  const auto name = chain.id.to_string();
  constexpr std::size_t kChunk = 64;
  for (std::size_t at = 0; at < needs.size() && !context.progress.stop; at += kChunk) {
    std::vector<std::optional<Answer>> answers(std::min(kChunk, needs.size() - at));
    base::parallel_for(context.jobs, answers.size(), 1, [&](std::size_t i) {
      if (context.progress.stop) return;
      const auto& need = needs[at + i];
      auto& answer = answers[i].emplace();
      auto history = history_of(*context.sources[need.source].store, need.place.second);
      if (!history) {
        answer.recovery.error = std::move(history).error();
        return;
      }
      DigestFacts found;
      answer.recovery =
          recover_digest(context, need.source, std::move(*history), chain.id.account, need.successors, found);
      if (answer.recovery.good) answer.remains = remains_of(context, *found.digest).to_string();
    });
    if (context.progress.stop) return;  // what was interrupted reads like trouble
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& need = needs[at + i];
      if (!answers[i]) continue;
      if (chain.absent.contains(need.place)) sought.insert(need.place);
      judge_recovery(answers[i]->recovery, {name, uri(need.place.first, need.place.second), need.hour},
                     answers[i]->remains, findings);
    }
  }
}

}  // namespace trailseal::verify
