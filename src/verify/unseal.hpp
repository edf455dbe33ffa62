// Logs and digests that were sealed at the client before they were stored: whoever holds the keys opens them
// (Request::unsealing) between fetching and inflating, and from there on nothing is different. What is hashed is always
// what CloudTrail wrote.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "trailseal/verify.hpp"

namespace trailseal::verify {

// What stands under `key` and came with `object`. nullptr: it was not sealed, as far as anybody can tell. `again`: it
// was read once already, and taken as it is stored it cannot be right.
std::shared_ptr<const Unsealed> unseal(const Unsealing& unsealing, const store::ObjectStore& store,
                                       std::string_view key, const store::Object& object, bool again, Bytes& bytes);

// "<key of a log or digest>.instruction", where the S3 Encryption Client keeps what opens it.
bool is_instruction_file(std::string_view key);

// How many objects of a source were opened, by their form. Thread-safe.
class OpenedCounts {
 public:
  void add(std::uint32_t source, const Unsealed* unsealed);
  // One notice for each source and form.
  verdict::Findings findings(const std::vector<Source>& sources) const;

 private:
  mutable std::mutex mutex_;
  std::map<std::pair<std::uint32_t, std::string>, std::uint64_t> counts_;
};

}  // namespace trailseal::verify
