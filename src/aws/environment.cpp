#include "aws/environment.hpp"

#include <cstdlib>

namespace trailseal::aws {

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): nobody sets variables
    if (value == nullptr || *value == '\0') return std::nullopt;
    return value;
  };
}

}  // namespace trailseal::aws
