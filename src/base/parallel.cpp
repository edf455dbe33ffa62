// A pool that lives as long as the process: runs come by the thousand, and starting threads for each would cost more
// than many of them.
//
// One run has the pool at a time. A run that finds it taken (started from inside another, or from a second thread) is
// done by its caller alone: slower, never wrong, because results may not depend on who does what.
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
  Run(unsigned jobs, std::size_t count, std::size_t grain, const std::function<void(unsigned, std::size_t)>& work)
      : jobs_(jobs), count_(count), grain_(grain), work_(work) {}

  // Takes indices until there are none left.
  void take_part(unsigned worker) noexcept {
    for (;;) {
      // The comparison first: it keeps late threads from pushing the counter past its end again and again.
      if (next_.load(std::memory_order_relaxed) >= count_) return;
      const std::size_t begin = next_.fetch_add(grain_, std::memory_order_relaxed);
      if (begin >= count_) return;
      const std::size_t end = count_ - begin < grain_ ? count_ : begin + grain_;
      for (std::size_t index = begin; index < end; ++index) work_(worker, index);
    }
  }

  unsigned jobs() const { return jobs_; }

 private:
  unsigned jobs_;
  std::size_t count_, grain_;
  const std::function<void(unsigned, std::size_t)>& work_;
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

  // False if another run has the pool; nothing was done then.
  bool run(Run& work) {
    if (taken_.exchange(true, std::memory_order_acquire)) return false;
    start_threads(work.jobs() - 1);
    {
      const std::lock_guard lock(mutex_);
      current_ = &work;
      next_worker_ = 1;
    }
    if (work.jobs() == 2)
      wake_.notify_one();
    else
      wake_.notify_all();
    work.take_part(0);
    std::unique_lock lock(mutex_);
    current_ = nullptr;  // who has not joined by now need not
    idle_.wait(lock, [this] { return active_ == 0; });
    lock.unlock();
    taken_.store(false, std::memory_order_release);
    return true;
  }

 private:
  void start_threads(unsigned wanted) {
    try {
      while (threads_.size() < wanted) threads_.emplace_back([this] { serve(); });
    } catch (const std::system_error&) {
      // The system has no more threads: those that there are do the work.
    }
  }

  void serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
      wake_.wait(lock, [this] { return stopping_ || (current_ != nullptr && next_worker_ < current_->jobs()); });
      if (stopping_) return;
      Run& work = *current_;
      const unsigned worker = next_worker_++;
      ++active_;
      lock.unlock();
      work.take_part(worker);
      lock.lock();
      // All indices are taken: joining the same run again would only spin.
      if (current_ == &work) current_ = nullptr;
      if (--active_ == 0) idle_.notify_one();
    }
  }

  std::atomic<bool> taken_{false};  // no mutex: the thread that holds it may ask again from inside its run
  std::mutex mutex_;                // guards what follows, except threads_, which taken_ guards
  std::condition_variable wake_, idle_;
  Run* current_ = nullptr;
  unsigned next_worker_ = 1;
  unsigned active_ = 0;
  bool stopping_ = false;
  std::vector<std::jthread> threads_;  // last: joined before the rest goes
};

}  // namespace

void parallel_for(unsigned jobs, std::size_t count, std::size_t grain,
                  const std::function<void(unsigned worker, std::size_t index)>& work) {
  grain = std::max<std::size_t>(grain, 1);
  const std::size_t portions = count / grain + (count % grain != 0);
  Run run(static_cast<unsigned>(std::min<std::size_t>({std::max(jobs, 1u), kMostJobs, portions})), count, grain, work);
  if (run.jobs() > 1) {
    static Pool pool;
    if (pool.run(run)) return;
  }
  run.take_part(0);
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
