// The JSON report, read back: what trailseal-report(5) says, and nothing else.
#pragma once

#include <cstddef>
#include <string_view>

#include "trailseal/result.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::report {

inline constexpr std::string_view kSchemaVersion = "1";
inline constexpr std::size_t kMostReportBytes = 256u << 20;

// The verdict of a report that this version of the program could have written: to write it again gives the same JSON.
// So a file in which the outcome does not follow from the findings, or a number not from the others, is refused.
// Errors: unsupported (another schema version), corrupt (no such report, damaged, changed), limit.
Result<verdict::Verdict> read_json(std::string_view text);

}  // namespace trailseal::report
