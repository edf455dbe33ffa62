// Where digests and logs lie or once lay: a walk over the folders of versions.
#pragma once

#include <string>
#include <vector>

#include "verify/context.hpp"
#include "verify/log_history.hpp"

namespace trailseal::verify {

// "root/CloudTrail-Digest/region/" in a source.
struct DigestHome {
  std::uint32_t source = 0;
  trail::Root root;
  std::string region;

  std::string prefix() const;
};

struct Homes {
  std::vector<DigestHome> digests;
  std::vector<LogHome> logs;
};

// Those of the accounts, regions and organizations that the request asks for. A folder that cannot be listed becomes a
// finding.
Homes find_homes(Context& context, std::uint32_t source, verdict::Findings& findings);

}  // namespace trailseal::verify
