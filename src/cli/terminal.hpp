// What the user's terminal can do.
#pragma once

#include <cstddef>
#include <string>

namespace trailseal::cli {

// Columns of the terminal behind `descriptor`, 80 to 200; 100 when it is not a terminal.
std::size_t width_of(int descriptor);

bool is_terminal(int descriptor);

// A terminal on which a line can be drawn anew: one that is not "dumb".
bool can_redraw(int descriptor);

// `wish` is "auto", "always" or "never". With "auto": NO_COLOR (https://no-color.org) switches colour off, FORCE_COLOR
// on, and otherwise a terminal that is not "dumb" gets it.
bool wants_color(const std::string& wish, int descriptor);

}  // namespace trailseal::cli
