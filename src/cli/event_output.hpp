// Where the events of `trailseal events` go, and in which form.
#pragma once

#include <optional>
#include <string>

#include "base/time_zone.hpp"
#include "cli/flags.hpp"
#include "forensics/event_list.hpp"

namespace trailseal::cli {

struct EventOutput {
  enum class Form { table, csv, json_lines };
  Form form = Form::table;
  base::TimeZone zone = base::TimeZone::utc();
};

std::vector<Flag> event_output_flags();
std::optional<UsageError> read_event_output(const Arguments& arguments, EventOutput& output);

// Writes all of the list to standard output and returns how many there were. Errors: io, with nothing in the message
// when the reader of standard output went away.
Result<std::uint64_t> write_events(forensics::EventList& list, const EventOutput& output);

}  // namespace trailseal::cli
