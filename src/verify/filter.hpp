// The filters of a request.
#pragma once

#include "trailseal/verdict.hpp"
#include "verify/context.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

// A filter value that no chain has would otherwise pass silently: a finding for each. And a notice of what the filters
// leave out.
void judge_filters(const Context& context, const Plan& plan, verdict::Findings& findings);

}  // namespace trailseal::verify
