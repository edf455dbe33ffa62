// Two columns of the console's Event history that are in no record and whose derivation is documented nowhere: user
// name and resources. The rules were inferred from pairs of records and LookupEvents' answers; what they do not settle
// stays empty. An export of the event history has both in CloudTrail's own words, and those win.
#pragma once

#include <string>
#include <vector>

#include "forensics/event.hpp"

namespace trailseal::forensics {

// The name of an IAM user, the session of an assumed role, "root"; empty: the console shows none.
std::string user_name_of(const trail::LogRecord& record);

// In the console's order, each once.
std::vector<Resource> resources_of(const trail::LogRecord& record);

}  // namespace trailseal::forensics
