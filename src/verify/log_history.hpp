// The history of log folders: listed logs that were overwritten, and names that no digest lists and that were deleted.
// (What became of a listed log that is gone is asked where it is missed.)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "verify/context.hpp"
#include "verify/listed.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

// "root/<kind>/region/" in a source.
struct LogHome {
  std::uint32_t source = 0;
  trail::Root root;
  trail::LogKind kind = trail::LogKind::management_and_data;
  std::string region;

  std::string prefix() const;
};

// Where logs of the group may lie, also where nothing is left of them.
std::vector<LogHome> log_homes(const Context& context, const Plan& plan, const GroupPlan& group);

// `listed` is sealed; nullptr: no digest lists anything there. `subject`: "account/region".
void judge_log_history(Context& context, const Plan& plan, const std::vector<LogHome>& homes,
                       const std::string& subject, const ListedNames* listed, verdict::Findings& findings);

// An error of listing versions below `prefix`, as a finding.
verdict::Finding not_available(const Context& context, std::uint32_t source, const std::string& prefix,
                               const Error& error);

}  // namespace trailseal::verify
