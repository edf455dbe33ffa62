// The progress line on standard error.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "trailseal/time.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

// How many objects there will be, guessed while digests are still being read from how many logs those read so far list.
std::uint64_t expected_objects(std::uint64_t known, std::uint64_t digests_begun, std::uint64_t digests_total);

// One line of progress: "[#####-----] 1,204/2,408 objects  84.2 MB/s  ETA 12s", at most `width` columns.
std::string progress_line(std::uint64_t done, std::uint64_t total, std::uint64_t bytes, double seconds,
                          std::size_t width);

// Draws the line ten times a second from a thread of its own, and wipes it when destroyed. The verification itself only
// advances counters.
class ProgressLine {
 public:
  explicit ProgressLine(const verify::Progress& progress);
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

 private:
  void draw_until_stopped();

  const verify::Progress& progress_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopped_ = false;
  std::thread thread_;
};

}  // namespace trailseal::cli
