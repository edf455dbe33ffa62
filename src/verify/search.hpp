// What there is in a source: the accounts' digest and log folders, wherever they stand.
#pragma once

#include <map>
#include <set>
#include <string>
#include <tuple>

#include "verify/digest_listing.hpp"

namespace trailseal::verify {

struct SourceListing {
  std::map<std::pair<trail::Root, trail::ChainId>, DigestListing::Chain> chains;
  std::set<std::tuple<trail::Root, trail::LogKind, std::string>> folders;  // with the region
  std::uint64_t digest_count = 0;
  verdict::Findings findings;  // subjects are bare keys
};

SourceListing search(const Request& request, const Source& source, unsigned jobs, const Progress& progress);

// Is it a region that AWS had in 2026? The list grows, so nothing is refused for not being in it.
bool is_known_region(std::string_view name);

}  // namespace trailseal::verify
