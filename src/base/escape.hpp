// Strings from evidence are written by attackers; these make them fit to print.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace trailseal::base {

// For a terminal or a plain-text file: valid UTF-8 stays, everything that moves the cursor or changes how the line
// reads (C0, DEL, C1, line and paragraph separators, bidirectional and zero-width controls, tags, invalid UTF-8)
// becomes \xNN or \u{NNNN}; a backslash becomes two.
std::string printable(std::string_view text);

// The same, cut in the middle ("AWSLogs/1111...T1205Z.json.gz") to at most `width` columns (at least 8).
std::string printable(std::string_view text, std::size_t width);

// Of a text that is printable already: cut likewise, and how many columns it takes.
std::string cut(std::string_view printable, std::size_t width);
std::size_t columns_of(std::string_view printable);

// For JSON: in quotes and pure ASCII; what is not UTF-8 is U+FFFD.
std::string json_text(std::string_view text);

// Valid UTF-8 with U+FFFD for what is not: what JSON writers demand.
std::string to_utf8(std::string_view bytes);

}  // namespace trailseal::base
