// How the text report is set: wrapped paragraphs, colours, section titles.
#pragma once

#include <string>
#include <string_view>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

// `lead`, then `text` broken at spaces into lines of at most `width` columns, all but the first indented by `indent`. A
// lead that reaches into the text's column stands on a line of its own. Words that are too long stay whole. Ends with a
// newline.
std::string wrap(std::string_view lead, std::string_view text, std::size_t width, std::size_t indent);

// Left-aligned and right-aligned in `width` columns; never cut.
std::string left(std::string_view text, std::size_t width);
std::string right(std::string_view text, std::size_t width);

enum class Tone { plain, good, bad, doubt, faint, title };

// The text in the tone's colour, or as it is when `color` is off. Meaning never hangs on colour alone.
std::string paint(std::string_view text, Tone tone, bool color);

Tone tone_of(verdict::Outcome outcome) noexcept;
Tone tone_of(verdict::Severity severity) noexcept;

}  // namespace trailseal::report
