// A blob that is recognised is as long as it says, and cut anywhere it is none.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "trailseal/envelope.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const auto blob = envelope::parse_kms_blob(input);
  if (!blob) return;
  if (blob->key_material_id.size() != 32 || blob->plaintext_size >= input.size()) std::abort();
  if (envelope::parse_kms_blob(input.first(input.size() - 1))) std::abort();
}
