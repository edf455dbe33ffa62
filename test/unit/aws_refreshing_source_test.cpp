#include "aws/refreshing_source.hpp"

#include <atomic>
#include <thread>
#include <vector>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

namespace {

constexpr Time kStart{Seconds(1'782'864'000)};

struct Clockwork {
  std::atomic<std::int64_t> now{0};
  std::atomic<int> searches{0};
  std::atomic<bool> broken{false};
  Seconds life{3600};

  std::unique_ptr<CredentialSource> source() {
    return make_refreshing_source(
        [this]() -> Result<Credentials> {
          const int number = ++searches;
          if (broken) return Error{Errc::io, "no connection"};
          Credentials found{"AKIA" + std::to_string(number), "secret", "", std::nullopt};
          if (life.count() != 0) found.expires = kStart + Seconds(now) + life;
          return found;
        },
        [this] { return kStart + Seconds(now); });
  }
};

std::string key_of(CredentialSource& source) {
  const auto found = source.get();
  return found ? found->access_key : found.error().message;
}

}  // namespace

TEST_CASE("credentials are renewed five minutes before they expire") {
  Clockwork clock;
  const auto source = clock.source();
  CHECK(clock.searches == 0);
  CHECK(key_of(*source) == "AKIA1");
  clock.now = 3299;
  CHECK(key_of(*source) == "AKIA1");
  clock.now = 3300;
  CHECK(key_of(*source) == "AKIA2");
  clock.now = 3300 + 3299;
  CHECK(key_of(*source) == "AKIA2");
}

TEST_CASE("credentials that never expire are looked for once") {
  Clockwork clock;
  clock.life = Seconds(0);
  const auto source = clock.source();
  CHECK(key_of(*source) == "AKIA1");
  clock.now = 1'000'000'000;
  CHECK(key_of(*source) == "AKIA1");
}

TEST_CASE("a short life is used to its half") {
  Clockwork clock;
  clock.life = Seconds(100);
  const auto source = clock.source();
  CHECK(key_of(*source) == "AKIA1");
  clock.now = 49;
  CHECK(key_of(*source) == "AKIA1");
  clock.now = 50;
  CHECK(key_of(*source) == "AKIA2");
}

TEST_CASE("a renewal that fails leaves the old ones for as long as they live") {
  Clockwork clock;
  const auto source = clock.source();
  CHECK(key_of(*source) == "AKIA1");
  clock.broken = true;
  clock.now = 3400;
  CHECK(key_of(*source) == "AKIA1");
  CHECK(key_of(*source) == "AKIA1");
  CHECK(clock.searches == 2);  // not at each request
  clock.now = 3460;
  CHECK(key_of(*source) == "AKIA1");
  CHECK(clock.searches == 3);
  clock.now = 3600;
  CHECK(key_of(*source) == "no connection");
  clock.broken = false;
  clock.now = 3660;
  CHECK(key_of(*source) == "AKIA5");
}

TEST_CASE("a failure is kept for a minute") {
  Clockwork clock;
  clock.broken = true;
  const auto source = clock.source();
  CHECK(key_of(*source) == "no connection");
  clock.broken = false;
  clock.now = 59;
  CHECK(key_of(*source) == "no connection");
  CHECK(clock.searches == 1);
  clock.now = 60;
  CHECK(key_of(*source) == "AKIA2");
}

TEST_CASE("what is found expired is an error") {
  Clockwork clock;
  clock.life = Seconds(-1);
  const auto source = clock.source();
  const auto found = source->get();
  REQUIRE(!found);
  CHECK(found.error() == Error{Errc::authentication, "the credentials expired at 2026-06-30T23:59:59Z"});
}

TEST_CASE("many threads start one search, and those with good credentials do not wait") {
  std::atomic<int> searches{0}, under_way{0};
  std::atomic<std::int64_t> now{0};
  std::atomic<bool> blocked{false}, overlapped{false};
  const auto source = make_refreshing_source(
      [&]() -> Result<Credentials> {
        if (++under_way != 1) overlapped = true;
        ++searches;
        while (blocked) std::this_thread::yield();
        --under_way;
        return Credentials{"AKIA", "secret", "", kStart + Seconds(now + 3600)};
      },
      [&] { return kStart + Seconds(now); });
  std::atomic<int> good{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) threads.emplace_back([&] { good += source->get().has_value() ? 1 : 0; });
  }
  CHECK(good == 8);
  CHECK(searches == 1);

  now = 3400;  // time to renew, yet still good
  blocked = true;
  std::jthread renewing([&] { good += source->get().has_value() ? 1 : 0; });
  while (searches == 1) std::this_thread::yield();
  CHECK(source->get().has_value());  // would hang here if it waited
  blocked = false;
  renewing.join();
  CHECK(good == 9);
  CHECK(!overlapped);
  CHECK(searches == 2);
}

TEST_CASE("what a service refuses is looked for again, but not at once") {
  Clockwork clock;
  clock.life = Seconds(0);
  const auto source = clock.source();
  CHECK_FALSE(source->renew("AKIA1"));  // nothing was given yet
  CHECK(key_of(*source) == "AKIA1");
  CHECK_FALSE(source->renew("AKIA1"));  // a search would find the same
  clock.now = 60;
  CHECK(source->renew("AKIA1"));
  CHECK(key_of(*source) == "AKIA2");
  CHECK(source->renew("AKIA1"));  // another thread comes too late
  CHECK(clock.searches == 2);
  CHECK_FALSE(make_fixed_source({"AKIA", "secret", "", std::nullopt})->renew("AKIA"));
}
