// Which checks a verdict rests on: every report says so, because "verified" means no more than these.
#pragma once

#include <string_view>
#include <vector>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

struct Check {
  std::string_view name;   // as in the JSON report and in trailseal-checks(7)
  std::string_view words;  // as in a sentence
};

// Those that ran for this verdict, in the order of trailseal-checks(7). A check that found nothing to look at did not.
std::vector<Check> checks_run(const verdict::Verdict& verdict);

}  // namespace trailseal::report
