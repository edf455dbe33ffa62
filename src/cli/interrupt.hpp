// Ctrl-C ends a run early, and in order.
#pragma once

#include "trailseal/verify.hpp"

namespace trailseal::cli {

// While it lives, the first SIGINT or SIGTERM sets `progress.stop`; the second ends the program. One at a time.
class InterruptGuard {
 public:
  explicit InterruptGuard(verify::Progress& progress);
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

}  // namespace trailseal::cli
