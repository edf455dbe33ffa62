// The bucket that a collection is a copy of, as an ObjectStore.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "collect/record.hpp"
#include "trailseal/store.hpp"

namespace trailseal::collect {

// What the manifest says, as far as the directory itself does not: objects under other paths than their keys, objects
// that could not be acquired, versions. So the many ordinary objects need no memory.
struct Index {
  struct Held {
    std::string path, metadata_path;
    std::optional<Error> error;  // not acquired
  };

  bool whole = false;     // the manifest was read to its end
  bool versions = false;  // some run acquired versions
  std::vector<Run> runs;
  std::map<std::string, Held, std::less<>> objects;
  std::vector<store::Version> history;                                // only with versions; sorted by sort()
  std::map<std::pair<std::string, std::string>, Held> held_versions;  // by key and id

  void add(const Record& record);
  void sort();
  // Was it looked for? Then what is not there was not there.
  bool looked_for(std::string_view key) const;
};

// `files` is the directory with every file an object (store::open_files).
std::unique_ptr<store::ObjectStore> make_collection_store(std::string label, std::unique_ptr<store::ObjectStore> files,
                                                          Index index);

}  // namespace trailseal::collect
