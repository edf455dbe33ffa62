// The parts of a URL, as far as a signature looks at them.
#pragma once

#include <optional>
#include <string_view>

namespace trailseal::aws {

struct Url {
  std::string_view scheme;  // "https" or "http"
  std::string_view host;    // with a port that is not the scheme's own: what libcurl sends as Host
  std::string_view path;    // as it is written; empty or beginning with "/"
  std::string_view query;   // without "?"
};

// Views into `text`. nullopt: not http or https, no host, user information, a fragment.
std::optional<Url> parse_url(std::string_view text);

}  // namespace trailseal::aws
