// Which events are wanted. Several values of one kind: any of them; several kinds: all of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "forensics/event.hpp"

namespace trailseal::forensics {

// The texts are patterns: "*" stands for anything, case does not matter.
struct EventFilter {
  std::optional<Time> since, until;  // since <= time < until
  std::vector<std::string> ids, names, users;
  std::vector<std::string> sources;    // "s3" means "s3.amazonaws.com"
  std::vector<std::string> resources;  // name or type of any of them
  std::vector<std::string> access_keys, source_ips, errors;
  std::vector<std::string> accounts, regions;
  std::vector<Event::Kind> kinds;
  std::optional<bool> read_only;  // false: all that is not said to be read-only

  bool matches(const Event& event) const;
};

// Whether `text` is of the pattern. Time: at most the product of the lengths.
bool matches_pattern(std::string_view text, std::string_view pattern);

std::optional<Event::Kind> parse_kind(std::string_view text);  // as to_string writes it

}  // namespace trailseal::forensics
