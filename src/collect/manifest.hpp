// manifest.json (trailseal-collect(1), MANIFEST) and SHA256SUMS.
//
// The manifest is one JSON object, laid out so that it can be written and read as a stream: each member of the whole,
// each run and each object stands on a line of its own. Any JSON parser reads it; this reader demands the lines.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/record.hpp"
#include "collect/tree.hpp"

namespace trailseal::collect {

struct Totals {
  std::uint64_t objects = 0, versions = 0, delete_markers = 0, changed = 0, gone = 0, failed = 0, bytes = 0;
  void add(const Record& record);
  bool operator==(const Totals&) const = default;
};

void write_head(Writer& out, const std::vector<Run>& runs);  // up to the records, which ",\n" separates
void write_tail(Writer& out, const Totals& totals, bool complete);

// Reads line after line, so that the caller decides where from. Errors: corrupt, limit.
class ManifestReader {
 public:
  explicit ManifestReader(std::function<Result<void>(Record)> use) : use_(std::move(use)) {}

  Result<void> line(std::string_view text);  // without the line feed
  Result<void> finish();                     // nothing is missing

  const std::vector<Run>& runs() const { return runs_; }
  bool complete() const { return complete_; }

 private:
  enum class At { start, head, runs, middle, objects, tail, end };
  Result<void> head(std::string_view text);
  Result<void> tail(std::string_view text);

  std::function<Result<void>(Record)> use_;
  At at_ = At::start;
  bool format_ = false, comma_ = false;  // the last element was followed by a comma
  std::vector<Run> runs_;
  bool complete_ = false;
};

// "HASH  PATH\n" as sha256sum writes it, with its escapes.
std::string sums_line(const Sha256& hash, std::string_view path);

// What a later run replaces is kept under this name; `run` counts from 1.
std::string earlier_path(std::size_t run, std::string_view name);

}  // namespace trailseal::collect
