// Does what a verdict states beside its findings follow from them?
#pragma once

#include <string>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

// The first statement that contradicts the findings, as a path in the JSON report ("chains[3].outcome"); empty: none.
// Outcomes, totals, gaps and explanations are stored, not derived, so that a verdict that was read may have had its
// findings taken out.
std::string contradiction(const verdict::Verdict& verdict);

}  // namespace trailseal::report
