// The dates of HTTP's headers.
#pragma once

#include <string_view>

#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::base {

// An IMF-fixdate (RFC 9110, 5.6.7): "Wed, 01 Jul 2026 00:13:52 GMT" exactly; the weekday is not checked against the
// date. The two obsolete forms are refused. Errors: corrupt.
Result<Time> parse_http_date(std::string_view text);

}  // namespace trailseal::base
