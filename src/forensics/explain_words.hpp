// How explanations speak: the same words for the same things.
#pragma once

#include <string>
#include <string_view>

#include "forensics/explain.hpp"

namespace trailseal::forensics {

// "arn:aws:iam::1:user/ada from 192.0.2.1, without MFA"
std::string who(const Notable& event);
// "StopLogging at 2026-07-01T04:52:00Z by ..."
std::string call_by(const Notable& event);
// "CloudTrail StopLogging of 2026-07-01T04:52:00Z was refused (AccessDenied)"
std::string refused(const Notable& event);

}  // namespace trailseal::forensics
