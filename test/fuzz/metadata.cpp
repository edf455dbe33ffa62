#include "store/metadata.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

// Names are in lower case, and an error says something.
void fuzz(ByteView input) {
  const auto metadata = store::parse_side_file(input);
  if (!metadata) {
    if (metadata.error().message.empty()) std::abort();
    return;
  }
  for (const auto& [name, value] : metadata->metadata)
    for (const char c : name)
      if (c >= 'A' && c <= 'Z') std::abort();
}
