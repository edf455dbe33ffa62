// The files ~/.aws/config and ~/.aws/credentials (AWS SDKs and Tools Reference Guide, "Shared config and credentials
// files").
#pragma once

#include <map>
#include <string>

#include "aws/secret.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

inline constexpr std::size_t kMostConfigBytes = 1u << 20;  // the largest organizations' files have 100 KB

// The settings of one section by name, in small letters. A nested setting ("s3 =", then indented lines) stands as
// "s3.max_concurrent_requests".
using ConfigSection = std::map<std::string, Secret, std::less<>>;

// The sections by name, as written between the brackets, white space in a row as one blank and quotes taken off:
// "profile audit", "sso-session main", "default".
using ConfigFile = std::map<std::string, ConfigSection, std::less<>>;

// Sections and settings that stand twice are merged, the later one counts. Errors: corrupt with the number of the line,
// never its content; limit.
Result<ConfigFile> parse_config_file(ByteView bytes);

}  // namespace trailseal::aws
