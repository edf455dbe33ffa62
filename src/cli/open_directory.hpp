// A directory as a source: the mirror of a bucket, or a collection.
#pragma once

#include <atomic>

#include "cli/verify_request.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/verdict.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

struct OpenDirectory {
  const crypto::Backend& backend;
  unsigned jobs;
  const std::atomic<bool>& stop;
  bool compare;  // a collection with its manifest
  bool sizes;    // listings shall tell sizes, as a dry run needs them; nothing is compared then
};

// `findings` takes what a collection's manifest brought up. Errors: those of opening a directory.
Result<verify::Source> open_directory(const SourceName& name, const OpenDirectory& how, verdict::Findings& findings);

}  // namespace trailseal::cli
