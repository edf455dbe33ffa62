// The names of all logs that the proven digests of a group list, 28 bytes each, to tell which objects none of them
// does.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailseal/trail.hpp"

namespace trailseal::verify {

struct ListedName {
  std::uint32_t location = 0;  // index into Plan::locations
  std::uint32_t minute = 0;    // of the stamp, since 1970
  trail::LogKind kind = trail::LogKind::management_and_data;
  std::array<char, 16> unique{};
  auto operator<=>(const ListedName&) const = default;
};

ListedName listed_name(std::uint32_t location, const trail::LogKey& key);

class ListedNames {
 public:
  void add(const ListedName& name) { names_.push_back(name); }
  // A listed key that is not of CloudTrail's usual form: rare, so it is kept whole.
  void add_odd(std::uint32_t source, std::string key) { odd_[source].insert(std::move(key)); }
  void add_kind(trail::LogKind kind) { kinds_ |= 1u << static_cast<unsigned>(kind); }
  bool lists_kind(trail::LogKind kind) const { return (kinds_ >> static_cast<unsigned>(kind)) & 1u; }
  void seal();  // call once, between the last add and the first contains
  bool contains(const ListedName& name) const;
  bool contains_odd(std::uint32_t source, std::string_view key) const;

 private:
  std::vector<ListedName> names_;
  std::map<std::uint32_t, std::set<std::string, std::less<>>> odd_;  // by source
  unsigned kinds_ = 0;
};

}  // namespace trailseal::verify
