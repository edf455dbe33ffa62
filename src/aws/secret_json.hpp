// The small JSON objects in which credentials arrive: from credential_process, a container's endpoint, a machine's
// metadata service.
#pragma once

#include <map>
#include <string>

#include "aws/credentials.hpp"
#include "aws/secret.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

// The strings, numbers and truth values that are members of the one object, as text; null members and what is nested
// are left out. Errors: corrupt (not one JSON object, a name that stands twice, nesting beyond 8), never with a part of
// the content; limit (more than 64 KiB).
Result<std::map<std::string, Secret, std::less<>>> parse_secret_json(ByteView json);

// AccessKeyId, SecretAccessKey, Expiration ("2026-07-01T00:00:00Z"), and the session token under the name `token`.
// Errors: those of parse_secret_json; corrupt (a part is missing or no time).
Result<Credentials> parse_credentials(ByteView json, const char* token);

}  // namespace trailseal::aws
