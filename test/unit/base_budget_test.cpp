#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

#include "base/budget.hpp"
#include "support/catch.hpp"

using std::chrono::milliseconds;
using trailseal::base::Budget;

namespace {
constexpr std::uint64_t kMiB = 1u << 20;
}

TEST_CASE("what is there can be had at once, and what is not is waited for") {
  Budget budget(10 * kMiB);
  Budget::Share a(budget), b(budget);
  CHECK(a.try_take(6 * kMiB));
  CHECK(a.held() == 6 * kMiB);
  CHECK_FALSE(b.try_take(5 * kMiB));
  CHECK(b.held() == 0);
  CHECK(b.try_take(4 * kMiB));
  CHECK_FALSE(a.try_take(7 * kMiB));  // in place of what it held, which is gone
  CHECK(a.held() == 0);
  CHECK(a.try_take(6 * kMiB));
  std::uint64_t held = 0;
  std::thread waits([&] {
    Budget::Share c(budget);
    if (c.take(5 * kMiB)) held = c.held();
  });
  std::this_thread::sleep_for(milliseconds{20});
  a.give_back();
  waits.join();
  CHECK(held == 5 * kMiB);
  CHECK(a.try_take(6 * kMiB));
}

TEST_CASE("more than there is altogether is had alone") {
  Budget budget(10);
  Budget::Share giant(budget), other(budget);
  CHECK(giant.try_take(1000));
  CHECK_FALSE(other.try_take(1));
  giant.give_back();
  CHECK(other.try_take(1));
  CHECK_FALSE(giant.try_take(1000));
}

TEST_CASE("who waits is not passed by other large ones for ever") {
  Budget budget(10 * kMiB);
  Budget::Share first(budget), late(budget), small(budget);
  REQUIRE(first.try_take(6 * kMiB));
  std::atomic<bool> served{false};
  std::thread waits([&] {
    Budget::Share large(budget);
    served = large.take(10 * kMiB);
  });
  while (late.try_take(kMiB)) {  // until it stands in the queue
    late.give_back();
    std::this_thread::yield();
  }
  CHECK(small.try_take(1000));
  small.give_back();
  CHECK_FALSE(served);
  first.give_back();
  waits.join();
  CHECK(served);
  CHECK(late.try_take(kMiB));
}

TEST_CASE("a cancel ends the waiting, and the queue goes on") {
  Budget budget(10);
  std::atomic<bool> cancel{false};
  auto holder = std::make_unique<Budget::Share>(budget);
  REQUIRE(holder->take(10));
  bool taken = true;
  std::thread first([&] {
    Budget::Share share(budget);
    taken = share.take(5, &cancel) || share.held() != 0;
  });
  std::this_thread::sleep_for(milliseconds{10});
  cancel = true;
  first.join();
  CHECK_FALSE(taken);
  holder.reset();
  Budget::Share next(budget);
  CHECK(next.take(10));
}

TEST_CASE("many threads never hold more than there is") {
  Budget budget(100 * kMiB);
  std::atomic<std::uint64_t> held{0};
  std::atomic<unsigned> over{0};
  std::vector<std::thread> threads;
  for (unsigned t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      Budget::Share share(budget);
      for (unsigned i = 0; i < 200; ++i) {
        const std::uint64_t bytes = (t * 200 + i) * 7919 % 60 * kMiB + 1;
        if (!share.try_take(bytes) && !share.take(bytes)) ++over;
        if (held.fetch_add(bytes) + bytes > 100 * kMiB) ++over;
        held -= bytes;
        share.give_back();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(over == 0);
}
