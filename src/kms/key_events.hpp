// What happened to keys, by the events of KMS that CloudTrail records (envelope.md 1.4), and when a key could not be
// used because of it.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kms/json_tree.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::kms {

// Names of the events that change whether a key can be used.
std::span<const std::string_view> key_event_names();

struct KeyEvent {
  Time time;
  std::string name;               // "DisableKey"
  std::string id;                 // eventID
  std::vector<std::string> keys;  // ARNs and ids by which it names the key
  std::string origin;             // where it was found
  // Of PutKeyPolicy: the new policy does not let CloudTrail make data keys. nullopt: another event, or no policy.
  std::optional<bool> shuts_out = std::nullopt;
  auto operator<=>(const KeyEvent&) const = default;
};

// The events in what `aws cloudtrail lookup-events` prints, or in {"Records": [...]}, that changed whether a key can be
// used. Calls that failed changed nothing and are left out. Errors: corrupt.
Result<std::vector<KeyEvent>> read_key_events(const JsonValue& document, const std::string& origin);

// What `shuts_out` is for this text of a new policy.
std::optional<bool> shuts_out(std::string_view policy, const std::string& key_arn);

struct Outage {
  Time begin;
  std::optional<Time> end;         // nullopt: no event ended it
  std::string begun_by, ended_by;  // names of events
  std::string origin;              // of the first
};

// When the key could not be used, in order of time. Events that stand twice count once.
std::vector<Outage> outages_of(std::vector<KeyEvent> events, const std::string& key_arn);

}  // namespace trailseal::kms
