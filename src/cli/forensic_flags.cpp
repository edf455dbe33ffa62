#include "cli/forensic_flags.hpp"

#include <algorithm>

#include "cli/key_files.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kMostHistory = std::size_t{256} << 20;  // 90 days of a busy account's management events

bool draws_timeline(const ReportWish& wish) { return wish.format->name == "html"; }

}  // namespace

std::vector<Flag> forensic_flags() {
  return {
      {"timeline", "", "also say who touched the evidence: bucket, trails and keys (searches all verified logs)"},
      {"event-history", "FILE", "explain also from this LookupEvents answer or console download, marked as such", 0,
       true},
      {"no-explain", "", "do not look for the causes of gaps"},
  };
}

Result<forensics::Questions> read_forensic_flags(const Arguments& arguments, const std::vector<ReportWish>& reports) {
  forensics::Questions questions;
  questions.causes = !arguments.has("no-explain");
  questions.timeline = arguments.has("timeline") || std::ranges::any_of(reports, draws_timeline);
  for (const std::string& path : arguments.all("event-history")) {
    TRY(auto content, read_file(path, kMostHistory));
    questions.histories.push_back({path, std::move(content)});
  }
  return questions;
}

}  // namespace trailseal::cli
