// The mirror with its way of opening files stated, for tests of both; others call the public open_mirror(path).
#pragma once

#include <memory>
#include <string>

#include "store/beneath.hpp"
#include "trailseal/store.hpp"

namespace trailseal::store {

Result<std::unique_ptr<ObjectStore>> open_mirror(const std::string& path, Resolve resolve);

// A directory without side files: every file is an object, and none has metadata.
Result<std::unique_ptr<ObjectStore>> open_files(const std::string& path);

}  // namespace trailseal::store
