// trailseal verify: asks the library and prints its answer.
#include <algorithm>
#include <iterator>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "cli/dry_run.hpp"
#include "cli/evidence.hpp"
#include "cli/forensic_flags.hpp"
#include "cli/report_output.hpp"

namespace trailseal::cli {
namespace {

std::vector<Flag> flags() {
  std::vector<Flag> all = evidence_flags();
  all.insert(
      std::ranges::find(all, "jobs", &Flag::name),
      {"dry-run", "", "say what would be read, how many requests and bytes, and what it may cost; read nothing"});
  const std::vector<Flag> forensics = forensic_flags();
  all.insert(std::ranges::find(all, "strict", &Flag::name), forensics.begin(), forensics.end());
  const std::vector<Flag> reports = report_flags();
  all.insert(std::prev(all.end()), reports.begin(), reports.end());
  return all;
}

struct Plan {
  EvidencePlan evidence;
  ReportPlan reports;
};

std::optional<UsageError> read_plan(const Arguments& arguments, Plan& plan) {
  if (auto mistake = read_evidence_plan(arguments, plan.evidence)) return mistake;
  if (auto mistake = read_report_plan(arguments, plan.reports)) return mistake;
  if (arguments.has("dry-run")) return check_dry_run(plan.reports.wishes);
  return std::nullopt;
}

int run_verify(const Arguments& arguments) {
  Plan plan;
  if (const auto mistake = read_plan(arguments, plan)) {
    return fail(mistake->message, mistake->hint.empty() ? "trailseal verify --help" : mistake->hint);
  }
  Evidence evidence(arguments, std::move(plan.evidence));
  if (const auto status = evidence.open()) return *status;
  if (arguments.has("dry-run"))
    return write_dry_run(evidence.estimate(), plan.reports.wishes, plan.reports.verbose, evidence.stopped());
  const auto questions = read_forensic_flags(arguments, plan.reports.wishes);
  if (!questions) return fail("cannot read the event history: " + base::printable(questions.error().message));
  if (const auto status = evidence.load_trust()) return *status;
  auto output = ReportOutput::open(plan.reports);
  if (!output) return fail("cannot write the report " + base::printable(output.error().message));
  const auto verdict = evidence.verify(!plan.reports.quiet, *questions);
  if (!verdict) return fail(base::printable(verdict.error().message), "trailseal-verify(1) describes SOURCE");
  return output->write(*verdict, evidence.backend());
}

}  // namespace

Command verify_command() {
  return {"verify",
          "Verifies copies of CloudTrail log buckets: signatures, chains, log hashes, and how far the proof reaches.",
          "[options] [--keys FILE|DIR] SOURCE...",
          {{"everything in this copy of a bucket", "trailseal verify --keys public-keys.json mirror/"},
           {"the last day, as of a given time; any doubt is a failure",
            "trailseal verify --keys keys/ --since 24h --now 2026-07-02T06:00:00Z --strict mirror/"},
           {"a chain that crosses two buckets, with a report for programs",
            "trailseal verify --keys keys/ --report text --report json=verdict.json old=a/ new=b/"}},
          flags(),
          run_verify};
}

}  // namespace trailseal::cli
