// Amazon Resource Names: "arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE" (IAM User Guide).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace trailseal::base {

struct Arn {
  std::string partition, service, region, account;  // any may be empty, or a pattern in a policy
  std::string resource;                             // "key/1234", "trail/main"; may hold ":"
};

// nullopt: fewer than six parts, or another first one than "arn". The parts are not looked into.
std::optional<Arn> parse_arn(std::string_view text);

// 12 digits.
bool is_account(std::string_view text);

}  // namespace trailseal::base
