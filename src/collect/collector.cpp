#include "collect/collector.hpp"

#include <fcntl.h>

#include <algorithm>

#include "base/hex.hpp"
#include "collect/hashing.hpp"
#include "collect/manifest.hpp"
#include "collect/paths.hpp"
#include "collect/selection.hpp"

namespace trailseal::collect {

Result<std::unique_ptr<Collector>> Collector::begin(const std::string& path, Run run, const crypto::Backend& backend) {
  TRY(Tree tree, Tree::open(path));
  const auto journal_size = tree.size_of(std::string(kJournal));
  if (!journal_size && journal_size.error().code != Errc::not_found) return journal_size.error();
  if (!journal_size && !tree.is_empty())
    return Error{Errc::invalid_argument, "the directory is not empty and holds no collection"};
  std::unique_ptr<Collector> collector(new Collector(std::move(tree), backend));
  TRY(Journal journal, Journal::open(collector->tree_));
  if (!journal.runs().empty() && journal.runs().front().bucket != run.bucket)
    return Error{Errc::invalid_argument,
                 "the directory holds a collection of the bucket " + journal.runs().front().bucket};
  TRY_VOID(collector->tree_.clear_temporary());
  TRY(const auto marked, collector->tree_.place(std::string(kRunning), {}));
  (void)marked;  // the one before was ended by force
  TRY_VOID(journal.begin(run));
  collector->journal_ = std::make_unique<Journal>(std::move(journal));
  collector->run_ = std::move(run);
  return collector;
}

Result<void> Collector::set_keys(const std::string& json, std::vector<KeyNote> notes, std::vector<Trouble> errors) {
  run_.keys = std::move(notes);
  run_.key_errors = std::move(errors);
  if (json.empty()) return {};
  TRY(const auto placed, tree_.place(std::string(kKeys), as_bytes(json)));
  if (placed != Placed::taken) return {};
  return tree_.replace(
      std::string(kKeys), [&](int file) { return write_all(file, json); },
      earlier_path(journal_->runs().size(), kKeys));
}

void Collector::set_caller(std::string account, std::string arn, std::string user_id, std::string error) {
  run_.caller_account = std::move(account);
  run_.caller_arn = std::move(arn);
  run_.caller_user_id = std::move(user_id);
  run_.caller_error = std::move(error);
}

// What an earlier run acquired and this one did not find any more, as far as it looked there.
Result<void> Collector::note_gone(Time now) {
  std::vector<Record> records;
  TRY_VOID(journal_->for_each_unmarked([&](const Record& old) -> Result<void> {
    if (old.kind != Kind::object || !covers(run_.selection, old.key)) return {};
    for (const Trouble& trouble : run_.unlisted)
      if (old.key.starts_with(trouble.where)) return {};
    Record gone;
    gone.kind = Kind::gone;
    gone.key = old.key;
    gone.acquired = now;
    TRY(const auto known, journal_->find(gone.id()));
    if (known) return {};
    ++run_.counts.gone;
    if (changed_.size() < 10) changed_.push_back(old.key);
    records.push_back(std::move(gone));
    return {};
  }));
  return journal_->add(records);
}

Result<Outcome> Collector::finish(Time end) {
  if (!run_.interrupted) TRY_VOID(note_gone(end));
  run_.end = end;
  TRY_VOID(journal_->end(run_));
  journal_->sort();
  Outcome outcome;
  outcome.run = run_;
  outcome.failures = failures_;
  outcome.changed = changed_;
  TRY_VOID(write_manifest(outcome.complete));
  TRY_VOID(write_sums());
  TRY(const auto sums, tree_.open_file(std::string(kSums), O_RDONLY));
  TRY(const Sha256 hash, hash_of_file(sums.number(), backend_));
  outcome.sums_sha256 = base::to_hex(hash);
  TRY_VOID(tree_.clear_temporary());
  TRY_VOID(tree_.sync());
  TRY_VOID(tree_.remove(std::string(kRunning)));
  return outcome;
}

Result<void> Collector::write_manifest(bool& complete) {
  Totals totals;
  const auto write = [&](int file) -> Result<void> {
    Writer out(file);
    write_head(out, journal_->runs());
    bool first = true;
    std::string failed_key;  // of the record before
    TRY_VOID(journal_->for_each([&](const Record& record) -> Result<void> {
      out.add(first ? "" : ",\n");
      out.add(to_line(record, run_.bucket));
      first = false;
      totals.add(record);
      if (record.kind == Kind::gone && record.key == failed_key) --totals.failed;  // there is nothing left to acquire
      if (record.kind == Kind::object) failed_key = record.error ? record.key : "";
      return {};
    }));
    if (!first) out.add("\n");
    // A collection of nothing is no success.
    const auto open = standing(journal_->runs());
    const bool listed =
        std::all_of(open.begin(), open.end(), [](const Run* run) { return run->listed() && run->unlisted.empty(); });
    complete = listed && totals.failed == 0 && run_.counts.failed == 0 && run_.key_errors.empty() &&
               totals.objects + totals.versions != 0;
    write_tail(out, totals, complete);
    return out.finish();
  };
  return tree_.replace(std::string(kManifest), write, earlier_path(journal_->runs().size(), kManifest));
}

Result<void> Collector::write_sums() {
  // Before the list is made: it is in it.
  TRY_VOID(tree_.move(std::string(kSums), earlier_path(journal_->runs().size(), kSums)));
  const auto write = [&](int file) -> Result<void> {
    Writer out(file);
    TRY_VOID(journal_->for_each([&](const Record& record) -> Result<void> {
      if (!record.has_bytes()) return {};
      out.add(sums_line(record.sha256, record.path));
      if (!record.metadata_path.empty()) out.add(sums_line(record.metadata_sha256, record.metadata_path));
      return {};
    }));
    std::vector<std::string> own{std::string(kManifest), std::string(kJournal)};
    if (tree_.size_of(std::string(kKeys))) own.emplace_back(kKeys);
    for (std::size_t run = 1; run <= journal_->runs().size(); ++run)
      for (const auto name : {kManifest, kSums, kKeys})
        if (const std::string path = earlier_path(run, name); tree_.size_of(path)) own.push_back(path);
    for (const std::string& path : own) {
      TRY(const auto opened, tree_.open_file(path, O_RDONLY));
      TRY(const Sha256 hash, hash_of_file(opened.number(), backend_));
      out.add(sums_line(hash, path));
    }
    return out.finish();
  };
  return tree_.replace(std::string(kSums), write, "");
}

}  // namespace trailseal::collect
