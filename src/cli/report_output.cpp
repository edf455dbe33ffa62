#include "cli/report_output.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "base/escape.hpp"
#include "base/hex.hpp"
#include "cli/command.hpp"
#include "cli/terminal.hpp"
#include "collect/hashing.hpp"
#include "collect/manifest.hpp"
#include "trailseal/report.hpp"

namespace trailseal::cli {
namespace {

std::string report_names() {
  const auto formats = report::formats();
  std::string names;
  for (std::size_t i = 0; i < formats.size(); ++i)
    names += (i == 0 ? "" : i + 1 == formats.size() ? " or " : ", ") + std::string(formats[i].name);
  return names;
}

// As the sums name it: from the folder in which they stand, where that leads down to it.
std::string path_for_sums(const std::string& report, const std::string& sums) {
  namespace fs = std::filesystem;
  const fs::path relative = fs::path(report).lexically_relative(fs::path(sums).parent_path());
  const bool beneath = !relative.empty() && *relative.begin() != "..";
  return beneath ? relative.string() : report;
}

}  // namespace

std::vector<Flag> report_flags() {
  return {
      {"report", "NAME[=FILE]", report_names() + " (default: text), to FILE or standard output", 0, true},
      {"sums", "FILE", "write the SHA-256 of each report file to FILE, as sha256sum does"},
      {"quiet", "", "the verdict line alone, and no hashes of report files", 'q'},
      {"verbose", "", "every finding, nothing folded", 'v'},
      {"color", "WHEN", "auto, always or never"},
  };
}

std::optional<UsageError> read_report_plan(const Arguments& arguments, ReportPlan& plan) {
  if (auto mistake = read_reports(arguments.all("report"), plan.wishes)) return mistake;
  plan.quiet = arguments.has("quiet");
  plan.verbose = arguments.has("verbose");
  if (plan.quiet && plan.verbose) return UsageError{"--quiet and --verbose exclude each other", ""};
  plan.color = arguments.one("color").value_or("auto");
  if (plan.color != "auto" && plan.color != "always" && plan.color != "never")
    return UsageError{"--color is not auto, always or never: '" + base::printable(plan.color) + "'", ""};
  plan.sums = arguments.one("sums").value_or("");
  if (!arguments.has("sums")) return std::nullopt;
  if (plan.sums.empty()) return UsageError{"--sums names no file", ""};
  if (std::ranges::all_of(plan.wishes, [](const ReportWish& wish) { return wish.path.empty(); }))
    return UsageError{"--sums needs a report that is written to a file", "--report NAME=FILE"};
  const auto taken = [&](const ReportWish& wish) { return !wish.path.empty() && same_file(wish.path, plan.sums); };
  if (std::ranges::any_of(plan.wishes, taken))
    return UsageError{"--sums names the file of a report: '" + base::printable(plan.sums) + "'", ""};
  return std::nullopt;
}

Result<ReportOutput> ReportOutput::open(const ReportPlan& plan) {
  ReportOutput output(plan);
  for (const ReportWish& wish : plan.wishes) {
    if (wish.path.empty()) continue;
    TRY(auto file, ReportFile::create(wish.path));
    output.files_.push_back(std::move(file));
  }
  if (!plan.sums.empty()) {
    TRY(auto file, ReportFile::create(plan.sums));
    output.files_.push_back(std::move(file));
  }
  return output;
}

Result<void> ReportOutput::write_files(const verdict::Verdict& verdict, const crypto::Backend& backend) {
  std::string sums;
  auto file = files_.begin();
  for (const ReportWish& wish : plan_.wishes) {
    if (wish.path.empty()) continue;
    const bool regular = file->regular();
    const std::string content = wish.format->write(verdict, {.quiet = plan_.quiet, .verbose = plan_.verbose});
    TRY(const Sha256 hash, collect::hash_of(as_bytes(content), backend));
    TRY_VOID((file++)->commit(content));
    sums += collect::sums_line(hash, path_for_sums(wish.path, plan_.sums));
    if (!regular || plan_.quiet) continue;  // not in the midst of a report that goes to standard error
    fmt::print(stderr, "trailseal: wrote {}, SHA-256 {}\n", base::printable(wish.path), base::to_hex(hash));
  }
  return plan_.sums.empty() ? Result<void>() : file->commit(sums);
}

int ReportOutput::write(const verdict::Verdict& verdict, const crypto::Backend& backend) {
  if (const auto written = write_files(verdict, backend); !written)
    return fail("cannot write the report " + base::printable(written.error().message));
  const int status = exit_status(verdict.outcome());
  for (const ReportWish& wish : plan_.wishes)
    if (wish.path.empty())
      return print(wish.format->write(verdict, {.color = wants_color(plan_.color, STDOUT_FILENO),
                                                .quiet = plan_.quiet,
                                                .verbose = plan_.verbose,
                                                .width = width_of(STDOUT_FILENO)}),
                   status);
  return status;
}

}  // namespace trailseal::cli
