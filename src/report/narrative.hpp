// What happened, told in a few sentences before any list: why hours are not proven and who caused it, what is missing.
#pragma once

#include <string>
#include <vector>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

// What matters most comes first. Sentences may hold bytes of evidence: whoever prints them escapes them. Empty where
// no causes were looked for, or there is nothing to tell.
std::vector<std::string> narrative(const verdict::Verdict& verdict);

// Events by which the bucket was set up before its first trail was made: the evidence begins with them.
bool is_founding(const verdict::TamperingEvent& tampering, const verdict::Verdict& verdict);

}  // namespace trailseal::report
