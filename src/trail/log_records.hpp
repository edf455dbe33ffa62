// The records of a log file, handed out one at a time.
//
// A log is {"Records": [...]}; aggregated logs are the plain list. What CloudTrail answers to LookupEvents, and what
// its console and command line export of the event history, has the same records in another wrapping: {"Events":
// [...]}, each with the record as a text in "CloudTrailEvent" (of Insights events: the record itself). Source: AWS
// CloudTrail User Guide, "CloudTrail log file examples", "CloudTrail record contents"; API Reference, LookupEvents.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

#include "trail/json_value.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::trail {

struct LogRecord {
  std::size_t index = 0;  // its place in the list, from 0
  JsonValue content;      // an object
  JsonValue entry;        // of an export of the event history: what CloudTrail wrote around the record; else absent
};

struct RecordCount {
  std::uint64_t records = 0;     // handed out
  std::uint64_t unreadable = 0;  // elements of the list that hold no record
};

// Hands every record of a log to `visit`, in order. Nothing is handed out of a log that is not wholly valid JSON, with
// the exceptions that mend_json (trail/json_mend.hpp) makes. Errors: corrupt (no JSON of a known shape), limit (too
// large, too deep, too many).
Result<RecordCount> for_each_record(ByteView log, const std::function<void(const LogRecord&)>& visit);

// The same for an export of the event history: LookupEvents' answer, the console's download ({"Records": [...]}), a
// list of such entries or records, or one of them on each line.
Result<RecordCount> for_each_event_of_history(ByteView text, const std::function<void(const LogRecord&)>& visit);

}  // namespace trailseal::trail
