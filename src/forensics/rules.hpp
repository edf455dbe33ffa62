// The rules of rules.def.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "trailseal/forensics.hpp"

namespace trailseal::forensics {

// What must be ours for an event to matter.
enum class Subject { trail, bucket, key, object, named, access, account };

struct Rule {
  std::string_view name, services, events;
  Subject subject;
  std::string_view condition;
  verdict::Effect effect;
  std::string_view attack, attack_before;  // ids, separated by spaces
  std::string_view text;
};
std::span<const Rule> rules() noexcept;

// The lines for an event ("cloudtrail.amazonaws.com", "StopLogging"), all of one rule and subject; none: nothing is
// known of it.
std::span<const Rule* const> rules_of(std::string_view source, std::string_view event);

// "a b" -> a, b
std::vector<std::string_view> words_of(std::string_view text);

}  // namespace trailseal::forensics
