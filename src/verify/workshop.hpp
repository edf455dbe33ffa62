// The benches, and who waits for one. Logs that wait are taken together by whoever gets a bench next, so that they are
// hashed side by side, and a bench changes hands less often.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "verify/bench.hpp"

namespace trailseal::verify {

// Thread-safe. Who holds a bench must not wait for another.
class Workshop {
 public:
  // Gives the bench back when it goes.
  class Lease {
   public:
    Lease(Workshop& from, std::unique_ptr<Bench> bench) : from_(from), bench_(std::move(bench)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { from_.give(std::move(bench_)); }
    Bench* operator->() { return bench_.get(); }

   private:
    Workshop& from_;
    std::unique_ptr<Bench> bench_;
  };

  void add(std::unique_ptr<Bench> bench) { give(std::move(bench)); }

  Lease borrow();

  // Returns when the facts of all are filled, by this thread or another.
  void work(std::span<const LogJob> jobs);

 private:
  struct Waiter {
    std::span<const LogJob> jobs;  // empty: it only wants a bench
    std::unique_ptr<Bench> bench = nullptr;
    bool done = false;
    std::condition_variable turn = {};
  };

  void wait(Waiter& waiter);
  void give(std::unique_ptr<Bench> bench);

  std::mutex mutex_;
  std::vector<std::unique_ptr<Bench>> free_;
  std::deque<Waiter*> waiting_;  // only while none is free
};

}  // namespace trailseal::verify
