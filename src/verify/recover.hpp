// Gathering: looking for the version that was signed, where the current object is not it or is gone.
//
// Nothing that is found here makes anything verified: the bucket's current state is what a verdict is about. It says
// that the evidence is not lost, and under which version id it lies.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "verify/context.hpp"
#include "verify/history.hpp"

namespace trailseal::verify {

// Tries the versions below the current object, the oldest first, because CloudTrail wrote first. `is_good` gets a
// version id. `bytes_alone`: two versions with the same ETag and size are equally good.
Recovery recover(KeyHistory history, bool bytes_alone, const std::function<Result<bool>(const std::string&)>& is_good);

Recovery recover_log(Context& context, std::uint32_t source, const trail::ListedLog& log);

// `successors`: proven digests that name this place as their predecessor's; with any, the content must be the one that
// they signed. `found` gets the digest.
Recovery recover_digest(Context& context, std::uint32_t source, KeyHistory history, const std::string& account,
                        const std::vector<const DigestFacts*>& successors, DigestFacts& found);

// What is left of the log files that a recovered digest lists.
struct LogRemains {
  std::uint64_t listed = 0, present = 0, recoverable = 0, lost = 0, unknown = 0;
  std::string to_string() const;  // "of the 3 log files that it lists, ..."
};
LogRemains remains_of(Context& context, const trail::Digest& digest);

}  // namespace trailseal::verify
