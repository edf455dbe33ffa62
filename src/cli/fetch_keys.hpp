// Public keys from CloudTrail itself.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "aws/cloudtrail.hpp"
#include "cli/aws_flags.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::cli {

// Digests exist since then, so no key is older.
inline constexpr Time kFirstDigests{std::chrono::sys_days(std::chrono::year(2015) / 10 / 1)};

// The newest digests may be signed with a key that is valid from now on.
inline constexpr Seconds kKeysAhead{2 * 3600};

struct FetchedKeys {
  aws::RegionKeys listed;              // as CloudTrail gave them
  std::vector<trail::PublicKey> keys;  // the same, read as a key file is; the origin is "cloudtrail:REGION"
};

// Asks CloudTrail of one region. Errors: those of CloudTrail::list_public_keys; corrupt, unsupported (a key that cannot
// be read).
Result<FetchedKeys> fetch_keys(const AwsAccess& access, const std::string& region, const Interval& span);

struct RegionSpan {
  std::string region;
  Interval span;
};

// Asks many, side by side; the answers are in the order of the regions.
std::vector<Result<FetchedKeys>> fetch_keys(const AwsAccess& access, const std::vector<RegionSpan>& regions);

// Says on standard error that a region gave none, or why it could not be asked. Returns whether all is well.
bool report_fetched(const Result<FetchedKeys>& fetched, const std::string& region);

}  // namespace trailseal::cli
