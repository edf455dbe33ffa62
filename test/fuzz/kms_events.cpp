#include "trail/kms_events.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

// What is found has what its kind promises, and an error says something.
void fuzz(ByteView input) {
  const auto events = trail::parse_kms_events(input);
  if (!events) {
    if (events.error().message.empty()) std::abort();
    return;
  }
  for (const auto& event : *events) {
    if (event.name.empty()) std::abort();
    if (event.kind == trail::KmsEvent::Kind::data_key && (event.trail.empty() || event.object.empty())) std::abort();
    if (event.kind == trail::KmsEvent::Kind::decrypt && event.trail.empty()) std::abort();
  }
}
