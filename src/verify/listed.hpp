// The names of all logs that the proven digests of a group list, 28 bytes each, to tell which objects none of them
// does.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
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
  void add_kind(trail::LogKind kind) { kinds_ |= 1u << static_cast<unsigned>(kind); }
  bool lists_kind(trail::LogKind kind) const { return (kinds_ >> static_cast<unsigned>(kind)) & 1u; }
  void seal();  // call once, between the last add and the first contains
  bool contains(const ListedName& name) const;

 private:
  std::vector<ListedName> names_;
  unsigned kinds_ = 0;
};

}  // namespace trailseal::verify
