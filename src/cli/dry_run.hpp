// --dry-run: what reading a bucket would take, for whichever command reads it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/report_files.hpp"
#include "trailseal/estimate.hpp"

namespace trailseal::cli {

// A dry run is reported as text or JSON alone.
std::optional<UsageError> check_dry_run(const std::vector<ReportWish>& wishes);

// Writes the estimate as each wish asks, as text or JSON. Returns the exit status: 0, 2 when part could not be listed
// or nothing is there, or that of a report that could not be written.
int write_dry_run(const verify::Estimate& estimate, const std::vector<ReportWish>& wishes, bool verbose,
                  bool interrupted);

}  // namespace trailseal::cli
