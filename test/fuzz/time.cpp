#include "trailseal/time.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

// What is read is written back as it was, or means the same.
void fuzz(ByteView input) {
  const auto text = as_text(input);
  if (const auto time = parse_iso_utc(text); time && to_string(*time) != text) std::abort();
  if (const auto time = parse_basic_seconds(text); time && to_basic_seconds(*time) != text) std::abort();
  if (const auto time = parse_basic_minutes(text); time && to_basic_minutes(*time) != text) std::abort();
  if (const auto time = parse_time(text)) {
    const auto again = parse_iso_utc(to_string(*time));
    if (!again || *again != *time) std::abort();
  }
  if (const auto span = parse_duration(text)) {
    const auto again = parse_duration(to_string(*span));
    if (!again || *again != *span || *span < Seconds{1}) std::abort();
  }
}
