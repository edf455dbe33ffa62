// Acquires evidence: copies the digests and logs of a bucket, byte for byte, into a directory that verify reads.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "collect/fetcher.hpp"
#include "collect/inventory.hpp"
#include "collect/journal.hpp"
#include "collect/record.hpp"
#include "collect/tree.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/store.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::collect {

// What one run left: its counts, and whether the collection holds all that it should.
struct Outcome {
  Run run;
  bool complete = false;
  std::string sums_sha256;           // of SHA256SUMS: it stands for the whole collection
  std::vector<Trouble> failures;     // the first objects that were not acquired
  std::vector<std::string> changed;  // the first keys that changed or vanished since an earlier run
};

class Collector {
 public:
  // Begins a run in `path`: a new directory, an empty one, or a collection of the same bucket, which is continued. One
  // run at a time. `run` states what is known beforehand: bucket, begin, tool, operator, arguments, selection.
  // Errors: invalid_argument (a directory with something else, another bucket, another run under way), corrupt, io.
  static Result<std::unique_ptr<Collector>> begin(const std::string& path, Run run, const crypto::Backend& backend);

  // Lists and reads until all is there. What could not be read is in the journal. `clock` is asked for the time of each
  // object. Errors: those of writing; the run should then be left, not finished.
  Result<void> acquire(const store::ObjectStore& store, const std::function<Time()>& clock, unsigned jobs,
                       verify::Progress& progress);

  // The regions whose digests were seen, and the earliest end in their names.
  const std::map<std::string, Time>& regions() const { return regions_; }

  // Stores the public keys as `json`; empty: there are none, and those of an earlier run stay.
  Result<void> set_keys(const std::string& json, std::vector<KeyNote> notes, std::vector<Trouble> errors);
  void set_caller(std::string account, std::string arn, std::string user_id, std::string error);

  // Ends the run: writes the manifest and the list of hashes.
  Result<Outcome> finish(Time end);

 private:
  Collector(Tree tree, const crypto::Backend& backend) : tree_(std::move(tree)), backend_(backend) {}
  Result<void> note_gone(Time now);
  Result<void> write_manifest(bool& complete);
  Result<void> write_sums();
  void note(const Wanted& wanted, const Fetched& fetched);

  Tree tree_;
  const crypto::Backend& backend_;
  std::unique_ptr<Journal> journal_;
  Run run_;
  std::map<std::string, Time> regions_;
  std::vector<Trouble> failures_;
  std::vector<std::string> changed_;
};

}  // namespace trailseal::collect
