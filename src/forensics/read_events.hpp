// From the bytes of a log, or of an export of the event history, to the events that are wanted.
#pragma once

#include <cstdint>
#include <vector>

#include "forensics/event_filter.hpp"
#include "forensics/event_record.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/verified_log.hpp"

namespace trailseal::forensics {

struct EventsRead {
  std::vector<EventRecord> wanted;
  std::uint64_t seen = 0;        // events of all sorts
  std::uint64_t unreadable = 0;  // records that tell no event
};

// Errors: those of trail::for_each_record.
Result<EventsRead> read_events(const verify::VerifiedLog& log, const EventFilter& filter);
Result<EventsRead> read_events(const verify::UnverifiedLog& log, const EventFilter& filter);

// Of an export; `name` is where it came from. Errors: those of trail::for_each_event_of_history.
Result<EventsRead> read_event_history(ByteView text, const std::string& name, const EventFilter& filter);

}  // namespace trailseal::forensics
