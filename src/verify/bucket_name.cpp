#include "verify/bucket_name.hpp"

#include <map>
#include <optional>
#include <set>

#include "verify/signature.hpp"

namespace trailseal::verify {
namespace {

// The bucket that the oldest validly signed digest of a chain states, if that digest lies under the key it states.
// Without metadata a digest's signature is found in its successor, so two at a time are looked at.
std::optional<std::string> stated_by(Context& context, const Plan& plan, const ChainPlan& chain, std::uint32_t source,
                                     std::set<std::string>& claimed) {
  DigestFacts older;
  for (const auto& ref : chain.refs) {
    if (plan.locations[ref.location].source != source || context.progress.stop) continue;
    DigestFacts facts;
    facts.key = plan.key_of(chain, ref);
    context.readers->borrow()->read_digest(*context.sources[source].store, facts);
    if (!facts.digest) continue;
    facts.digest->logs.clear();
    check_own_signature(facts, context.keys, context.backend);
    claimed.insert(facts.digest->bucket);
    const auto& previous = facts.digest->previous;
    if (older.digest && previous && previous->key == older.key)
      check_copied_signature(older, previous->signature, context.backend);
    for (auto* candidate : {&older, &facts}) {
      const bool valid = candidate->own == SignatureState::valid || candidate->successor == SignatureState::valid;
      if (candidate->digest && valid && candidate->digest->key == candidate->key) return candidate->digest->bucket;
    }
    older = std::move(facts);
  }
  return std::nullopt;
}

}  // namespace

Error two_names(std::string_view label, const std::string& one, const std::string& other) {
  return {Errc::invalid_argument, std::string(label) + " holds valid digests of two buckets, " + one + " and " + other +
                                      "; say which it is: " + one + "=" + std::string(label)};
}

Result<BucketName> name_bucket(Context& context, const Plan& plan, std::uint32_t source) {
  if (!context.sources[source].bucket.empty()) return BucketName{context.sources[source].bucket, "given"};
  std::optional<std::string> name;
  std::set<std::string> claimed;
  for (const auto& group : plan.groups)
    for (const auto& chain : group.chains) {
      const auto stated = stated_by(context, plan, chain, source, claimed);
      if (!stated) continue;
      if (name && *name != *stated) return two_names(context.sources[source].store->label(), *name, *stated);
      name = stated;
    }
  if (name) return BucketName{*name, "named by its valid digests"};
  if (claimed.size() == 1) return BucketName{*claimed.begin(), "claimed by its digests"};
  return BucketName{"", "unknown"};
}

}  // namespace trailseal::verify
