// What a log file holds, in numbers.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "trailseal/bytes.hpp"
#include "trailseal/time.hpp"

namespace trailseal::cli {

struct LogSummary {
  std::uint64_t records = 0;
  std::optional<Time> first, last;                   // of the eventTimes that can be read
  std::map<std::string, std::uint64_t> event_names;  // at most kMostNames
  static constexpr std::size_t kMostNames = 10'000;  // AWS has some 20,000 in all; a file has few
};

// Counts the records of {"Records": [...]} or, as in aggregated logs, of a plain list; constant memory. nullopt: the
// content is not JSON of either shape.
std::optional<LogSummary> summarize_log(ByteView json);

}  // namespace trailseal::cli
