#include <algorithm>
#include <cstdlib>
#include <string>

#include "base/escape.hpp"
#include "forensics/event_record.hpp"
#include "forensics/event_table.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;

namespace {

bool is_one_line(std::string_view text) { return text.find('\n') == text.size() - 1; }

void check(const forensics::Event& event) {
  if (!(to_event(to_record(event)) == event)) std::abort();
  const auto zone = base::TimeZone::utc();
  if (!is_one_line(forensics::csv_row(event, zone)) || !is_one_line(forensics::json_line(event, zone))) std::abort();
  for (const std::size_t width : {0, 80}) {
    std::string text;
    forensics::EventTable table(zone, width, [&](std::string_view lines) {
      text += lines;
      return true;
    });
    if (!table.add(event) || !table.finish()) std::abort();
    for (std::size_t begin = 0; begin < text.size();) {
      const std::size_t end = text.find('\n', begin);
      const std::string_view line = std::string_view(text).substr(begin, end - begin);
      if (width != 0 && base::columns_of(line) > width) std::abort();
      if (std::ranges::any_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
        std::abort();
      begin = end + 1;
    }
  }
}

}  // namespace

// What a record says survives being kept, and no byte of it reaches an output as it is.
void fuzz(ByteView input) {
  for (const auto reader : {trail::for_each_record, trail::for_each_event_of_history}) {
    (void)reader(input, [](const trail::LogRecord& record) {
      if (const auto event = forensics::read_event(record)) check(*event);
    });
  }
}
