#include "verify/listed.hpp"

#include <algorithm>
#include <chrono>

namespace trailseal::verify {

ListedName listed_name(std::uint32_t location, const trail::LogKey& key) {
  ListedName name{.location = location,
                  .minute = static_cast<std::uint32_t>(
                      std::chrono::duration_cast<std::chrono::minutes>(key.time.time_since_epoch()).count()),
                  .kind = key.kind};
  std::copy_n(key.unique.begin(), std::min(key.unique.size(), name.unique.size()), name.unique.begin());
  return name;
}

void ListedNames::seal() { std::sort(names_.begin(), names_.end()); }

bool ListedNames::contains(const ListedName& name) const {
  return std::binary_search(names_.begin(), names_.end(), name);
}

bool ListedNames::contains_odd(std::uint32_t source, std::string_view key) const {
  const auto found = odd_.find(source);
  return found != odd_.end() && found->second.contains(key);
}

}  // namespace trailseal::verify
