// The plan: every chain and log folder of every source, from listings alone. Nothing is read yet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/verdict.hpp"
#include "trailseal/verify.hpp"
#include "verify/digest_listing.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

struct ChainPlan {
  trail::ChainId id;
  std::vector<DigestRef> refs;        // sorted: by end, and then totally
  std::vector<UnlistedDay> unlisted;  // sorted: days outside the window that the listing only named
  std::uint64_t bytes = 0;            // of the digests in the window, as far as the stores tell
};

// "[prefix/]AWSLogs/[org/]account/<kind>/region/"
struct LogFolder {
  std::uint32_t location = 0;
  trail::LogKind kind = trail::LogKind::management_and_data;
  auto operator<=>(const LogFolder&) const = default;
};

// Everything of one account and source region: the unit of work, because the logs of all its trails share a folder.
struct GroupPlan {
  std::string account, region;
  std::vector<ChainPlan> chains;   // sorted by id
  std::vector<LogFolder> folders;  // sorted
};

struct Plan {
  std::vector<Location> locations;  // sorted
  std::vector<GroupPlan> groups;    // sorted by account and region
  std::vector<std::uint64_t> digests_of_source;
  // For each source: foreign objects and unreadable folders. The subjects are bare keys, because what the bucket is
  // called may only be known once digests have been read.
  std::vector<verdict::Findings> findings;

  std::string key_of(const ChainPlan& chain, const DigestRef& ref) const;
};

// "YYYY/MM/DD" of a parsed key, in days since 1970.
std::int32_t days_of(std::string_view day);

// Lists the sources, in parallel. Every "AWSLogs" folder at any depth is tried, below other services' folders of an
// account one level; a folder that cannot be listed becomes a finding. What is foreign is found in the folders of the
// accounts and organizations that the request asks for.
Plan make_plan(const Request& request, const std::vector<Source>& sources, unsigned jobs, const Progress& progress);

// The regions of the plan's chains, for the caller to get keys. At most 64, known ones first: names of regions are as
// easily planted as others. The rest becomes a finding.
std::vector<KeyNeed> keys_needed(const Plan& plan, verdict::Findings& findings);

}  // namespace trailseal::verify
