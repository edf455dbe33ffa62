// Reports: functions from a verdict to bytes. The exit status never depends on them.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

// How a report may look; formats for machines ignore all of it.
struct Style {
  bool color = false;
  bool quiet = false;       // the verdict line alone
  bool verbose = false;     // every finding and interval, nothing folded
  std::size_t width = 100;  // columns of the terminal
};

struct Format {
  std::string_view name;                                        // as --report takes it
  std::string_view summary;                                     // one line for --help
  std::string (*write)(const verdict::Verdict&, const Style&);  // ends with a newline
};

// The formats that were built in, in the order of --help.
std::span<const Format> formats();
const Format* find_format(std::string_view name);  // nullptr: no such format

}  // namespace trailseal::report
