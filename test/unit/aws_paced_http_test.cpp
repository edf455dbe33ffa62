#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "aws/paced_http.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using std::chrono::milliseconds;

namespace {

// Answers what it is told to, on a clock that moves by `takes` with each request.
class Server final : public Http {
 public:
  Result<HttpResponse> send(const HttpRequest&, Bytes& body) override {
    const unsigned now = ++inside;
    for (unsigned seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
    }
    {
      std::unique_lock lock(mutex);
      gate.wait(lock, [&] { return open; });
    }
    clock += takes.load();
    --inside;
    body.assign({1});
    if (status == 0) return Error{Errc::io, "told to"};
    return HttpResponse{status, {}};
  }
  void let_in(bool yes) {
    {
      const std::lock_guard lock(mutex);
      open = yes;
    }
    gate.notify_all();
  }

  std::atomic<int> status{200};
  std::atomic<long> takes{1}, clock{1'000'000};
  std::atomic<unsigned> inside{0}, most{0};
  std::mutex mutex;
  std::condition_variable gate;
  bool open = true;
};

struct Paced {
  Server* server;
  std::unique_ptr<Http> http;
};

Paced paced(unsigned start, unsigned most, const std::atomic<bool>* cancel = nullptr) {
  auto server = std::make_unique<Server>();
  Server* const seen = server.get();
  return {seen, make_paced_http(std::move(server), {.start = start, .most = most, .cancel = cancel, .clock = [seen] {
                                                      return FlightLimit::Time{milliseconds{seen->clock.load()}};
                                                    }})};
}

// How many the gate lets in at once, of 40 that want to.
unsigned let_in(const Paced& paced) {
  paced.server->let_in(false);
  paced.server->most = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i)
    threads.emplace_back([&] {
      Bytes content;
      (void)paced.http->send({}, content);
    });
  for (unsigned before = 1000; before != paced.server->most;) {
    before = paced.server->most;
    std::this_thread::sleep_for(milliseconds{250});
  }
  const unsigned most = paced.server->most;
  paced.server->let_in(true);
  for (auto& thread : threads) thread.join();
  return most;
}

}  // namespace

TEST_CASE("no more than the limit are under way, and all get through") {
  const auto http = paced(4, 4);
  CHECK(let_in(http) == 4);
  CHECK(http.server->inside == 0);
}

TEST_CASE("what the server says moves the limit") {
  struct Row {
    int status;
    long takes;
    unsigned limit;
  };
  const Row rows[] = {
      {200, 1, 16},   {403, 1, 16}, {500, 1, 16},  // answers; too few to learn from
      {503, 1, 8},    {429, 1, 8},                 // less, please
      {0, 1, 16},                                  // a reset
      {0, 20'000, 8},                              // silence
  };
  for (const Row& row : rows) {
    CAPTURE(row.status, row.takes);
    const auto http = paced(16, 64);
    http.server->status = row.status;
    http.server->takes = row.takes;
    Bytes body;
    CHECK(http.http->send({}, body).has_value() == (row.status != 0));
    http.server->status = 200;
    http.server->takes = 0;
    CHECK(let_in(http) == row.limit);
  }
}

TEST_CASE("an interrupt ends the waiting") {
  std::atomic<bool> cancel{false};
  const auto http = paced(1, 1, &cancel);
  http.server->let_in(false);
  bool answered = false;
  std::thread first([&] {
    Bytes content;
    answered = http.http->send({}, content).has_value();
  });
  while (http.server->inside == 0) std::this_thread::yield();
  std::thread interrupt([&] {
    std::this_thread::sleep_for(milliseconds{30});
    cancel = true;
  });
  Bytes body{7};
  const auto second = http.http->send({}, body);
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error() == Error{Errc::io, "the run was interrupted"});
  CHECK(body.empty());
  interrupt.join();
  http.server->let_in(true);
  first.join();
  CHECK(answered);
}
