// The parts of the text report, each a function from the verdict to lines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trailseal/report.hpp"

namespace trailseal::report {

// The chains in a table, grouped by account and trail, one row for each region.
std::string chain_table(const verdict::Verdict& verdict, const Style& style);

// The chains that the table and the timeline show: all of them, or when there are many (and not style.verbose) those
// that are not verified in full.
std::vector<const verdict::ChainCoverage*> shown_chains(const verdict::Verdict& verdict, const Style& style);

// The heading of the group that a chain belongs to: "111122223333  mgmt (home us-east-1)".
std::string group_title(const verdict::ChainCoverage& chain);

// One character an hour, or more where the span is long, below a ruler of dates.
std::string timeline(const verdict::Verdict& verdict, const Style& style);

// What CloudTrail says of the trails that deliver to the sources; empty if nothing.
std::string trail_settings(const verdict::Verdict& verdict, const Style& style);

// The findings: violations, then open questions, then warnings, with what was expected and found; notices folded to
// counts unless style.verbose.
std::string finding_list(const verdict::Verdict& verdict, const Style& style);

// Why something is not proven, and who touched the evidence; empty where nothing was asked or there is nothing.
std::string story(const verdict::Verdict& verdict, const Style& style);

// Objects under SSE-KMS, their witnesses, and who decrypted them; empty where there are none.
std::string kms_section(const verdict::Verdict& verdict, const Style& style);

}  // namespace trailseal::report
