// A JSON document of somebody else's, whole and with limits: policies and the answers of AWS's services.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::kms {

struct JsonValue {
  enum class Kind { null, truth, number, text, list, object };
  Kind kind = Kind::null;
  std::string text;                // of a text; "true", "false"; a number as it was written, or nearly so
  std::vector<std::string> names;  // of an object, one for each of items
  std::vector<JsonValue> items;    // of a list or an object

  bool is(Kind wanted) const { return kind == wanted; }
  // nullptr: no object, no such member, or it is null.
  const JsonValue* find(std::string_view name) const;
  // The text or number of a member, as text; empty: there is none, or it is of another kind.
  std::string text_of(std::string_view name) const;
  bool truth_of(std::string_view name) const;  // false: also if there is none
  // A number of seconds (an answer of the service) or ISO 8601 (aws-cli prints "2026-07-01T00:00:00.123000+02:00").
  std::optional<Time> time_of(std::string_view name) const;
  // The members of a list, or nothing.
  const std::vector<JsonValue>& list_of(std::string_view name) const;
};

// Errors: limit (too large, more than 24 levels or 200,000 values), corrupt (not one JSON value, a name that stands
// twice in one object).
Result<JsonValue> parse_json(ByteView bytes, std::size_t limit);

}  // namespace trailseal::kms
