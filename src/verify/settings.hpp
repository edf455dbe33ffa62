// What CloudTrail says of its trails, held against what the bucket proves.
//
// The settings come from an API that an administrator of the account controls and that nobody signs. So they are used
// one way only: where they promise more than the bucket holds, that is said; where they promise less, nothing that is
// missing is excused, and no stale chain becomes fresh.
#pragma once

#include <string>
#include <vector>

#include "trailseal/verdict.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::verify {

// What of a bucket was looked at.
struct SourcePlace {
  std::string bucket, prefix;  // prefix: empty, or ends in "/"
};

struct SettingsInput {
  const Request& request;  // the filters and the window
  const SettingsAnswer& answer;
  const std::vector<verdict::ChainCoverage>& chains;  // those that were verified
  std::vector<SourcePlace> places;
};

void judge_settings(const SettingsInput& input, verdict::Findings& findings);

}  // namespace trailseal::verify
