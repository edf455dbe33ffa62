// When a chain's newest digest is too old. T and N are those of trailseal-checks(7), "Freshness".
#include <algorithm>
#include <chrono>

#include "verify/judge.hpp"

namespace trailseal::verify {
namespace {

constexpr auto kCadence = std::chrono::hours{1};

}  // namespace

bool Freshness::stale(Time head) const { return at && head < std::min(*at - kCadence, now - max_head_age); }

std::string Freshness::limit_text() const {
  const std::string hour = to_string(*at - kCadence) + " (an hour before the time judged)";
  if (now_from_clock || *at - kCadence <= now - max_head_age) return "an end at or after " + hour;
  return "an end at or after " + to_string(now - max_head_age) + " (" + to_string(max_head_age) + " before now)";
}

}  // namespace trailseal::verify
