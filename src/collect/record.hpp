// What a collection remembers: one record for each object, version and delete marker, one for each run. Both stand as
// one line of JSON in the journal and in the manifest (trailseal-collect(1), MANIFEST).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/store.hpp"

namespace trailseal::collect {

inline constexpr std::size_t kMostLineBytes = 1u << 20;  // a key has at most 1,024 bytes, S3's metadata 2 KB

enum class Kind {
  object,         // what the key held when it was first acquired
  version,        // a noncurrent version
  delete_marker,  // nothing but its time and id
  changed,        // what the key held in a later run, when that differed
  gone,           // the key was no longer listed in a later run
};

struct Record {
  Kind kind = Kind::object;
  std::string key;
  store::Attributes attributes;  // of a listing, if the object could not be read
  bool latest = false;           // of a delete marker
  std::uint64_t size = 0;        // bytes as stored
  Time acquired{};
  // Of what was acquired:
  std::string path, metadata_path;  // relative to the collection
  Sha256 sha256{}, metadata_sha256{};
  std::optional<Sha256> content_sha256;  // gunzipped; absent if that is impossible
  std::string content_fault;             // then: why
  std::optional<Error> error;            // it could not be acquired; no path then

  bool has_bytes() const { return !error && kind != Kind::delete_marker && kind != Kind::gone; }
  // Equal for records of which the later takes the place of the earlier; sorts by key.
  std::string id() const;
  bool operator==(const Record&) const = default;
};

// The filters of a run. Folders of accounts and regions are chosen by name, digests by the time in their name, logs by
// the day of their folder.
struct Selection {
  std::string prefix;  // empty, or ends in "/"
  std::optional<Time> since, until;
  std::vector<std::string> accounts, regions;  // empty: all
  bool versions = false;
  bool operator==(const Selection&) const = default;
};

struct Counts {
  std::uint64_t acquired = 0, kept = 0, failed = 0, changed = 0, gone = 0;
  std::uint64_t versions = 0, delete_markers = 0;
  std::uint64_t bytes = 0;  // acquired in the run, as stored
  bool operator==(const Counts&) const = default;
};

// A prefix that could not be listed, or a region whose keys could not be had.
struct Trouble {
  std::string where;
  Error error;
  bool operator==(const Trouble&) const = default;
};

struct KeyNote {
  std::string fingerprint, region, from, to;
  bool operator==(const KeyNote&) const = default;
};

struct Run {
  std::string bucket;
  Time begin{};
  std::optional<Time> end;  // absent: it was ended by force
  bool interrupted = false;
  std::string tool, tool_version, tool_sha256;
  std::string operator_name;
  std::string caller_account, caller_arn, caller_user_id, caller_error;  // of STS
  std::vector<std::string> arguments;                                    // without secrets
  Selection selection;
  Counts counts;
  std::vector<Trouble> unlisted;  // prefixes
  std::vector<KeyNote> keys;
  std::vector<Trouble> key_errors;
  bool operator==(const Run&) const = default;

  // The listing came to its end, though parts may have failed.
  bool listed() const { return end && !interrupted; }
};

// Without the line feed; with a bucket's name, the object's URI as well.
std::string to_line(const Record& record, const std::string& bucket = {});
std::string to_line(const Run& run);

// Strict about types and names that matter; other members are ignored. Errors: corrupt, limit.
Result<Record> parse_record(std::string_view line);
Result<Run> parse_run(std::string_view line);

}  // namespace trailseal::collect
