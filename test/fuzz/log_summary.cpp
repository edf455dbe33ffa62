#include "cli/log_summary.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

// What is counted stays within what there is to count.
void fuzz(ByteView input) {
  const auto summary = cli::summarize_log(input);
  if (!summary) return;
  std::uint64_t named = 0;
  for (const auto& [name, count] : summary->event_names) named += count;
  if (summary->event_names.size() > cli::LogSummary::kMostNames || summary->records > input.size()) std::abort();
  if (named > input.size() || (summary->first && !(*summary->first <= *summary->last))) std::abort();
}
