// How many requests should be under way at once: found by trying, as nobody can know it beforehand.
//
// The right number is latency times the rate at which the slower of server and client can work: 2 beside the server, 50
// at 30 ms, hundreds across an ocean. Too few wait for light, too many crowd both ends and make S3 answer 503 SlowDown.
// So the limit climbs while that brings more answers a second: doubling at first, then by an eighth, as TCP does; what
// brought nothing is taken back, and tried again later, because conditions change. A refusal halves it.
#pragma once

#include <chrono>

namespace trailseal::aws {

enum class FlightEnd {
  answered,
  refused,  // the server asked for less (503, 429), or did not answer in time
  failed,   // says nothing of the load: a reset, no connection
};

// Arithmetic only: no clock, no lock.
class FlightLimit {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // 1 <= start <= most is made true.
  FlightLimit(unsigned start, unsigned most);

  unsigned value() const { return limit_; }

  // A request begins; with it, so many are under way.
  void begin(Time now, unsigned under_way);
  // One that began at `began` is over.
  void end(Time began, Time now, FlightEnd how);

 private:
  void close_round(double rate);

  unsigned most_, limit_;
  bool doubling_ = true;
  // A round: as many answers as may be under way. One that never filled the limit says nothing about it.
  Time round_began_{};
  bool round_open_ = false, round_full_ = false;
  unsigned answers_ = 0;
  Time halved_{};  // what began before it has nothing new to say
  // The limit that has proved itself, and what it brings: answers a second.
  unsigned best_ = 0;
  double best_rate_ = 0;
  unsigned patience_ = 0;  // rounds until a larger limit is tried again
};

}  // namespace trailseal::aws
