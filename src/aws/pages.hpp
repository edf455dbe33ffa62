// Answers that come in pages, each of which names the next one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

// Every page as the service gave it; an error is the last of them.
using Pages = std::vector<Result<Bytes>>;

struct Paging {
  std::string what;       // begins every message: "ListGrants in eu-west-1"
  std::string list;       // the member that every page must have: "Grants"
  std::string token;      // the member that names the next page: "NextMarker"
  std::string parameter;  // where the next request says it: "Marker"
  std::size_t most;       // pages
};

// `request` is a JSON object, and `ask` puts one to the service. Errors: those of `ask`; corrupt (not such an answer),
// limit (too many pages, or pages that go round in a circle).
Pages ask_pages(const Paging& paging, const std::string& request,
                const std::function<Result<Bytes>(std::string request)>& ask);

}  // namespace trailseal::aws
