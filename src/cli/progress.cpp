#include "cli/progress.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cli/terminal.hpp"
#include "report/words.hpp"

namespace trailseal::cli {

std::uint64_t expected_objects(std::uint64_t known, std::uint64_t digests_begun, std::uint64_t digests_total) {
  if (digests_begun == 0 || digests_begun >= digests_total) return known;
  const double factor = static_cast<double>(digests_total) / static_cast<double>(digests_begun);
  return static_cast<std::uint64_t>(static_cast<double>(known) * factor);
}

std::string progress_line(std::uint64_t done, std::uint64_t total, std::uint64_t bytes, double seconds,
                          std::size_t width) {
  if (total == 0 && done == 0) return std::string("listing the sources").substr(0, width);
  // The total grows while digests are read, so `done` may be ahead of it for a moment.
  total = std::max(total, done);
  const double share = total == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(total);
  std::string numbers = fmt::format(" {}/{} objects", report::thousands(done), report::thousands(total));
  if (seconds >= 0.5) {
    numbers += fmt::format("  {:.1f} MB/s", static_cast<double>(bytes) / 1e6 / seconds);
    if (share > 0.01) {
      const auto left = static_cast<std::int64_t>(seconds / share * (1 - share));
      numbers += fmt::format("  ETA {}", to_string(Seconds{left}));
    }
  }
  constexpr std::size_t kLongestBar = 30, kShortestBar = 8;
  const std::size_t room = width > numbers.size() + 2 ? width - numbers.size() - 2 : 0;
  if (room < kShortestBar) return numbers.substr(0, width);
  const std::size_t cells = std::min(room, kLongestBar);
  const auto full = static_cast<std::size_t>(share * static_cast<double>(cells));
  return "[" + std::string(full, '#') + std::string(cells - full, '-') + "]" + numbers;
}

ProgressLine::ProgressLine(const verify::Progress& progress)
    : progress_(progress), thread_([this] { draw_until_stopped(); }) {}

ProgressLine::~ProgressLine() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void ProgressLine::draw_until_stopped() {
  using namespace std::chrono_literals;
  const auto begin = std::chrono::steady_clock::now();
  std::unique_lock lock(mutex_);
  bool drawn = false;
  // A run of a few objects is over before the first tick and draws nothing.
  while (!wake_.wait_for(lock, 100ms, [this] { return stopped_; })) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
    const std::uint64_t total =
        expected_objects(progress_.objects_total, progress_.digests_begun, progress_.digests_total);
    const std::string line = progress_line(progress_.objects_done, total, progress_.bytes_done, elapsed.count(),
                                           width_of(STDERR_FILENO) - 1);
    std::fputs(("\r" + line + "\x1b[K").c_str(), stderr);
    drawn = true;
  }
  if (drawn) std::fputs("\r\x1b[K", stderr);
}

}  // namespace trailseal::cli
