#include "verify/workshop.hpp"

#include <utility>

namespace trailseal::verify {
namespace {

constexpr std::size_t kMostTogether = 12;

}  // namespace

void Workshop::wait(Waiter& waiter) {
  std::unique_lock lock(mutex_);
  if (!free_.empty()) {
    waiter.bench = std::move(free_.back());
    free_.pop_back();
    return;
  }
  waiting_.push_back(&waiter);
  waiter.turn.wait(lock, [&] { return waiter.bench != nullptr || waiter.done; });
}

void Workshop::give(std::unique_ptr<Bench> bench) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) {
    free_.push_back(std::move(bench));
    return;
  }
  Waiter& next = *waiting_.front();
  waiting_.pop_front();
  next.bench = std::move(bench);
  next.turn.notify_one();  // under the lock: the waiter goes as soon as it knows
}

Workshop::Lease Workshop::borrow() {
  Waiter self;
  wait(self);
  return {*this, std::move(self.bench)};
}

void Workshop::work(std::span<const LogJob> jobs) {
  Waiter self{.jobs = jobs};
  wait(self);
  if (self.done) return;
  Lease bench(*this, std::move(self.bench));

  std::vector<const LogJob*> all;
  for (const auto& job : jobs) all.push_back(&job);
  std::vector<Waiter*> others;
  {
    const std::lock_guard lock(mutex_);
    std::erase_if(waiting_, [&](Waiter* other) {
      if (other->jobs.empty() || all.size() + other->jobs.size() > kMostTogether) return false;
      for (const auto& job : other->jobs) all.push_back(&job);
      others.push_back(other);
      return true;
    });
  }
  bench->work(all);
  const std::lock_guard lock(mutex_);
  for (auto* other : others) {
    other->done = true;
    other->turn.notify_one();
  }
}

}  // namespace trailseal::verify
