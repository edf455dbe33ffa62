#include "forensics/investigate.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "forensics/collector.hpp"
#include "forensics/explain.hpp"
#include "forensics/tampering.hpp"

namespace trailseal::forensics {
namespace {

using verdict::Forensics;

// Both get every log; either may be absent.
template <class Log>
std::function<void(const Log&)> both(std::function<void(const Log&)> first, Collector& collector) {
  return [first = std::move(first), &collector](const Log& log) {
    if (first) first(log);
    collector.add(log);
  };
}

// Reads the logs around what is to be explained, of all chains, whichever were asked about. False: not all of them. The
// verdict stands by then, and trouble here takes nothing from it.
bool read_around(const verify::Request& request, const std::vector<verify::Source>& sources,
                 const trail::PublicKeySet& keys, const crypto::Backend& backend, const verdict::Verdict& verdict,
                 verify::Progress& progress, Collector& collector) {
  for (const Interval& stretch : stretches_to_read(verdict)) {
    if (progress.stop) return false;
    verify::Request part;
    part.since = stretch.begin;
    part.until = stretch.end;
    part.now = request.now;
    part.jobs = request.jobs;
    part.unsealing = request.unsealing;
    part.verified_log = [&](const verify::VerifiedLog& log) { collector.add(log); };
    part.unverified_log = [&](const verify::UnverifiedLog& log) { collector.add(log); };
    if (!verify::run(part, sources, keys, backend, {}, progress)) return false;
  }
  return !progress.stop;
}

}  // namespace

Result<verdict::Verdict> investigate(const verify::Request& request, const std::vector<verify::Source>& sources,
                                     const trail::PublicKeySet& keys, const crypto::Backend& backend,
                                     verdict::Findings findings, verify::Progress& progress,
                                     const Questions& questions) {
  std::set<std::string> buckets;
  for (const auto& source : sources)
    if (!source.bucket.empty()) buckets.insert(source.bucket);
  // The timeline sees what was asked about, causes what lies around gaps: they are the same with and without it.
  Collector whole_run(buckets), around(std::move(buckets));
  for (const History& history : questions.histories) {
    for (Collector* collector : {&whole_run, &around})
      if (auto added = collector->add_history(history.content, history.path); !added)
        return Error{added.error().code, history.path + ": " + added.error().message};
  }
  verify::Request whole = request;
  if (questions.timeline) {
    whole.verified_log = both(request.verified_log, whole_run);
    whole.unverified_log = both(request.unverified_log, whole_run);
  }
  TRY(auto verdict, verify::run(whole, sources, keys, backend, std::move(findings), progress));
  const bool causes = questions.causes && verdict.complete && needs_explaining(verdict);
  const bool all_read = !causes || read_around(request, sources, keys, backend, verdict, progress, around);
  auto seen = whole_run.take(), gathered = around.take();
  const auto& counted = questions.timeline ? seen : gathered;
  Forensics found;
  found.explained = questions.causes && verdict.complete;
  found.timeline = questions.timeline;
  found.logs = counted.logs;
  found.events = counted.records;
  found.unreadable = counted.unreadable;
  found.truncated = seen.truncated || gathered.truncated || !all_read;
  if (questions.timeline) {
    found.tampering = tampering_among(seen.events, scope_of(verdict, seen.events));
    found.rates = std::move(seen.rates);
  }
  if (causes) {
    Scope scope = scope_of(verdict, gathered.events);
    const auto left_out_from = all_read ? gathered.left_out_from : Time{};
    found.explanations = explain({verdict, std::move(gathered.events), std::move(gathered.backfilled), std::move(scope),
                                  !questions.histories.empty(), left_out_from});
  }
  verdict.forensics.merge(std::move(found));
  return verdict;
}

}  // namespace trailseal::forensics
