// An event as one piece of bytes: what a list of millions keeps, sorts and puts aside.
#pragma once

#include <cstdint>
#include <string>

#include "forensics/event.hpp"

namespace trailseal::forensics {

// Newest first; the same time: in the order of the bytes, which begin with the id. Equal only to itself and its copies,
// so that the order is the same whichever thread comes first.
struct EventRecord {
  std::int64_t at = 0;     // seconds since 1970
  std::uint32_t said = 0;  // how many of the bytes are the record's own words
  std::string bytes;

  bool operator==(const EventRecord&) const = default;
  bool operator<(const EventRecord& other) const { return at != other.at ? at > other.at : bytes < other.bytes; }
};

EventRecord to_record(const Event& event);
Event to_event(const EventRecord& record);  // demands what to_record made

// Whether both are of the same event, seen twice: in the logs of two trails, or in a log and the event history. What
// did not verify is never taken for something else.
bool is_same_event(const EventRecord& a, const EventRecord& b);

// Notes in a record what a copy of it, which comes behind it in the order, tells: that the event history has it, too.
void note_copy(EventRecord& record, const EventRecord& copy);

}  // namespace trailseal::forensics
