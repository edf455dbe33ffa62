#include "base/budget.hpp"

#include <chrono>

namespace trailseal::base {
namespace {

// Small shares pass those who wait for large ones: they come and go too fast to keep anybody waiting.
constexpr std::uint64_t kSmall = 256u << 10;

}  // namespace

bool Budget::Share::try_take(std::uint64_t bytes) {
  give_back();
  const std::lock_guard guard(from_.mutex_);
  const bool queue = from_.next_ticket_ != from_.served_;
  if ((queue && bytes > kSmall) || !from_.fits(bytes)) return false;
  from_.used_ += bytes;
  held_ = bytes;
  return true;
}

bool Budget::Share::take(std::uint64_t bytes, const std::atomic<bool>* cancel) {
  give_back();
  std::unique_lock lock(from_.mutex_);
  const auto ticket = from_.next_ticket_++;
  bool cancelled = false;
  while (from_.served_ != ticket || (!cancelled && !from_.fits(bytes))) {
    cancelled = cancelled || (cancel != nullptr && *cancel);
    from_.changed_.wait_for(lock, std::chrono::milliseconds{200});  // how late a cancel may be noticed
  }
  ++from_.served_;
  if (!cancelled) {
    from_.used_ += bytes;
    held_ = bytes;
  }
  lock.unlock();
  from_.changed_.notify_all();
  return !cancelled;
}

void Budget::Share::give_back() {
  if (held_ == 0) return;
  {
    const std::lock_guard guard(from_.mutex_);
    from_.used_ -= held_;
    held_ = 0;
  }
  from_.changed_.notify_all();
}

}  // namespace trailseal::base
