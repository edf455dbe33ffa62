// How a verdict gets where --report sends it: the same for every command that has one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"
#include "cli/report_files.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::cli {

struct ReportPlan {
  std::vector<ReportWish> wishes;
  std::string color = "auto";
  std::string sums;  // a file for the SHA-256 of each report file; empty: none is wanted
  bool quiet = false, verbose = false;
};

// --report, --sums, --quiet, --verbose, --color.
std::vector<Flag> report_flags();
std::optional<UsageError> read_report_plan(const Arguments& arguments, ReportPlan& plan);

// The files of a plan. They are tried before the work begins, so that nobody verifies for an hour in vain.
class ReportOutput {
 public:
  static Result<ReportOutput> open(const ReportPlan& plan);

  // Files first: whoever waits for standard output then finds them. The SHA-256 of each goes to standard error.
  // Returns the exit status: the verdict's, or kCouldNotStart after a message.
  int write(const verdict::Verdict& verdict, const crypto::Backend& backend);

 private:
  explicit ReportOutput(const ReportPlan& plan) : plan_(plan) {}
  Result<void> write_files(const verdict::Verdict& verdict, const crypto::Backend& backend);

  const ReportPlan& plan_;
  std::vector<ReportFile> files_;  // one for each wish with a path, in order, and then the sums
};

}  // namespace trailseal::cli
