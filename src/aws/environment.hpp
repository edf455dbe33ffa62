// Environment variables, so that what depends on them can be tested without them.
#pragma once

#include <functional>
#include <optional>
#include <string>

namespace trailseal::aws {

// The value of a variable; nullopt if it is not set or empty, which means the same to AWS's own tools. Must be safe to
// call from several threads.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

// That of this process.
Environment process_environment();

}  // namespace trailseal::aws
