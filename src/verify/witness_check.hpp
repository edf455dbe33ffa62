// The witness check as a whole: looks for what is named and was not read, judges, and adds to the verdict.
#pragma once

#include "verify/context.hpp"
#include "verify/group.hpp"

namespace trailseal::verify {

// After all groups: an object's witness may lie in any other account and region.
void check_witnesses(Context& context, const GroupResult& sum, verdict::Verdict& verdict);

}  // namespace trailseal::verify
