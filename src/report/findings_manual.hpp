// The findings manual, compiled in.
#pragma once

#include <string_view>

#include "trailseal/finding.hpp"

namespace trailseal::report {

// What trailseal-findings(7) says about a code: paragraphs of plain text separated by empty lines, each one line.
std::string_view manual_of(verdict::Code code) noexcept;

}  // namespace trailseal::report
