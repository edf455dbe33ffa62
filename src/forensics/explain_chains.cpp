#include "forensics/explain_chains.hpp"

#include <algorithm>

namespace trailseal::forensics {

bool same_trail(const verdict::ChainCoverage& a, const verdict::ChainCoverage& b) {
  return a.trail == b.trail && a.home_region == b.home_region && a.org == b.org &&
         (!a.org.empty() || a.account == b.account);
}

bool goes_on(const verdict::ChainCoverage& chain, Time end) {
  return std::ranges::any_of(chain.proven,
                             [&](const Interval& span) { return span.begin <= end && span.end > end + kDigestHour; });
}

}  // namespace trailseal::forensics
