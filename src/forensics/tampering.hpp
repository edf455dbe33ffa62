// The tampering timeline: which events bear on the evidence, by the rules.
#pragma once

#include <optional>
#include <vector>

#include "forensics/notable.hpp"
#include "forensics/scope.hpp"

namespace trailseal::forensics {

// nullopt: it concerns nothing of ours, or no condition of its rule holds.
std::optional<verdict::TamperingEvent> judge_tampering(const Notable& event, const Scope& scope);

// All of them, sorted, with the calls that gave out the credentials by which evidence was touched. Events from logs
// that nothing proves are left out.
std::vector<verdict::TamperingEvent> tampering_among(const std::vector<Notable>& events, Scope scope);

}  // namespace trailseal::forensics
