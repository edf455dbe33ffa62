// One account and region from its listings to its part of the verdict.
#pragma once

#include "trailseal/verdict.hpp"
#include "verify/context.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

struct GroupResult {
  verdict::Verdict verdict;               // run is empty
  std::vector<bool> source_has_metadata;  // for each source: some digest has
  std::vector<bool> source_was_read;
  std::vector<std::pair<std::uint32_t, std::string>> other_names;
};

GroupResult verify_group(Context& context, const Plan& plan, const GroupPlan& group);

}  // namespace trailseal::verify
