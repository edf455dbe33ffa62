// The limit against a model of a server: so much latency, so many answers a second, and so many requests it bears.
#include <algorithm>
#include <chrono>
#include <queue>
#include <vector>

#include "aws/flight_limit.hpp"
#include "support/catch.hpp"

using namespace trailseal::aws;
using std::chrono::microseconds;

namespace {

struct Server {
  microseconds latency, work;  // work is done one after another
  unsigned bears = 1'000'000;  // more under way are refused, at once
  double jitter = 0;           // of the work, by a fixed pattern
};

struct Flown {
  double seconds = 0;
  unsigned refused = 0, most = 0, answers = 0;
};

// A client that always has something to ask, on a clock of its own.
class Client {
 public:
  Client(Server server, unsigned start, unsigned most) : server_(server), limit_(start, most) {}

  void change(Server server) { server_ = server; }
  unsigned limit() const { return limit_.value(); }

  Flown fly(unsigned answers) {
    Flown flown;
    const auto begin = now_;
    for (fill(flown); flown.answers < answers; fill(flown)) {
      const Flight next = flights_.top();
      flights_.pop();
      now_ = next.end;
      limit_.end(next.began, next.end, next.how);
      ++(next.how == FlightEnd::refused ? flown.refused : flown.answers);
    }
    flown.seconds = std::chrono::duration<double>(now_ - begin).count();
    return flown;
  }

 private:
  struct Flight {
    FlightLimit::Time began, end;
    FlightEnd how;
    bool operator<(const Flight& other) const { return end > other.end; }
  };

  void fill(Flown& flown) {
    while (flights_.size() < limit_.value()) {
      limit_.begin(now_, static_cast<unsigned>(flights_.size()) + 1);
      if (flights_.size() >= server_.bears) {
        flights_.push({now_, now_ + server_.latency, FlightEnd::refused});
      } else {
        const double factor = 1 + server_.jitter * (static_cast<double>(count_++ * 7919 % 101) / 50 - 1);
        free_ = std::max(free_, now_) + std::chrono::duration_cast<FlightLimit::Time::duration>(server_.work * factor);
        flights_.push({now_, free_ + server_.latency, FlightEnd::answered});
      }
      flown.most = std::max(flown.most, static_cast<unsigned>(flights_.size()));
    }
  }

  Server server_;
  FlightLimit limit_;
  FlightLimit::Time now_{std::chrono::hours{1}}, free_{};
  unsigned count_ = 0;
  std::priority_queue<Flight> flights_;
};

}  // namespace

TEST_CASE("as many are under way as fill the pipe, and hardly more") {
  struct Row {
    Server server;
    unsigned start, most;
    unsigned from, to;  // where it should settle
  };
  const Row rows[] = {
      {{microseconds{200}, microseconds{500}}, 16, 64, 16, 22},  // beside us: more than the start bring nothing
      {{microseconds{200}, microseconds{500}, 1'000'000, 0.9}, 16, 64, 16, 40},
      {{microseconds{30'000}, microseconds{700}}, 16, 128, 40, 80},  // 30 ms away: 43 fill it
      {{microseconds{30'000}, microseconds{700}, 1'000'000, 0.9}, 16, 128, 32, 90},
      {{microseconds{100'000}, microseconds{500}}, 16, 256, 180, 256},  // an ocean away: 200
      {{microseconds{100'000}, microseconds{500}}, 16, 64, 64, 64},     // no more than allowed
      {{microseconds{30'000}, microseconds{700}}, 16, 8, 8, 8},
      {{microseconds{30'000}, microseconds{700}}, 0, 0, 1, 1},
  };
  for (const Row& row : rows) {
    Client client(row.server, row.start, row.most);
    CAPTURE(row.server.latency.count(), row.server.jitter, row.most);
    client.fly(4000);
    const Flown later = client.fly(4000);
    CAPTURE(client.limit(), later.seconds);
    CHECK(client.limit() >= row.from);
    CHECK(client.limit() <= row.to);
    CHECK(later.most <= std::max(row.most, 1u));
  }
}

TEST_CASE("the time that finding it takes is short") {
  Client client({microseconds{30'000}, microseconds{700}}, 16, 128);
  const double seconds = client.fly(2000).seconds;
  CAPTURE(seconds);
  CHECK(seconds < 2000 * 0.0007 * 1.25 + 0.03);  // the server's own time, and a quarter
}

TEST_CASE("a refusal halves, and the volley that is refused with it does not count again") {
  const auto at = [](int ms) { return FlightLimit::Time{std::chrono::milliseconds{100'000 + ms}}; };
  FlightLimit limit(64, 128);
  for (unsigned i = 1; i <= 64; ++i) limit.begin(at(0), i);
  for (int i = 0; i < 30; ++i) limit.end(at(0), at(30), FlightEnd::refused);
  CHECK(limit.value() == 32);
  limit.begin(at(31), 20);
  limit.end(at(31), at(60), FlightEnd::refused);
  CHECK(limit.value() == 16);
  for (int i = 1; i < 20; ++i) {
    limit.begin(at(100 * i), 1);
    limit.end(at(100 * i), at(100 * i + 30), FlightEnd::refused);
  }
  CHECK(limit.value() == 1);
}

TEST_CASE("what fails for another reason changes nothing") {
  FlightLimit limit(16, 64);
  for (int i = 0; i < 1000; ++i) {
    const FlightLimit::Time now{std::chrono::milliseconds{i}};
    limit.begin(now, 16);
    limit.end(now, now, FlightEnd::failed);
  }
  CHECK(limit.value() == 16);
}

TEST_CASE("a client that does not fill the limit learns nothing from it") {
  FlightLimit limit(16, 64);
  for (int i = 0; i < 1000; ++i) {
    const FlightLimit::Time now{std::chrono::milliseconds{i}};
    limit.begin(now, 3);
    limit.end(now, now + std::chrono::milliseconds{1}, FlightEnd::answered);
  }
  CHECK(limit.value() == 16);
}

TEST_CASE("a server that bears few is found out, and one that bears more again is too") {
  const Server narrow{microseconds{30'000}, microseconds{700}, 24};
  Client client(narrow, 16, 128);
  const Flown first = client.fly(3000);
  CHECK(first.refused > 0);
  const Flown settled = client.fly(3000);
  CAPTURE(settled.refused, client.limit());
  CHECK(settled.refused < 100);  // of 3000: it looks now and then whether more is allowed
  CHECK(client.limit() <= 30);
  client.change({microseconds{30'000}, microseconds{700}});
  client.fly(8000);
  CHECK(client.limit() >= 40);
}
