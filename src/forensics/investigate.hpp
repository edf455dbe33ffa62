// A run and what its events tell: the verdict of verify::run, with causes and the tampering timeline.
#pragma once

#include <string>
#include <vector>

#include "trailseal/verify.hpp"

namespace trailseal::forensics {

// An export of CloudTrail's event history.
struct History {
  std::string path;
  Bytes content;
};

struct Questions {
  bool causes = false;    // why something is not proven; reads the logs around it once more, if there is anything
  bool timeline = false;  // who touched the evidence; searches every verified log
  std::vector<History> histories;
};

// As verify::run. What was handed to `request.verified_log` and `request.unverified_log` is handed on.
Result<verdict::Verdict> investigate(const verify::Request& request, const std::vector<verify::Source>& sources,
                                     const trail::PublicKeySet& keys, const crypto::Backend& backend,
                                     verdict::Findings findings, verify::Progress& progress,
                                     const Questions& questions);

}  // namespace trailseal::forensics
