// The digests of one account and region, from listings.
//
// Without a window every key is listed, a thousand to a request. With one, an outline names the days of each chain, a
// thousand days to a request; then only the days are listed that the window needs, and others when a link asks for
// them. Names that do not fit the outline make it a listing of every key again: nothing is guessed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trailseal/verdict.hpp"
#include "trailseal/verify.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

// A day folder of a chain whose digests have not been listed.
struct UnlistedDay {
  std::int32_t day = 0;        // since 1970
  std::uint32_t location = 0;  // index into Plan::locations
  auto operator<=>(const UnlistedDay&) const = default;
};

struct ListedDigest {
  Time end;
  std::int32_t day = 0;
  bool backfill = false;
  auto operator<=>(const ListedDigest&) const = default;
};

struct DigestListing {
  struct Chain {
    std::vector<ListedDigest> digests;
    std::vector<std::int32_t> unlisted;  // days
    std::uint64_t bytes = 0;             // of the digests in the window, as far as the store tells sizes
  };
  std::map<std::pair<trail::Root, trail::ChainId>, Chain> chains;
  std::map<trail::Root, std::map<std::pair<trail::LogKind, std::string>, bool>>
      log_folders;  // of prefixes that lead here
  // (tree, (its account, the folder's account)) -> objects
  std::map<std::pair<std::string, std::pair<std::string, std::string>>, std::uint64_t> foreign_trees;
  verdict::Findings findings;  // subjects are bare keys
  std::uint64_t digest_count = 0;
};

struct DigestFolder {
  const store::ObjectStore& store;
  trail::Root root;
  std::string prefix;  // "…/CloudTrail-Digest/" and behind it "region/" or what else stands there
  std::string region;  // empty: not one; everything below is foreign or another's
  bool wanted = true;  // whether foreign objects are of interest
  Window window;
  const std::atomic<bool>& stop;
  bool instruction_files = false;  // objects are sealed here: what opens them may stand beside them
};

// Adds one key of a digest folder; true for a digest of the folder's account, and for what belongs to one.
bool add_digest_key(const DigestFolder& folder, const store::ObjectInfo& object, DigestListing& out);

DigestListing list_digests(const DigestFolder& folder);

// The digests of `chain` in one day folder.
std::vector<ListedDigest> list_day(const store::ObjectStore& store, const trail::Root& root,
                                   const trail::ChainId& chain, std::int32_t day, const std::atomic<bool>& stop,
                                   const store::TroubleVisitor& trouble);

}  // namespace trailseal::verify
