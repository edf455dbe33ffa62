// CSV and JSON Lines: one line for each event, all that is known of it. Documented in trailseal-events(1).
#include <nlohmann/json.hpp>

#include "base/csv.hpp"
#include "base/escape.hpp"
#include "forensics/event_table.hpp"

namespace trailseal::forensics {
namespace {

using nlohmann::ordered_json;

std::string_view word(const std::optional<bool>& value) { return !value ? "" : *value ? "true" : "false"; }

ordered_json text_or_null(std::string_view evidence) {
  return evidence.empty() ? ordered_json(nullptr) : ordered_json(base::to_utf8(evidence));
}

ordered_json maybe(const std::optional<bool>& value) { return value ? ordered_json(*value) : ordered_json(nullptr); }

// In one cell, in the same order as those of the other column.
template <class Member>
std::string joined(const std::vector<Resource>& resources, Member member) {
  std::string text;
  for (const Resource& resource : resources) text.append(text.empty() ? "" : "; ").append(resource.*member);
  return text;
}

}  // namespace

std::string csv_header() {
  return "event_name,event_time,user_name,event_source,resource_type,resource_name,trust,in_event_history,kind,event_"
         "id,"
         "region,account,actor,role,mfa,access_key_id,source_ip,user_agent,read_only,error_code,error_message,detail,"
         "reason,log,record,digest\n";
}

std::string csv_row(const Event& event, const base::TimeZone& zone) {
  const Provenance& from = event.provenance;
  const std::string cells[] = {event.name,
                               zone.iso(event.at),
                               event.user_name,
                               event.source,
                               joined(event.resources, &Resource::type),
                               joined(event.resources, &Resource::name),
                               std::string(to_string(from.trust)),
                               from.in_history ? "true" : "false",
                               std::string(to_string(event.kind)),
                               event.id,
                               event.region,
                               event.account,
                               event.actor,
                               event.role,
                               std::string(word(event.mfa)),
                               event.access_key,
                               event.source_ip,
                               event.user_agent,
                               std::string(word(event.read_only)),
                               event.error,
                               event.error_message,
                               event.detail,
                               from.reason,
                               from.log,
                               std::to_string(from.index),
                               from.digest};
  std::string row;
  for (const std::string& cell : cells) row.append(row.empty() ? "" : ",").append(base::csv_cell(cell));
  return row + "\n";
}

std::string json_line(const Event& event, const base::TimeZone& zone) {
  ordered_json resources = ordered_json::array();
  for (const Resource& resource : event.resources)
    resources.push_back({{"type", text_or_null(resource.type)}, {"name", base::to_utf8(resource.name)}});
  const Provenance& from = event.provenance;
  const ordered_json line = {{"event_name", base::to_utf8(event.name)},
                             {"event_time", zone.iso(event.at)},
                             {"user_name", text_or_null(event.user_name)},
                             {"event_source", text_or_null(event.source)},
                             {"resources", std::move(resources)},
                             {"trust", to_string(from.trust)},
                             {"in_event_history", from.in_history},
                             {"kind", to_string(event.kind)},
                             {"event_id", text_or_null(event.id)},
                             {"region", text_or_null(event.region)},
                             {"account", text_or_null(event.account)},
                             {"actor", text_or_null(event.actor)},
                             {"role", text_or_null(event.role)},
                             {"mfa", maybe(event.mfa)},
                             {"access_key_id", text_or_null(event.access_key)},
                             {"source_ip", text_or_null(event.source_ip)},
                             {"user_agent", text_or_null(event.user_agent)},
                             {"read_only", maybe(event.read_only)},
                             {"error_code", text_or_null(event.error)},
                             {"error_message", text_or_null(event.error_message)},
                             {"detail", text_or_null(event.detail)},
                             {"reason", text_or_null(from.reason)},
                             {"log", base::to_utf8(from.log)},
                             {"record", from.index},
                             {"digest", text_or_null(from.digest)}};
  return line.dump(-1, ' ', true) + "\n";
}

}  // namespace trailseal::forensics
