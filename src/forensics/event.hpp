// One event, as an analyst speaks of it: who did what to which resource, when, from where, and where that is written.
//
// The fields are those of the record (AWS CloudTrail User Guide, "CloudTrail record contents for management, data, and
// network activity events", "... for Insights events", "... for aggregated events"), of whatever kind it is.
#pragma once

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trail/log_records.hpp"
#include "trailseal/time.hpp"

namespace trailseal::forensics {

// In rising order of doubt.
enum class Trust {
  verified,       // from a log that is what its digest signed
  event_history,  // from an export of CloudTrail's event history, which nobody signed
  unverified,     // from a log that did not verify, or that no digest lists
};
std::string_view to_string(Trust trust) noexcept;  // "verified", "event-history", "unverified"

struct Provenance {
  Trust trust = Trust::verified;
  std::string reason;  // why it is unverified; else empty
  std::string log;     // "s3://bucket/key", or the path of the export
  std::string digest;  // key of the digest that signed it; empty: none
  std::size_t index = 0;
  bool in_history = false;  // of a verified one: the export of the event history has it, too

  auto operator<=>(const Provenance&) const = default;
};

struct Resource {
  std::string type;  // "AWS::S3::Bucket"; empty: unknown
  std::string name;

  auto operator<=>(const Resource&) const = default;
};

struct Event {
  enum class Kind { management, data, insight, network_activity };

  std::string id, name, source, region;
  Time at{};
  Kind kind = Kind::management;
  std::string account;     // whose event it is
  std::string user_name;   // as the console calls it; empty: it shows none
  std::string actor;       // ARN of the caller, or what else names it: the service, the account
  std::string role;        // ARN of the role, if it was assumed
  std::string access_key;  // its id
  std::string source_ip, user_agent;
  std::string error, error_message;  // empty: it succeeded
  std::string detail;                // of an insight "ApiCallRateInsight Start", of a summary how many it sums up
  std::optional<bool> read_only;
  std::optional<bool> mfa;  // nullopt: not said
  std::vector<Resource> resources;
  Provenance provenance;

  bool operator==(const Event&) const = default;
};
std::string_view to_string(Event::Kind kind) noexcept;  // "management", "data", "insight", "network-activity"

// The event of a record; provenance, but for the index, is the caller's. nullopt: the record has no name or no time.
std::optional<Event> read_event(const trail::LogRecord& record);

}  // namespace trailseal::forensics
