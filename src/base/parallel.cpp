// A pool that lives as long as the process: runs come by the thousand, and starting threads for each would cost more
// than many of them.
//
// Several runs may be under way at once, one inside another or of different threads. A caller works on its own run
// only, so nobody ever waits for somebody who waits for him; the pool's threads join whichever run is youngest, because
// older ones wait for it.
#include "base/parallel.hpp"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace trailseal::base {
namespace {

constexpr unsigned kMostJobs = 256;

class Run {
 public:
  Run(unsigned jobs, std::size_t count, std::size_t grain, const std::function<void(std::size_t)>& work)
      : jobs_(jobs), count_(count), grain_(grain), work_(work) {}

  // Takes indices until there are none left.
  void take_part() noexcept {
    for (;;) {
      // The comparison first: it keeps late threads from pushing the counter past its end again and again.
      if (exhausted()) return;
      const std::size_t begin = next_.fetch_add(grain_, std::memory_order_relaxed);
      if (begin >= count_) return;
      const std::size_t end = count_ - begin < grain_ ? count_ : begin + grain_;
      for (std::size_t index = begin; index < end; ++index) work_(index);
    }
  }

  bool exhausted() const { return next_.load(std::memory_order_relaxed) >= count_; }
  unsigned jobs() const { return jobs_; }

  unsigned helpers = 0;  // guarded by the pool's mutex

 private:
  unsigned jobs_;
  std::size_t count_, grain_;
  const std::function<void(std::size_t)>& work_;
  std::atomic<std::size_t> next_{0};
};

class Pool {
 public:
  Pool() = default;
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;
  ~Pool() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_all();
  }

  void run(Run& work) {
    {
      const std::lock_guard lock(mutex_);
      start_threads(work.jobs() - 1);
      runs_.push_back(&work);
    }
    if (work.jobs() == 2)
      wake_.notify_one();
    else
      wake_.notify_all();
    work.take_part();
    std::unique_lock lock(mutex_);
    std::erase(runs_, &work);  // who has not joined by now need not
    left_.wait(lock, [&] { return work.helpers == 0; });
  }

 private:
  void start_threads(unsigned wanted) {
    try {
      while (threads_.size() < wanted) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // The system has no more threads: those that there are do the work.
    }
  }

  // The youngest run that still has work and room for a helper.
  Run* open_run() {
    const auto open = std::find_if(runs_.rbegin(), runs_.rend(),
                                   [](const Run* run) { return !run->exhausted() && run->helpers + 1 < run->jobs(); });
    return open == runs_.rend() ? nullptr : *open;
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      Run* work = nullptr;
      wake_.wait(lock, [&] { return stopping_ || (work = open_run()) != nullptr; });
      if (stopping_) return;
      ++work->helpers;
      lock.unlock();
      work->take_part();
      lock.lock();
      if (--work->helpers == 0) left_.notify_all();
    }
  }

  std::mutex mutex_;  // guards what follows
  std::condition_variable wake_, left_;
  std::vector<Run*> runs_;  // the youngest last
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace

void parallel_for(unsigned jobs, std::size_t count, std::size_t grain, const std::function<void(std::size_t)>& work) {
  grain = std::max<std::size_t>(grain, 1);
  const std::size_t portions = count / grain + (count % grain != 0);
  Run run(static_cast<unsigned>(std::min<std::size_t>({std::max(jobs, 1u), kMostJobs, portions})), count, grain, work);
  if (run.jobs() <= 1) return run.take_part();
  static Pool pool;
  pool.run(run);
}

unsigned job_count(unsigned wanted) {
  if (wanted == 0) {
    cpu_set_t cpus;
    wanted = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? static_cast<unsigned>(CPU_COUNT(&cpus))
                                                           : std::thread::hardware_concurrency();
  }
  return std::clamp(wanted, 1u, kMostJobs);
}

}  // namespace trailseal::base
