// Events that some rule knows, with what was asked for in them: all that explanations and the timeline are made of.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trail/log_records.hpp"
#include "trailseal/forensics.hpp"

namespace trailseal::forensics {

// A value of the request, under its path; the place in a list is "*". Further ones: "@resource" (ARNs that the record
// names), "@trail" (the ARN that CloudTrail answered), "@issued" (the id of the access key that was given out).
struct Parameter {
  std::string path, value;
  auto operator<=>(const Parameter&) const = default;
};

// Of a request that is larger than any of those that matter, so many are kept: the first.
inline constexpr std::size_t kMostParameters = 256;

struct Notable {
  verdict::EventRef event;
  std::vector<Parameter> parameters;  // in the record's order
  bool omitted = false;               // the record leaves the parameters out, because they were too large

  bool succeeded() const { return event.error.empty(); }
  bool is(std::string_view service, std::string_view name) const;  // "cloudtrail", "StopLogging"
  std::string_view value(std::string_view path) const;             // of several the first; empty: none
  bool has(std::string_view path, std::string_view value) const;
  auto operator<=>(const Notable&) const = default;
};

// Where the record was found.
struct Origin {
  verdict::Standing standing = verdict::Standing::verified;
  std::string log, digest;
};

// nullopt: no rule knows the event, CloudTrail itself called, or the record has no time.
std::optional<Notable> read_notable(const trail::LogRecord& record, const Origin& origin);

}  // namespace trailseal::forensics
