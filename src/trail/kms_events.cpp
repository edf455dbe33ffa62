#include "trail/kms_events.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "trail/log_records.hpp"

namespace trailseal::trail {
namespace {

constexpr std::size_t kMostEvents = 100'000;  // a log file has some 10,000 records of any kind

constexpr std::string_view kKms = "kms.amazonaws.com";
constexpr std::string_view kTrailContext = "aws:cloudtrail:arn";  // of the encryption context, for objects of trails
constexpr std::string_view kSelectors = "PutEventSelectors";
constexpr std::string_view kKey = "Key";
constexpr std::array<std::string_view, 10> kKeyChanges = {
    "DisableKey",   "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion",         "DeleteKey",
    "PutKeyPolicy", "RotateKey", "DisableKeyRotation",  "DeleteImportedKeyMaterial", "ImportKeyMaterial"};

bool is_key_change(std::string_view name) { return std::ranges::find(kKeyChanges, name) != kKeyChanges.end(); }

// memmem is several times as fast as std::string_view::find, which stops at each occurrence of the first character.
bool holds(std::string_view text, std::string_view wanted) {
  return memmem(text.data(), text.size(), wanted.data(), wanted.size()) != nullptr;
}

// All those names share a word that begins with a letter which is rare in logs: one pass finds them all.
bool holds_key_change(std::string_view text) {
  for (auto at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + kKey.size())) {
    for (const auto name : kKeyChanges) {
      const auto before = name.find(kKey);
      if (before <= at && text.substr(at - before, name.size()) == name) return true;
    }
  }
  return false;
}

// The first KMS key among the event's resources.
std::string_view key_of_resources(JsonValue record) {
  for (const JsonValue resource : record["resources"]) {
    const std::string_view arn = resource["ARN"].text();
    if (arn.find(":kms:") != std::string_view::npos) return arn;
  }
  return {};
}

bool holds_kms(JsonValue list) {
  return std::any_of(list.begin(), list.end(), [](JsonValue entry) { return entry.text() == kKms; });
}

// Basic selectors name the excluded sources; advanced ones demand that eventSource is not KMS's.
bool excludes_kms(JsonValue parameters) {
  for (const JsonValue selector : parameters["eventSelectors"])
    if (holds_kms(selector["excludeManagementEventSources"])) return true;
  for (const JsonValue selector : parameters["advancedEventSelectors"])
    for (const JsonValue field : selector["fieldSelectors"])
      if (field["field"].text() == "eventSource" && holds_kms(field["notEquals"])) return true;
  return false;
}

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

// Fills what depends on the kind; false: not an event of ours.
bool read_kind(JsonValue record, std::string_view source, KmsEvent& event) {
  const JsonValue parameters = record["requestParameters"];
  if (source == "cloudtrail.amazonaws.com" && event.name == kSelectors) {
    event.kind = KmsEvent::Kind::selectors;
    event.trail = parameters["trailName"].text();
    event.excludes_kms = excludes_kms(parameters);
    return true;
  }
  if (source != kKms) return false;
  const JsonValue context = parameters["encryptionContext"];
  event.key = first_of(key_of_resources(record), parameters["keyId"].text());
  event.trail = context[kTrailContext].text();
  event.object = context["aws:s3:arn"].text();
  if (event.name == "Decrypt") {
    event.kind = KmsEvent::Kind::decrypt;
    return !event.trail.empty();
  }
  if (event.name == "GenerateDataKey") {
    event.kind = KmsEvent::Kind::data_key;
    // Events of 2015 show an assumed role of CloudTrail's instead of the service.
    const std::string_view by = record["userIdentity"]["invokedBy"].text();
    const bool by_service =
        by == "cloudtrail.amazonaws.com" || (by.empty() && event.actor.find("AWSCloudTrail") != std::string::npos);
    return by_service && !event.trail.empty() && !event.object.empty();
  }
  event.kind = KmsEvent::Kind::key_change;
  if (event.name == "PutKeyPolicy") event.policy = record["requestParameters"]["policy"].text();
  return is_key_change(event.name);
}

std::optional<KmsEvent> read_event(JsonValue record) {
  const auto at = parse_iso_utc(record["eventTime"].text());
  if (!at) return std::nullopt;
  const JsonValue identity = record["userIdentity"];
  KmsEvent event;
  event.name = record["eventName"].text();
  event.at = *at;
  event.actor = first_of(identity["arn"].text(), identity["invokedBy"].text());
  if (!read_kind(record, record["eventSource"].text(), event)) return std::nullopt;
  event.id = record["eventID"].text();
  event.region = record["awsRegion"].text();
  event.source_ip = record["sourceIPAddress"].text();
  event.error = record["errorCode"].text();
  return event;
}

}  // namespace

bool may_hold_kms_events(ByteView log) {
  const auto text = as_text(log);
  return holds(text, kTrailContext) || holds_key_change(text) || holds(text, kSelectors);
}

Result<std::vector<KmsEvent>> parse_kms_events(ByteView log) {
  std::vector<KmsEvent> events;
  TRY_VOID(for_each_record(log, [&](const LogRecord& record) {
    if (auto event = read_event(record.content); event && events.size() <= kMostEvents)
      events.push_back(std::move(*event));
  }));
  if (events.size() > kMostEvents) return Error{Errc::limit, "more than 100,000 events of KMS in one log"};
  return events;
}

}  // namespace trailseal::trail
