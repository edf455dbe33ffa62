// A verdict every string of which wants to be more than text.
#pragma once

#include <string_view>

#include "trailseal/verdict.hpp"

namespace trailseal::test {

// Ends elements, attributes, comments, CDATA and scripts, runs code, hides and reorders what follows.
inline constexpr std::string_view kPayload =
    "x\"'><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">]]>--></style></title>"
    "</svg>&lt;b&gt;<a href=\"javascript:document.title='owned'\">\xE2\x80\xAE{{1+1}}\x1b[2J\x01\xff";

// The sample "incident", with the payload before every string that may come from evidence or from the user.
verdict::Verdict hostile_verdict();

}  // namespace trailseal::test
