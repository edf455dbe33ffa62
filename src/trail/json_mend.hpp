// JSON that is legal, or nearly, and that a strict reader refuses: mended so that one odd parameter of a call does not
// hide the calls beside it. A caller can make CloudTrail record what he likes, and would like nothing better.
#pragma once

#include <string>
#include <string_view>

namespace trailseal::trail {

// A number of more than 17 characters or with an exponent becomes a text (it may be beyond 64 bits or a double), an
// escaped half of a surrogate pair becomes U+FFFD, and so does what is not UTF-8. All else stays as it is.
std::string mend_json(std::string_view json);

}  // namespace trailseal::trail
