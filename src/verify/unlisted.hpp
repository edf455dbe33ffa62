// Objects in the log folders that no digest lists.
#pragma once

#include "trailseal/verdict.hpp"
#include "verify/context.hpp"
#include "verify/listed.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

// Lists the log folders of the group, day by day, and judges what `listed` lacks. Only listings are read.
void judge_unlisted(Context& context, const Plan& plan, const GroupPlan& group, const ListedNames& listed,
                    const GroupCover& cover, verdict::Tally& tally, verdict::Findings& findings);

}  // namespace trailseal::verify
