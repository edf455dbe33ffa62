// Verdicts made by hand, which the golden reports show.
#pragma once

#include <span>
#include <string_view>

#include "trailseal/verdict.hpp"

namespace trailseal::test {

struct Sample {
  std::string_view name;
  verdict::Verdict (*make)();
};

// honest: all is well; incident: something of everything, hostile names too; nothing: an empty bucket, interrupted;
// long: three years and many chains, most of them folded.
std::span<const Sample> samples();

}  // namespace trailseal::test
