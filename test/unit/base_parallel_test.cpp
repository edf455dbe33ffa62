#include <algorithm>
#include <atomic>
#include <limits>
#include <thread>
#include <vector>

#include "base/parallel.hpp"
#include "support/catch.hpp"

using trailseal::base::job_count;
using trailseal::base::parallel_for;

TEST_CASE("every index is worked on once, by no more threads than jobs") {
  for (const unsigned jobs : {0u, 1u, 2u, 3u, 16u}) {
    for (const std::size_t count : {0, 1, 2, 3, 7, 100, 10000}) {
      for (const std::size_t grain : {0, 1, 3, 64, 20000}) {
        CAPTURE(jobs, count, grain);
        std::vector<int> calls(count);  // each element is touched by one thread only
        std::atomic<unsigned> inside{0}, faults{0};
        parallel_for(jobs, count, grain, [&](std::size_t index) {
          if (inside.fetch_add(1) >= std::max(jobs, 1u)) ++faults;
          ++calls[index];
          inside.fetch_sub(1);
        });
        REQUIRE(faults == 0);
        REQUIRE(std::all_of(calls.begin(), calls.end(), [](int n) { return n == 1; }));
      }
    }
  }
}

TEST_CASE("one job works in the caller's thread and in order") {
  std::vector<std::size_t> seen;
  bool elsewhere = false;
  parallel_for(1, 100, 7, [&, caller = std::this_thread::get_id()](std::size_t index) {
    elsewhere |= std::this_thread::get_id() != caller;
    seen.push_back(index);
  });
  CHECK_FALSE(elsewhere);
  CHECK(seen.size() == 100);
  CHECK(std::is_sorted(seen.begin(), seen.end()));
}

TEST_CASE("two jobs do run at the same time") {
  // Each of the two waits for the other: with one thread this would never end.
  std::atomic<int> present{0};
  parallel_for(2, 2, 1, [&](std::size_t) {
    ++present;
    while (present < 2) std::this_thread::yield();
  });
  CHECK(present == 2);
}

TEST_CASE("a run inside a run and runs of several threads are complete") {
  std::atomic<int> calls{0};
  parallel_for(4, 50, 1, [&](std::size_t) { parallel_for(4, 20, 1, [&](std::size_t) { ++calls; }); });
  CHECK(calls == 1000);

  calls = 0;
  {
    std::vector<std::jthread> callers;
    for (int i = 0; i < 4; ++i)
      callers.emplace_back([&] {
        for (int n = 0; n < 200; ++n) parallel_for(3, 10, 1, [&](std::size_t) { ++calls; });
      });
  }
  CHECK(calls == 8000);
}

TEST_CASE("threads without work help in a run inside a run") {
  // The outer run has two parts; the one that is done at once must join the inner run, which never ends without it.
  std::atomic<int> present{0};
  parallel_for(2, 2, 1, [&](std::size_t outer) {
    if (outer == 1) return;
    parallel_for(2, 2, 1, [&](std::size_t) {
      ++present;
      while (present < 2) std::this_thread::yield();
    });
  });
  CHECK(present == 2);
}

TEST_CASE("thousands of short runs leave nothing behind") {
  std::atomic<int> calls{0};
  for (int n = 0; n < 5000; ++n) parallel_for(2, 2, 1, [&](std::size_t) { ++calls; });
  CHECK(calls == 10000);
}

TEST_CASE("the number of jobs has bounds") {
  CHECK(job_count(0) >= 1);
  CHECK(job_count(1) == 1);
  CHECK(job_count(7) == 7);
  CHECK(job_count(256) == 256);
  CHECK(job_count(257) == 256);
  CHECK(job_count(std::numeric_limits<unsigned>::max()) == 256);
}
