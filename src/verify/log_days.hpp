// The day folders of an account and region's logs.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "trailseal/verdict.hpp"
#include "verify/context.hpp"

namespace trailseal::verify {

// One day's folder, or a folder where none should be.
struct LogDay {
  const LogFolder* folder;
  std::string prefix;
  std::optional<std::chrono::sys_days> day;  // nullopt: everything below is foreign
};

// Whether any of the days from `first` to `last` is of interest.
using DaysMatter = std::function<bool(std::chrono::sys_days first, std::chrono::sys_days last)>;

// Descends "…/region/YYYY/MM/DD/" where days matter, all folders of a level in parallel. In the order of the folders
// and of their keys. What is foreign on the way, or cannot be listed, becomes a finding.
std::vector<LogDay> find_log_days(Context& context, const Plan& plan, const GroupPlan& group, const DaysMatter& matter,
                                  verdict::Findings& findings);

}  // namespace trailseal::verify
