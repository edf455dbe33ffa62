// A collection, read: the mirror of a bucket that its manifest describes, and whether the copy is still what was
// acquired. Nothing in the directory is trusted: the manifest can make evidence unknown, never good.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "trailseal/crypto.hpp"
#include "trailseal/store.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::collect {

struct Collection {
  std::unique_ptr<store::ObjectStore> store;
  std::string bucket;            // empty: unknown
  std::optional<Time> acquired;  // when the last whole run began to list
  verdict::Provenance provenance;
  verdict::Findings findings;  // of the copy against its manifest
};

// Does the directory hold a collection, or what is left of one?
bool is_collection(const std::string& path);

// Reads the manifest and compares every file with it, on `jobs` threads. `stop` ends that early; `done` hears of the
// bytes that were compared. Errors: those of opening the directory.
Result<Collection> open_collection(const std::string& path, const crypto::Backend& backend, unsigned jobs,
                                   const std::function<bool()>& stop);

}  // namespace trailseal::collect
