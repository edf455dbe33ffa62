#include "trail/kms_events.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/arn.hpp"
#include "trail/log_records.hpp"

namespace trailseal::trail {
namespace {

constexpr std::size_t kMostEvents = 100'000;  // a log file has some 10,000 records of any kind

constexpr std::string_view kKms = "kms.amazonaws.com";
constexpr std::string_view kTrailContext = "aws:cloudtrail:arn";  // of the encryption context, for objects of trails
constexpr std::string_view kSelectors = "PutEventSelectors";
constexpr std::string_view kDecrypt = "Decrypt";
constexpr std::string_view kDataKey = "GenerateDataKey";
constexpr std::string_view kKey = "Key";
constexpr std::array<std::string_view, 10> kKeyChanges = {
    "DisableKey",   "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion",         "DeleteKey",
    "PutKeyPolicy", "RotateKey", "DisableKeyRotation",  "DeleteImportedKeyMaterial", "ImportKeyMaterial"};

bool is_key_change(std::string_view name) { return std::ranges::find(kKeyChanges, name) != kKeyChanges.end(); }

// What a log may hold, by words in it that begin with letters which are rare in logs: so these few passes over every
// byte of every log cost next to nothing.
struct Marks {
  bool key_change = false, data_key = false, decrypt = false, selectors = false;
};

Marks marks_of(std::string_view text) {
  Marks marks;
  for (auto at = text.find(kKey); at != std::string_view::npos; at = text.find(kKey, at + kKey.size())) {
    const auto stands_here = [&](std::string_view name) {
      const auto before = name.find(kKey);
      return before <= at && text.substr(at - before, name.size()) == name;
    };
    marks.key_change |= std::ranges::any_of(kKeyChanges, stands_here);
    marks.data_key |= stands_here(kDataKey);
  }
  marks.decrypt = text.find(kDecrypt) != std::string_view::npos;
  marks.selectors = text.find(kSelectors) != std::string_view::npos;
  return marks;
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

// Until the service had a principal of its own it acted from these accounts, as the role AWSCloudTrail (CloudTrail
// User Guide of 2015, bucket policies with account ids; AWS GovCloud and China by their own guides).
constexpr std::array<std::string_view, 11> kOwnAccounts = {
    "903692715234", "035351147821", "859597730677", "814480443879", "216624486486", "086441151436",
    "388731089494", "284668455005", "113285607260", "608710470296", "193415116832"};
constexpr std::string_view kOwnRole = "assumed-role/AWSCloudTrail/";

// Whoever has an account may name a role as they like and choose a context: neither makes them CloudTrail.
bool by_cloudtrail(JsonValue record) {
  const JsonValue identity = record["userIdentity"];
  const std::string_view by = identity["invokedBy"].text();
  if (!by.empty()) return by == "cloudtrail.amazonaws.com";
  const auto arn = base::parse_arn(identity["arn"].text());
  return arn && identity["type"].text() == "AssumedRole" && arn->service == "sts" &&
         std::ranges::find(kOwnAccounts, arn->account) != kOwnAccounts.end() && arn->resource.starts_with(kOwnRole);
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
  if (event.name == kDecrypt) {
    event.kind = KmsEvent::Kind::decrypt;
    return !event.trail.empty();
  }
  if (event.name == kDataKey) {
    event.kind = KmsEvent::Kind::data_key;
    return by_cloudtrail(record) && !event.trail.empty() && !event.object.empty();
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
  const Marks marks = marks_of(text);
  if (marks.key_change || marks.selectors) return true;
  // Most data keys are other services' and not for objects of a trail. memmem is several times as fast as find, which
  // stops at every "a".
  return (marks.data_key || marks.decrypt) &&
         memmem(text.data(), text.size(), kTrailContext.data(), kTrailContext.size()) != nullptr;
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
