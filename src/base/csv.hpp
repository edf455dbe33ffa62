// Comma-separated values (RFC 4180) that a spreadsheet may open.
#pragma once

#include <string>
#include <string_view>

namespace trailseal::base {

// One cell: printable (base/escape.hpp), in quotes where it must be, and with an apostrophe before what a spreadsheet
// would take for a formula (= + - @ and their full-width forms, tabulator, carriage return), at its begin or behind a
// comma or semicolon within, at which another locale would part it.
std::string csv_cell(std::string_view text);

}  // namespace trailseal::base
