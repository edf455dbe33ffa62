// CloudTrail's event history: the management events of a region's last 90 days, whether or not a trail records them.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "aws/pages.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

// The pages of LookupEvents for the events of one name. Errors: those of endpoint_url, post and ask_pages;
// invalid_argument (not a region).
Pages look_up_events(const Surroundings& surroundings, CredentialSource& credentials, const std::string& region,
                     std::string_view event_name, std::string_view custom_endpoint = {});

}  // namespace trailseal::aws
