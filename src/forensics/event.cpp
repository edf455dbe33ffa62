#include "forensics/event.hpp"

#include <array>
#include <utility>

#include "forensics/event_columns.hpp"

namespace trailseal::forensics {
namespace {

using trail::JsonValue;

std::string_view first_of(std::string_view a, std::string_view b) { return a.empty() ? b : a; }

// Records of before 2019 have no category, and of before 2017 nothing but their resources.
Event::Kind kind_of(JsonValue record) {
  const std::string_view category = record["eventCategory"].text();
  const std::string_view type = record["eventType"].text();
  if (category == "Insight" || type == "AwsCloudTrailInsight") return Event::Kind::insight;
  if (category == "NetworkActivity" || type == "AwsVpceEvent") return Event::Kind::network_activity;
  if (category == "Data" || category == "Aggregated") return Event::Kind::data;
  if (category == "Management") return Event::Kind::management;
  if (const auto management = record["managementEvent"].boolean())
    return *management ? Event::Kind::management : Event::Kind::data;
  const bool of_object = record["eventSource"].text() == "s3.amazonaws.com" && record["requestParameters"]["key"];
  const bool of_function =
      record["eventName"].text() == "Invoke" && record["eventSource"].text() == "lambda.amazonaws.com";
  return of_object || of_function ? Event::Kind::data : Event::Kind::management;
}

std::optional<bool> mfa_of(JsonValue record) {
  const std::string_view session = record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"].text();
  const std::string_view login = record["additionalEventData"]["MFAUsed"].text();
  if (session == "true" || login == "Yes") return true;
  if (session == "false" || login == "No") return false;
  return std::nullopt;
}

// A boolean in records, a text in LookupEvents' own words.
std::optional<bool> read_only_of(const trail::LogRecord& record) {
  if (const auto said = record.content["readOnly"].boolean()) return said;
  for (const std::string_view text : {record.content["readOnly"].text(), record.entry["ReadOnly"].text()}) {
    if (text == "true") return true;
    if (text == "false") return false;
  }
  return std::nullopt;
}

std::string actor_of(JsonValue identity) {
  for (const char* name : {"arn", "invokedBy", "principalId", "accountId"}) {
    const std::string_view text = identity[name].text();
    if (!text.empty()) return std::string(text);
  }
  return {};
}

std::optional<Time> time_of(JsonValue record) {
  const std::string_view text = first_of(record["eventTime"].text(), record["timeWindow"]["windowStart"].text());
  if (auto exact = parse_iso_utc(text)) return *exact;
  if (auto other = parse_time(text)) return *other;
  return std::nullopt;
}

}  // namespace

std::string_view to_string(Trust trust) noexcept {
  switch (trust) {
    case Trust::verified: return "verified";
    case Trust::event_history: return "event-history";
    case Trust::unverified: break;
  }
  return "unverified";
}

std::string_view to_string(Event::Kind kind) noexcept {
  switch (kind) {
    case Event::Kind::management: return "management";
    case Event::Kind::data: return "data";
    case Event::Kind::insight: return "insight";
    case Event::Kind::network_activity: break;
  }
  return "network-activity";
}

std::optional<Event> read_event(const trail::LogRecord& record) {
  const JsonValue content = record.content;
  const JsonValue identity = content["userIdentity"];
  const JsonValue insight = content["insightDetails"];
  const auto at = time_of(content);
  // An aggregated event has a type and no name.
  std::string_view name = first_of(content["eventName"].text(), insight["eventName"].text());
  if (content["eventCategory"].text() == "Aggregated") name = first_of(name, content["eventType"].text());
  if (!at || name.empty()) return std::nullopt;
  Event event;
  event.id = first_of(content["eventID"].text(), content["eventId"].text());
  event.name = name;
  event.source = first_of(content["eventSource"].text(), insight["eventSource"].text());
  event.region = content["awsRegion"].text();
  event.at = *at;
  event.kind = kind_of(content);
  event.account = first_of(first_of(content["recipientAccountId"].text(), content["accountId"].text()),
                           identity["accountId"].text());
  event.user_name = user_name_of(record);
  event.actor = actor_of(identity);
  event.role = identity["sessionContext"]["sessionIssuer"]["arn"].text();
  event.access_key = identity["accessKeyId"].text();
  event.source_ip = content["sourceIPAddress"].text();
  event.user_agent = content["userAgent"].text();
  event.error = content["errorCode"].text();
  event.error_message = content["errorMessage"].text();
  if (insight) event.detail = std::string(insight["insightType"].text()) + " " + std::string(insight["state"].text());
  event.read_only = read_only_of(record);
  event.mfa = mfa_of(content);
  event.resources = resources_of(record);
  event.provenance.index = record.index;
  return event;
}

}  // namespace trailseal::forensics
