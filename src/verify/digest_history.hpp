// The history of digest folders, of whole sources: digests that were deleted and that no link misses, such as the
// newest of a chain (a bucket rolled back to an older, valid state), backfill ones, a whole segment, or a whole chain.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "verify/context.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

// Whether each source has versions to ask for; why not is a finding.
std::vector<bool> ask_for_versions(const std::vector<Source>& sources, verdict::Findings& findings);

// What the verification of the chains has to say to it.
struct ChainsSeen {
  std::map<trail::ChainId, Time> oldest;  // end of the oldest proven standard digest
  std::set<Place> sought;                 // digests that links miss and whose versions were judged there

  void add(ChainsSeen other);
};

// Every digest folder that versions are left of, also where the listing shows nothing any more; and of accounts and
// regions that are not in the plan, the log folders.
void judge_histories(Context& context, const Plan& plan, const ChainsSeen& seen, verdict::Findings& findings);

}  // namespace trailseal::verify
