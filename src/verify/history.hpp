// What a bucket with versioning remembers: for each key its versions and delete markers. Facts, from listings alone.
//
// Amazon S3 User Guide, "Retaining multiple versions of objects": a PUT over an object and a DELETE keep what was there
// under its version id; a DELETE leaves a delete marker; only a DELETE that names the version removes it. None of it is
// signed: whoever may put objects may put versions too, so a history can point at evidence and is none by itself.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/store.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

struct KeyHistory {
  // CloudTrail writes an object once, and first; what an intruder puts on top may be any number.
  static constexpr std::size_t kNewest = 16, kOldest = 48;

  std::string key;
  std::vector<store::Version> rows;  // newest first; of more, the newest and the oldest
  std::uint64_t count = 0;           // of all of them
  bool versioned = false;            // some version has an id of its own

  bool deleted() const { return !rows.empty() && rows.front().delete_marker; }
  void add(const store::Version& row);
};

// What became of looking for the version that was signed.
struct Recovery {
  KeyHistory history;
  std::optional<store::Version> good;        // the version that was signed
  std::optional<store::Version> unreadable;  // none is good, and this one could not be read ...
  std::optional<Error> error;                // ... for this reason; without `unreadable`: no history could be listed
};

// "version ID of TIME" or "delete marker ID of TIME".
std::string describe(const store::Version& version);

// Visits the history of every key below `prefix`, in byte order; return false to end early.
using HistoryVisitor = std::function<bool(const KeyHistory&)>;
Result<void> for_each_history(const store::ObjectStore& store, std::string_view prefix, const HistoryVisitor& visit);

// The history of exactly this key; no rows: there is none. Errors: those of a listing; limit (a flood of versions).
Result<KeyHistory> history_of(const store::ObjectStore& store, std::string_view key);

// A folder that bears a date, or one that stands where such folders should.
struct DatedFolder {
  std::string prefix;
  bool dated = true;
};

// The folders "YYYY/", "YYYY/MM/" or "YYYY/MM/DD/" (`levels` deep) below `prefix` that the window may touch, also where
// everything in them was deleted.
Result<std::vector<DatedFolder>> dated_folders(const store::ObjectStore& store, const std::string& prefix, int levels,
                                               const Window& window);

}  // namespace trailseal::verify
