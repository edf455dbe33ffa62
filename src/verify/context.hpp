// What every step of a run shares.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "trailseal/verify.hpp"
#include "verify/judge.hpp"
#include "verify/plan.hpp"
#include "verify/readers.hpp"
#include "verify/unseal.hpp"
#include "verify/witness.hpp"

namespace trailseal::verify {

struct Context {
  const Request& request;
  const std::vector<Source>& sources;
  const trail::PublicKeySet& keys;
  const crypto::Backend& backend;
  Progress& progress;
  unsigned jobs = 1;
  std::unique_ptr<Readers> readers;
  Window window;
  Freshness freshness;
  std::vector<std::string> buckets;  // of each source; empty: unknown
  std::map<std::string, std::uint32_t> source_of_bucket;
  std::vector<bool> has_versions;  // of each source: its history is asked for and can be; not written after that
  WitnessFacts witness_facts;
  OpenedCounts opened = {};

  // Is the chain among those asked for?
  bool selects(const trail::ChainId& chain) const;
  // Are the logs of this account, region and organisation, when no chain is at hand to ask?
  bool selects_logs(const std::string& account, const std::string& region, const std::string& org) const;
};

}  // namespace trailseal::verify
