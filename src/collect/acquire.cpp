// The run itself: what is listed is fetched, many at a time, and journalled in the order of the listing.
#include <mutex>
#include <optional>

#include "base/parallel.hpp"
#include "collect/collector.hpp"
#include "collect/fetcher.hpp"
#include "collect/inventory.hpp"

namespace trailseal::collect {
namespace {

// So much is done again after a run was ended by force.
constexpr std::size_t kBatch = 512;

constexpr std::size_t kMostNamed = 10;

}  // namespace

void Collector::note(const Wanted& wanted, const Fetched& fetched) {
  Counts& counts = run_.counts;
  if (fetched.kept) ++counts.kept;
  if (fetched.failed) {
    ++counts.failed;
    const Error unnamed{Errc::io, "it changed, and what it holds now could not be read"};
    if (failures_.size() < kMostNamed)
      failures_.push_back(
          {wanted.object.key, fetched.record && fetched.record->error ? *fetched.record->error : unnamed});
  }
  if (!fetched.record || fetched.record->error) return;
  switch (fetched.record->kind) {
    case Kind::object: ++counts.acquired; break;
    case Kind::version: ++counts.versions; break;
    case Kind::delete_marker: ++counts.delete_markers; break;
    case Kind::changed:
      ++counts.changed;
      if (changed_.size() < kMostNamed) changed_.push_back(wanted.object.key);
      break;
    case Kind::gone: break;
  }
  if (fetched.record->has_bytes()) counts.bytes += fetched.record->size;
}

Result<void> Collector::acquire(const store::ObjectStore& store, const std::function<Time()>& clock, unsigned jobs,
                                verify::Progress& progress) {
  Fetcher fetcher(store, tree_, *journal_, backend_, clock, progress);
  Result<void> state;
  std::vector<Wanted> batch;
  const auto flush = [&]() -> Result<void> {
    std::vector<std::optional<Result<Fetched>>> results(batch.size());
    base::parallel_for(base::job_count(jobs), batch.size(), 1, [&](std::size_t i) {
      results[i] = fetcher.fetch(batch[i]);
      ++progress.objects_done;
    });
    std::vector<Record> records;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      Result<Fetched>& result = *results[i];
      if (!result) return std::move(result).error();
      note(batch[i], *result);
      if (result->record) records.push_back(*std::move(result->record));
    }
    batch.clear();
    return journal_->add(records);
  };
  Inventory inventory(store, run_.selection, progress.stop, [&](Wanted wanted) {
    if (wanted.kind == Kind::object) {
      Record seen;
      seen.key = wanted.object.key;
      journal_->mark(seen.id());
    }
    batch.push_back(std::move(wanted));
    ++progress.objects_total;
    if (batch.size() >= kBatch) state = flush();
    return state.has_value();
  });
  const bool listed = inventory.run();
  if (state && !batch.empty()) state = flush();
  run_.unlisted = inventory.troubles();
  run_.interrupted = !listed || progress.stop;
  regions_ = inventory.regions();
  return state;
}

}  // namespace trailseal::collect
