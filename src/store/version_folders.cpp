#include <string>
#include <vector>

#include "trailseal/store.hpp"

namespace trailseal::store {

Result<std::vector<std::string>> ObjectStore::version_folders(std::string_view prefix) const {
  if (!prefix.empty() && !prefix.ends_with('/'))
    return Error{Errc::invalid_argument, "a folder's prefix ends in \"/\""};
  std::vector<std::string> folders;
  TRY_VOID(versions(prefix, [&](const Version& version) {
    const auto slash = version.object.key.find('/', prefix.size());
    if (slash == std::string::npos) return true;
    const auto name = std::string_view(version.object.key).substr(0, slash + 1);
    if (folders.empty() || folders.back() != name) folders.emplace_back(name);
    return true;
  }));
  return folders;
}

}  // namespace trailseal::store
