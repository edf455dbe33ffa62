// The plan: every chain and log folder of every source, from listings alone. Nothing is read yet.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/verdict.hpp"
#include "trailseal/verify.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

struct ChainPlan {
  trail::ChainId id;
  std::vector<DigestRef> refs;  // sorted: by end, and then totally
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

// Lists the sources. Every "AWSLogs" folder at any depth is tried; a folder that cannot be listed becomes a finding.
// What is foreign is found in the folders of the accounts and organizations that the request asks for.
Plan make_plan(const Request& request, const std::vector<Source>& sources, const Progress& progress);

}  // namespace trailseal::verify
