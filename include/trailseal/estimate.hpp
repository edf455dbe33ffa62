// What reading a bucket would take, told from listings alone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "trailseal/verify.hpp"

namespace trailseal::verify {

struct Amount {
  std::uint64_t objects = 0;
  std::uint64_t bytes = 0;  // as stored; 0 where the store tells no sizes

  void add(const Amount& other) {
    objects += other.objects;
    bytes += other.bytes;
  }
  bool operator==(const Amount&) const = default;
};

struct Estimate {
  std::map<std::string, Amount> chains;  // digests in the window, by ChainId::to_string()
  // Log files stamped in the window, by (account, region) and day ("2026-07-01").
  std::map<std::pair<std::string, std::string>, std::map<std::string, Amount>> logs;
  std::uint64_t list_requests = 0;  // that the listings took, at 1,000 names each
  verdict::Findings findings;       // what could not be listed

  Amount digests() const;
  Amount log_files() const;
  std::uint64_t get_requests() const;  // one for each object, and for each chain those beside the window
  bool empty() const { return chains.empty() && logs.empty(); }
};

// Lists what run() would read, in the chains that the request selects. Reads no object. Sources that are mirrors should
// be opened with sizes. Log files of other kinds than digests cover are not counted. `progress.stop` ends it early.
Estimate estimate(const Request& request, const std::vector<Source>& sources, const Progress& progress);

}  // namespace trailseal::verify
