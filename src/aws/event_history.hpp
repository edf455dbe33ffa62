// CloudTrail's event history: the management events of a region's last 90 days, whether or not a trail records them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "aws/credentials.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

// The pages of LookupEvents for the events of one name, each as CloudTrail gave it. Errors: those of endpoint_url and
// post; invalid_argument (not a region), corrupt (not such an answer), limit (too many pages, or pages that go round in
// a circle).
Result<std::vector<Bytes>> look_up_events(const Surroundings& surroundings, CredentialSource& credentials,
                                          const std::string& region, std::string_view event_name,
                                          std::string_view custom_endpoint = {});

}  // namespace trailseal::aws
