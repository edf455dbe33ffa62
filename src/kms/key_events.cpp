#include "kms/key_events.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/arn.hpp"
#include "kms/policy_lint.hpp"

namespace trailseal::kms {
namespace {

constexpr std::size_t kMostEvent = 256u << 10;  // of CloudTrail itself
constexpr std::size_t kMostOutages = 1'000;     // more is no history of a key

constexpr std::array<std::string_view, 8> kNames = {"DisableKey",        "EnableKey",   "ScheduleKeyDeletion",
                                                    "CancelKeyDeletion", "DeleteKey",   "DeleteImportedKeyMaterial",
                                                    "ImportKeyMaterial", "PutKeyPolicy"};

void add_name(KeyEvent& event, const std::string& name) {
  if (!name.empty() && std::ranges::find(event.keys, name) == event.keys.end()) event.keys.push_back(name);
}

// One record, as in a log file. nullopt: it is of no interest.
std::optional<KeyEvent> read_record(const JsonValue& record, const std::string& origin) {
  KeyEvent event;
  event.name = record.text_of("eventName");
  event.origin = origin;
  event.id = record.text_of("eventID");
  const auto time = record.time_of("eventTime");
  if (std::ranges::find(kNames, event.name) == kNames.end() || !time) return std::nullopt;
  if (record.text_of("eventSource") != "kms.amazonaws.com" || record.find("errorCode") != nullptr) return std::nullopt;
  event.time = *time;
  if (const JsonValue* request = record.find("requestParameters")) add_name(event, request->text_of("keyId"));
  for (const JsonValue& resource : record.list_of("resources")) add_name(event, resource.text_of("ARN"));
  if (const JsonValue* request = record.find("requestParameters"); request != nullptr && event.name == "PutKeyPolicy")
    event.shuts_out = shuts_out(request->text_of("policy"), event.keys.empty() ? "" : event.keys.back());
  return event;
}

bool names(const KeyEvent& event, const std::string& key_arn) {
  const auto arn = base::parse_arn(key_arn);
  const std::string id = arn && arn->resource.starts_with("key/") ? arn->resource.substr(4) : std::string();
  return std::ranges::any_of(event.keys,
                             [&](const std::string& each) { return each == key_arn || (!id.empty() && each == id); });
}

}  // namespace

std::span<const std::string_view> key_event_names() { return kNames; }

Result<std::vector<KeyEvent>> read_key_events(const JsonValue& document, const std::string& origin) {
  using Kind = JsonValue::Kind;
  const JsonValue* list = document.find("Events");
  const bool looked_up = list != nullptr;
  if (!looked_up) list = document.find("Records");
  if (list == nullptr || !list->is(Kind::list)) return Error{Errc::corrupt, "neither Events nor Records are there"};
  std::vector<KeyEvent> events;
  for (const JsonValue& entry : list->items) {
    std::optional<KeyEvent> event;
    if (looked_up) {
      TRY(const JsonValue record, parse_json(as_bytes(entry.text_of("CloudTrailEvent")), kMostEvent));
      event = read_record(record, origin);
    } else {
      event = read_record(entry, origin);
    }
    if (event) events.push_back(*std::move(event));
  }
  return events;
}

std::optional<bool> shuts_out(std::string_view policy, const std::string& key_arn) {
  const auto statements = parse_policy(as_bytes(policy));
  const bool is_arn = key_arn.starts_with("arn:");
  return statements ? std::optional(refuses_cloudtrail(*statements, is_arn ? key_arn : std::string())) : std::nullopt;
}

std::vector<Outage> outages_of(std::vector<KeyEvent> events, const std::string& key_arn) {
  std::erase_if(events, [&](const KeyEvent& event) { return !names(event, key_arn); });
  std::ranges::sort(events);
  // Of events of the same second the order is unknown; it does not matter for events of the same id.
  const auto twice = std::ranges::unique(events, [](const KeyEvent& a, const KeyEvent& b) {
    return a.time == b.time && a.name == b.name && a.id == b.id;
  });
  events.erase(twice.begin(), twice.end());

  std::vector<Outage> outages;
  bool disabled = false, deleting = false, empty = false, shut_out = false;
  for (const KeyEvent& event : events) {
    const bool before = disabled || deleting || empty || shut_out;
    if (event.name == "DisableKey") disabled = true;
    if (event.name == "EnableKey") disabled = false;
    if (event.name == "ScheduleKeyDeletion" || event.name == "DeleteKey") deleting = true;
    if (event.name == "CancelKeyDeletion") deleting = false, disabled = true;  // which leaves a key disabled
    if (event.name == "DeleteImportedKeyMaterial") empty = true;
    if (event.name == "ImportKeyMaterial") empty = false;
    if (event.name == "PutKeyPolicy") shut_out = event.shuts_out.value_or(shut_out);
    const bool after = disabled || deleting || empty || shut_out;
    if (!before && after) {
      if (outages.size() == kMostOutages) break;
      outages.push_back({event.time, std::nullopt, event.name, {}, event.origin});
    } else if (before && !after) {
      outages.back().end = event.time;
      outages.back().ended_by = event.name;
    }
  }
  return outages;
}

}  // namespace trailseal::kms
