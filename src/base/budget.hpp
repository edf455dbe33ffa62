// A number of bytes that many threads share: who needs more than there is waits, and nobody fails.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace trailseal::base {

class Budget {
 public:
  explicit Budget(std::uint64_t bytes) : bytes_(bytes) {}

  // What one thread holds; given back when it goes.
  class Share {
   public:
    explicit Share(Budget& from) : from_(from) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() { give_back(); }

    // In place of what it holds: so much, if that can be had at once.
    bool try_take(std::uint64_t bytes);
    // The same, but waits its turn, first come, first served. More than there is altogether is had as soon as nobody
    // else holds anything. False: `cancel` became true. Hold nothing else that others wait for.
    bool take(std::uint64_t bytes, const std::atomic<bool>* cancel = nullptr);
    void give_back();
    std::uint64_t held() const { return held_; }

   private:
    Budget& from_;
    std::uint64_t held_ = 0;
  };

 private:
  bool fits(std::uint64_t bytes) const { return used_ == 0 || (bytes <= bytes_ && used_ <= bytes_ - bytes); }

  const std::uint64_t bytes_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable changed_;
  std::uint64_t used_ = 0;
  std::uint64_t next_ticket_ = 0, served_ = 0;  // of those who wait
};

}  // namespace trailseal::base
