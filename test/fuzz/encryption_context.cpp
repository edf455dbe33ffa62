// A context that was read writes itself as the bytes it was read from: there is one spelling of each, but for the
// place of the signer's key.
#include "envelope/context.hpp"

#include <algorithm>
#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  envelope::Context context;
  bool signer_last = false;
  if (const auto failure = envelope::parse_context(input, context, signer_last)) {
    if (failure->verdict != envelope::Verdict::malformed || failure->detail.empty()) std::abort();
    return;
  }
  if (!signer_last && !std::ranges::equal(envelope::serialise(context), input)) std::abort();
}
