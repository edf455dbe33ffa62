// trailseal report: a verdict that was written as JSON, in another format.
#include <fmt/format.h>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "cli/key_files.hpp"
#include "cli/report_output.hpp"
#include "report/read_json.hpp"

namespace trailseal::cli {
namespace {

int run_report(const Arguments& arguments) {
  ReportPlan plan;
  auto mistake = read_report_plan(arguments, plan);
  if (!mistake && arguments.positional.size() != 1)
    mistake = UsageError{"exactly one RESULT.json is needed", "write it with: trailseal verify --report json=FILE ..."};
  if (mistake) return fail(mistake->message, mistake->hint.empty() ? "trailseal report --help" : mistake->hint);
  const std::string& path = arguments.positional.front();
  const auto bytes = read_file(path == "-" ? "/dev/stdin" : path, report::kMostReportBytes);
  if (!bytes) return fail("cannot read the result " + base::printable(bytes.error().message));
  const auto verdict = report::read_json(as_text(*bytes));
  if (!verdict)
    return fail(fmt::format("cannot use the result {}: {}", base::printable(path), verdict.error().message),
                "trailseal-report(5) describes what verify writes");
  auto output = ReportOutput::open(plan);
  if (!output) return fail("cannot write the report " + base::printable(output.error().message));
  return output->write(*verdict, *crypto::backends().front());
}

}  // namespace

Command report_command() {
  return {"report",
          "Writes the verdict of an earlier verification in other formats; the evidence itself is not looked at.",
          "[options] RESULT.json",
          {{"a page for people, from what a server verified", "trailseal report --report html=audit.html verdict.json"},
           {"on the terminal", "trailseal report verdict.json"},
           {"the facts for a certification, and the hashes of both files",
            "trailseal report --report html=a.html --report certificate=c.txt --sums SHA256SUMS verdict.json"}},
          report_flags(),
          run_report};
}

}  // namespace trailseal::cli
