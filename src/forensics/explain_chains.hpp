// How chains of one run stand to each other.
#pragma once

#include <chrono>

#include "trailseal/verdict.hpp"

namespace trailseal::forensics {

inline constexpr auto kDigestHour = std::chrono::minutes{65};  // a digest's hour, and some delay

bool same_trail(const verdict::ChainCoverage& a, const verdict::ChainCoverage& b);
// Is it proven at that time, and for more than another digest behind it?
bool goes_on(const verdict::ChainCoverage& chain, Time end);

}  // namespace trailseal::forensics
