// Credentials are whole, or there is an error of a fixed wording.
#include "aws/secret_json.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const auto found = aws::parse_credentials(input, "Token");
  if (!found) {
    if (found.error().message.empty() || found.error().message.size() > 40) std::abort();
    return;
  }
  if (found->access_key.empty() || found->secret_key.empty()) std::abort();
}
