// Things to borrow, one for each thread at a time.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace trailseal::verify {

template <class Thing>
class Lending {
 public:
  // Gives it back when it goes.
  class Lease {
   public:
    Lease(Lending& from, std::unique_ptr<Thing> thing) : from_(from), thing_(std::move(thing)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { from_.add(std::move(thing_)); }
    Thing* operator->() { return thing_.get(); }

   private:
    Lending& from_;
    std::unique_ptr<Thing> thing_;
  };

  void add(std::unique_ptr<Thing> thing) {
    {
      const std::scoped_lock lock(mutex_);
      free_.push_back(std::move(thing));
    }
    returned_.notify_one();
  }

  // Waits until one is free. Hold one of a kind at a time, and nothing that others wait for who hold one.
  Lease borrow() {
    std::unique_lock lock(mutex_);
    returned_.wait(lock, [this] { return !free_.empty(); });
    auto thing = std::move(free_.back());
    free_.pop_back();
    return {*this, std::move(thing)};
  }

 private:
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Thing>> free_;
};

}  // namespace trailseal::verify
