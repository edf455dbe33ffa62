// How far one chain's proof reaches, and why it does not reach further.
#pragma once

#include <vector>

#include "verify/judge.hpp"

namespace trailseal::verify {

// Cuts `proven` to `span` and names a cause for every second that is left: the gravest of `causes` that overlaps it.
// What no cause explains becomes a chain_gap of its own and is returned as a finding.
void measure_coverage(const Interval& span, const std::vector<Interval>& proven, std::vector<verdict::Gap> causes,
                      verdict::ChainCoverage& coverage, std::vector<verdict::Finding>& unexplained);

// Names the nearest of `proven` (in order of their ends) on either side of each gap.
void cite_neighbours(const std::vector<const DigestFacts*>& proven, verdict::ChainCoverage& coverage);

// The ends of the hours in `hole` that touch the window and of which no file is there, newest last. `present`: the
// stamps of the files that are there, but not proven.
std::vector<Time> missing_hours(const Interval& hole, const std::vector<Time>& present, const Window& window);

// ": the hours that end ..., ..." for a finding's text; the first ones and the last if there are many.
std::string list_hours(const std::vector<Time>& ends);

}  // namespace trailseal::verify
