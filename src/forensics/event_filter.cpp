#include "forensics/event_filter.hpp"

#include <algorithm>

namespace trailseal::forensics {
namespace {

using Patterns = std::vector<std::string>;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

bool any_of(const Patterns& patterns, std::string_view text) {
  return patterns.empty() || std::ranges::any_of(patterns, [&](const auto& p) { return matches_pattern(text, p); });
}

// A user is called by his name, and by what stands behind it.
bool is_user(const Patterns& patterns, const Event& event) {
  return any_of(patterns, event.user_name) || any_of(patterns, event.actor) || any_of(patterns, event.role);
}

bool is_source(const Patterns& patterns, std::string_view source) {
  return any_of(patterns, source) || any_of(patterns, source.substr(0, source.find('.')));
}

bool has_resource(const Patterns& patterns, const Event& event) {
  return patterns.empty() || std::ranges::any_of(event.resources, [&](const Resource& resource) {
           return any_of(patterns, resource.name) || any_of(patterns, resource.type);
         });
}

// "*" asks for any error, and so not for what succeeded.
bool has_error(const Patterns& patterns, std::string_view error) {
  return patterns.empty() || (!error.empty() && any_of(patterns, error));
}

}  // namespace

bool matches_pattern(std::string_view text, std::string_view pattern) {
  // The last "*" takes as little as it can; on a mismatch it takes one more.
  std::size_t at = 0, in_pattern = 0;
  std::size_t star = std::string_view::npos, star_took_to = 0;
  while (at < text.size()) {
    if (in_pattern < pattern.size() && pattern[in_pattern] == '*') {
      star = in_pattern++;
      star_took_to = at;
    } else if (in_pattern < pattern.size() && lower(pattern[in_pattern]) == lower(text[at])) {
      ++in_pattern;
      ++at;
    } else if (star != std::string_view::npos) {
      in_pattern = star + 1;
      at = ++star_took_to;
    } else {
      return false;
    }
  }
  while (in_pattern < pattern.size() && pattern[in_pattern] == '*') ++in_pattern;
  return in_pattern == pattern.size();
}

std::optional<Event::Kind> parse_kind(std::string_view text) {
  for (const auto kind :
       {Event::Kind::management, Event::Kind::data, Event::Kind::insight, Event::Kind::network_activity})
    if (text == to_string(kind)) return kind;
  return std::nullopt;
}

bool EventFilter::matches(const Event& event) const {
  if ((since && event.at < *since) || (until && event.at >= *until)) return false;
  if (!kinds.empty() && std::ranges::find(kinds, event.kind) == kinds.end()) return false;
  if (read_only && *read_only != (event.read_only == true)) return false;
  return any_of(ids, event.id) && any_of(names, event.name) && is_user(users, event) &&
         is_source(sources, event.source) && has_resource(resources, event) && any_of(access_keys, event.access_key) &&
         any_of(source_ips, event.source_ip) && any_of(accounts, event.account) && any_of(regions, event.region) &&
         has_error(errors, event.error);
}

}  // namespace trailseal::forensics
