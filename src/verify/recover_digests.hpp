// The digests of one chain that are at fault, or gone though a proven one names them: are older versions left?
#pragma once

#include <set>

#include "verify/gather.hpp"
#include "verify/judge.hpp"

namespace trailseal::verify {

// `sought` gets the places of those that are gone, for which a finding says what became of them.
void recover_digests(Context& context, const ChainInput& chain, std::set<Place>& sought, verdict::Findings& findings);

}  // namespace trailseal::verify
