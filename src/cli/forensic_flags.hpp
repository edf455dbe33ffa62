// What verify is asked about the events in the evidence.
#pragma once

#include <vector>

#include "cli/flags.hpp"
#include "cli/report_files.hpp"
#include "forensics/investigate.hpp"

namespace trailseal::cli {

// --timeline, --no-explain, --event-history.
std::vector<Flag> forensic_flags();

// A report that draws the timeline asks for it. Errors: io (a file cannot be read), limit.
Result<forensics::Questions> read_forensic_flags(const Arguments& arguments, const std::vector<ReportWish>& reports);

}  // namespace trailseal::cli
