// Where the bytes of a key stand in a collection. Keys are written by whoever can write the bucket: they may be no
// paths, lead out of the directory, be too long for a file, or be named like our own files.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"

namespace trailseal::collect {

inline constexpr std::string_view kManifest = "manifest.json";
inline constexpr std::string_view kSums = "SHA256SUMS";
inline constexpr std::string_view kKeys = "keys.json";
inline constexpr std::string_view kOwn = ".trailseal";
inline constexpr std::string_view kJournal = ".trailseal/journal.jsonl";
inline constexpr std::string_view kRunning = ".trailseal/running";  // stands there while a run lasts
inline constexpr std::string_view kTemporary = ".trailseal/temporary";
inline constexpr std::string_view kEarlier = ".trailseal/earlier";  // what a later run has replaced

// May the key be the path of its bytes? Then the tree shows the bucket as it is.
bool is_natural(std::string_view key);

// Where the bytes and the metadata of an object may stand, best first: a path may be taken by another file. Paths of a
// natural key first, then names made from the hash of the key, then from that and the hash of the bytes.
std::vector<std::string> object_paths(std::string_view key, const Sha256& hash_of_key, const Sha256& hash_of_bytes);
std::vector<std::string> metadata_paths(std::string_view key, const Sha256& hash_of_key, const Sha256& hash_of_bytes);

// The natural path of an object's metadata, or empty: there is none.
std::string metadata_path(std::string_view key);

// Where a noncurrent or changed content stands; `hash_of_version` is that of the key, a zero byte and the version's id,
// or of the key and the content.
std::string version_path(const Sha256& hash_of_version);

// Is this path (relative to the collection) one that no record names and that belongs there nonetheless: our own files,
// and signatures and time stamps beside the manifest?
bool is_own_file(std::string_view path);

// Does the path lead into what is not the bucket's tree?
bool is_outside_tree(std::string_view path);

}  // namespace trailseal::collect
