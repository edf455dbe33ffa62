// One account and region from its listings to its part of the verdict.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "trailseal/verdict.hpp"
#include "verify/context.hpp"
#include "verify/digest_history.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

struct GroupResult {
  verdict::Verdict verdict;                       // `run` is empty
  std::set<std::uint32_t> sources_read;           // digests of these were read
  std::set<std::uint32_t> sources_with_metadata;  // ... and some had metadata
  // Buckets that validly signed digests state, lying under the key they state, beside the name of their source.
  std::set<std::pair<std::uint32_t, std::string>> other_names;

  // Of validly signed digests: sources where some lie under the key they state, and what others state before it.
  std::set<std::uint32_t> in_place;
  std::set<std::pair<std::uint32_t, std::string>> prefixes;

  ChainsSeen seen;
  // By account and region; `proven` is that of the chains whose logs were read, for KMS events may be in any of them.
  std::map<std::pair<std::string, std::string>, GroupCover> covers;

  void add(GroupResult other);  // associative and commutative
};

GroupResult verify_group(Context& context, const Plan& plan, const GroupPlan& group);

}  // namespace trailseal::verify
