// What `verify` asks CloudTrail while it runs: the public keys of the regions that have digests, and how the trails are
// set up that deliver there.
#pragma once

#include <string>
#include <vector>

#include "cli/aws_flags.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/time.hpp"
#include "trailseal/trail.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

// Adds the keys of every region. A region that does not answer leaves its digests unproven, and a finding; the rest is
// verified. `now` is the time to look ahead from, if it is later than the clock.
verdict::Findings add_fetched_keys(const AwsAccess& access, const std::vector<verify::KeyNeed>& needs, Time now,
                                   const crypto::Backend& backend, trail::PublicKeySet& keys);

// Asks DescribeTrails in the chains' home regions (in the configured one if there are no chains), and GetTrailStatus of
// every trail that delivers to one of `buckets`, in each region that it may have digests of: the answer is about one
// region. `listed`: when the listing of the sources began.
verify::SettingsAnswer ask_trail_settings(const AwsAccess& access, const std::vector<trail::ChainId>& chains,
                                          const std::vector<std::string>& buckets, Time listed);

// Whether these buckets are AWS's, so that its CloudTrail can know them: not if S3 is asked at an endpoint of somebody
// else's and CloudTrail is not. `s3_endpoint`: --endpoint-url.
bool may_ask_settings(const AwsAccess& access, const std::string& s3_endpoint);

}  // namespace trailseal::cli
