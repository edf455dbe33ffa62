#include "aws/flight_limit.hpp"

#include <algorithm>

namespace trailseal::aws {
namespace {

constexpr unsigned kShortestRound = 32;    // answers; fewer measure chance
constexpr double kWorth = 1.0 / 3;         // twice as many under way should bring a third more answers, at the least
constexpr unsigned kRoundsOfPatience = 3;  // before a larger limit is tried again
constexpr unsigned kRoundsAfterRefusal = 8;

unsigned larger(unsigned limit) { return limit + std::max(limit / 8, 1u); }

}  // namespace

FlightLimit::FlightLimit(unsigned start, unsigned most)
    : most_(std::max(most, 1u)), limit_(std::clamp(start, 1u, most_)), best_(limit_) {}

void FlightLimit::begin(Time now, unsigned under_way) {
  if (!round_open_) {
    round_open_ = true;
    round_full_ = false;
    round_began_ = now;
    answers_ = 0;
  }
  if (under_way >= limit_) round_full_ = true;
}

void FlightLimit::end(Time began, Time now, FlightEnd how) {
  if (how == FlightEnd::failed) return;
  if (how == FlightEnd::refused) {
    if (began < halved_) return;  // the whole volley is turned away together: that is one refusal
    halved_ = now;
    limit_ = std::max(limit_ / 2, 1u);
    best_ = limit_;
    best_rate_ = 0;
    doubling_ = false;
    patience_ = kRoundsAfterRefusal;
    round_open_ = false;
    return;
  }
  if (!round_open_ || ++answers_ < std::max(limit_, kShortestRound)) return;
  const double seconds = std::chrono::duration<double>(now - round_began_).count();
  const bool full = round_full_;
  round_open_ = false;
  if (full && seconds > 0) close_round(answers_ / seconds);
}

void FlightLimit::close_round(double rate) {
  if (limit_ > best_) {
    const double more = static_cast<double>(limit_) / best_ - 1;
    if (rate < best_rate_ * (1 + more * kWorth)) {
      limit_ = best_;
      doubling_ = false;
      patience_ = kRoundsOfPatience;
      return;
    }
    best_ = limit_;
    best_rate_ = rate;
  } else {
    // The mean of late rounds, not the best: a lucky one must not bind for ever.
    best_rate_ = best_rate_ == 0 ? rate : (best_rate_ + rate) / 2;
    if (patience_ > 0) {
      --patience_;
      return;
    }
  }
  limit_ = std::min(most_, doubling_ ? limit_ * 2 : larger(limit_));
}

}  // namespace trailseal::aws
