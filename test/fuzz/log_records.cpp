#include "trail/log_records.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

namespace {

// Looks at everything that is there.
std::size_t walk(trail::JsonValue value) {
  std::size_t seen = 1;
  for (auto at = value.begin(); at != value.end(); ++at) seen += at.name().size() + walk(*at);
  return seen + value.text().size() + (value.boolean() ? 1 : 0);
}

}  // namespace

// Records are objects, handed out in order and counted; an error says something.
void fuzz(ByteView input) {
  for (const auto reader : {trail::for_each_record, trail::for_each_event_of_history}) {
    std::uint64_t seen = 0;
    std::size_t next = 0;
    const auto count = reader(input, [&](const trail::LogRecord& record) {
      ++seen;
      if (record.index < next || record.content.kind() != trail::JsonValue::Kind::object) std::abort();
      next = record.index + 1;
      walk(record.content);
      walk(record.entry);
      if (record.content.to_json().empty()) std::abort();
    });
    if (count && count->records != seen) std::abort();
    if (!count && count.error().message.empty()) std::abort();
  }
}
