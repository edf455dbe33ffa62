#include <algorithm>

#include "trailseal/verdict.hpp"

namespace trailseal::verdict {

Seconds ChainCoverage::proven_time() const {
  Seconds sum{0};
  for (const Interval& interval : proven) sum += interval.length();
  return sum;
}

int ChainCoverage::proven_basis_points() const {
  const auto whole = span.length().count();
  if (whole == 0) return 0;
  return static_cast<int>(std::min(proven_time().count(), whole) * 10'000 / whole);
}

}  // namespace trailseal::verdict
