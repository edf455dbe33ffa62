#include "trail/kms_events.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>

namespace trailseal::trail {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 128;
constexpr std::size_t kMostEvents = 100'000;  // a log file has some 10,000 records of any kind

// The string at a path of names, or an empty one.
template <class... Names>
std::string_view text_at(dom::element element, Names... names) {
  for (const std::string_view name : {std::string_view(names)...}) {
    dom::object object;
    if (element.get_object().get(object) != simdjson::SUCCESS || object[name].get(element) != simdjson::SUCCESS)
      return {};
  }
  std::string_view text;
  return element.get_string().get(text) == simdjson::SUCCESS ? text : std::string_view();
}

bool is_key_change(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kNames = {
      "DisableKey",   "EnableKey", "ScheduleKeyDeletion", "CancelKeyDeletion",        "DeleteKey",
      "PutKeyPolicy", "RotateKey", "DisableKeyRotation",  "DeleteImportedKeyMaterial"};
  return std::ranges::find(kNames, name) != kNames.end();
}

// The first KMS key among the event's resources.
std::string_view key_of_resources(dom::element record) {
  dom::array resources;
  if (record["resources"].get_array().get(resources) != simdjson::SUCCESS) return {};
  for (const dom::element resource : resources) {
    const std::string_view arn = text_at(resource, "ARN");
    if (arn.find(":kms:") != std::string_view::npos) return arn;
  }
  return {};
}

bool holds_kms(dom::element value) {
  dom::array list;
  if (value.get_array().get(list) != simdjson::SUCCESS) return false;
  for (const dom::element entry : list) {
    std::string_view text;
    if (entry.get_string().get(text) == simdjson::SUCCESS && text == kKmsMark) return true;
  }
  return false;
}

// Basic selectors name the excluded sources; advanced ones demand that eventSource is not KMS's.
bool excludes_kms(dom::element record) {
  dom::element parameters;
  if (record["requestParameters"].get(parameters) != simdjson::SUCCESS || !parameters.is_object()) return false;
  dom::array selectors;
  if (parameters["eventSelectors"].get_array().get(selectors) == simdjson::SUCCESS) {
    for (const dom::element selector : selectors) {
      dom::element sources;
      if (selector.is_object() && selector["excludeManagementEventSources"].get(sources) == simdjson::SUCCESS &&
          holds_kms(sources))
        return true;
    }
  }
  if (parameters["advancedEventSelectors"].get_array().get(selectors) == simdjson::SUCCESS) {
    for (const dom::element selector : selectors) {
      dom::array fields;
      if (!selector.is_object() || selector["fieldSelectors"].get_array().get(fields) != simdjson::SUCCESS) continue;
      for (const dom::element field : fields) {
        dom::element values;
        if (text_at(field, "field") == "eventSource" && field["notEquals"].get(values) == simdjson::SUCCESS &&
            holds_kms(values))
          return true;
      }
    }
  }
  return false;
}

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

// Fills what depends on the kind; false: not an event of ours.
bool read_kind(dom::element record, std::string_view source, KmsEvent& event) {
  if (source == "cloudtrail.amazonaws.com" && event.name == "PutEventSelectors") {
    event.kind = KmsEvent::Kind::selectors;
    event.trail = text_at(record, "requestParameters", "trailName");
    event.excludes_kms = excludes_kms(record);
    return true;
  }
  if (source != kKmsMark) return false;
  event.key = first_of(key_of_resources(record), text_at(record, "requestParameters", "keyId"));
  event.trail = text_at(record, "requestParameters", "encryptionContext", "aws:cloudtrail:arn");
  event.object = text_at(record, "requestParameters", "encryptionContext", "aws:s3:arn");
  if (event.name == "Decrypt") {
    event.kind = KmsEvent::Kind::decrypt;
    return !event.trail.empty();
  }
  if (event.name == "GenerateDataKey") {
    event.kind = KmsEvent::Kind::data_key;
    // Events of 2015 show an assumed role of CloudTrail's instead of the service.
    const std::string_view by = text_at(record, "userIdentity", "invokedBy");
    const bool by_service =
        by == "cloudtrail.amazonaws.com" || (by.empty() && event.actor.find("AWSCloudTrail") != std::string::npos);
    return by_service && !event.trail.empty() && !event.object.empty();
  }
  event.kind = KmsEvent::Kind::key_change;
  return is_key_change(event.name);
}

Result<dom::array> records_of(dom::element root) {
  dom::array records;
  if (root.get_array().get(records) == simdjson::SUCCESS) return records;
  dom::object object;
  if (root.get_object().get(object) == simdjson::SUCCESS &&
      object["Records"].get_array().get(records) == simdjson::SUCCESS)
    return records;
  return Error{Errc::corrupt, "not a log: no list of records"};
}

}  // namespace

Result<std::vector<KmsEvent>> parse_kms_events(ByteView log) {
  if (log.empty()) return Error{Errc::corrupt, "not a log: no list of records"};
  dom::parser parser;
  if (parser.allocate(log.size(), kMaxDepth) != simdjson::SUCCESS)
    return Error{Errc::limit, "not enough memory for the log"};
  dom::element root;
  if (const auto code = parser.parse(log.data(), log.size()).get(root); code != simdjson::SUCCESS)
    return Error{Errc::corrupt, std::string("not valid JSON: ") + simdjson::error_message(code)};
  TRY(const dom::array records, records_of(root));
  std::vector<KmsEvent> events;
  for (const dom::element record : records) {
    if (!record.is_object()) continue;
    const auto at = parse_iso_utc(text_at(record, "eventTime"));
    if (!at) continue;
    KmsEvent event;
    event.name = text_at(record, "eventName");
    event.at = *at;
    event.actor = first_of(text_at(record, "userIdentity", "arn"), text_at(record, "userIdentity", "invokedBy"));
    if (!read_kind(record, text_at(record, "eventSource"), event)) continue;
    event.id = text_at(record, "eventID");
    event.region = text_at(record, "awsRegion");
    event.source_ip = text_at(record, "sourceIPAddress");
    event.error = text_at(record, "errorCode");
    if (events.size() == kMostEvents) return Error{Errc::limit, "more than 100,000 events of KMS in one log"};
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace trailseal::trail
