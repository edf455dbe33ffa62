// Http with a limit of requests under way that finds itself (flight_limit.hpp).
#pragma once

#include <functional>
#include <memory>

#include "aws/flight_limit.hpp"
#include "aws/http.hpp"

namespace trailseal::aws {

struct Pace {
  unsigned start = 32, most = 64;                      // requests under way
  const std::atomic<bool>* cancel = nullptr;           // true: nobody waits any more, and what waits ends with Errc::io
  std::function<FlightLimit::Time()> clock = nullptr;  // nullptr: the steady one
};

// Sends through `http` as soon as there is room; thread-safe. Waiting between attempts takes no room.
std::unique_ptr<Http> make_paced_http(std::unique_ptr<Http> http, Pace pace);

}  // namespace trailseal::aws
