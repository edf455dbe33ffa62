// CSV and JSON Lines: one line for each event, all that is known of it. Documented in trailseal-events(1).
#include <utility>

#include "base/csv.hpp"
#include "base/escape.hpp"
#include "forensics/event_table.hpp"

namespace trailseal::forensics {
namespace {

std::string_view word(const std::optional<bool>& value) { return !value ? "" : *value ? "true" : "false"; }

// Written as it comes: a tree of JSON for each of a million lines would cost more than all else.
class JsonObject {
 public:
  void raw(std::string_view name, std::string_view json) {
    out_.append(out_.empty() ? "{\"" : ",\"").append(name).append("\":").append(json);
  }
  void text(std::string_view name, std::string_view evidence) { raw(name, base::json_text(evidence)); }
  void text_or_null(std::string_view name, std::string_view evidence) {
    raw(name, evidence.empty() ? "null" : base::json_text(evidence));
  }
  void maybe(std::string_view name, const std::optional<bool>& value) { raw(name, value ? word(value) : "null"); }
  std::string end() { return std::move(out_) + "}"; }

 private:
  std::string out_;
};

std::string json_list(const std::vector<Resource>& resources) {
  std::string list = "[";
  for (const Resource& resource : resources) {
    JsonObject object;
    object.text_or_null("type", resource.type);
    object.text("name", resource.name);
    list.append(list.size() == 1 ? "" : ",").append(object.end());
  }
  return list + "]";
}

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
  const std::string time = zone.iso(event.at), types = joined(event.resources, &Resource::type),
                    names = joined(event.resources, &Resource::name), index = std::to_string(from.index);
  const std::string_view cells[] = {event.name,
                                    time,
                                    event.user_name,
                                    event.source,
                                    types,
                                    names,
                                    to_string(from.trust),
                                    from.in_history ? "true" : "false",
                                    to_string(event.kind),
                                    event.id,
                                    event.region,
                                    event.account,
                                    event.actor,
                                    event.role,
                                    word(event.mfa),
                                    event.access_key,
                                    event.source_ip,
                                    event.user_agent,
                                    word(event.read_only),
                                    event.error,
                                    event.error_message,
                                    event.detail,
                                    from.reason,
                                    from.log,
                                    index,
                                    from.digest};
  std::string row;
  for (const std::string_view cell : cells) row.append(row.empty() ? "" : ",").append(base::csv_cell(cell));
  return row + "\n";
}

std::string json_line(const Event& event, const base::TimeZone& zone) {
  const Provenance& from = event.provenance;
  JsonObject line;
  line.text("event_name", event.name);
  line.text("event_time", zone.iso(event.at));
  line.text_or_null("user_name", event.user_name);
  line.text_or_null("event_source", event.source);
  line.raw("resources", json_list(event.resources));
  line.text("trust", to_string(from.trust));
  line.maybe("in_event_history", from.in_history);
  line.text("kind", to_string(event.kind));
  line.text_or_null("event_id", event.id);
  line.text_or_null("region", event.region);
  line.text_or_null("account", event.account);
  line.text_or_null("actor", event.actor);
  line.text_or_null("role", event.role);
  line.maybe("mfa", event.mfa);
  line.text_or_null("access_key_id", event.access_key);
  line.text_or_null("source_ip", event.source_ip);
  line.text_or_null("user_agent", event.user_agent);
  line.maybe("read_only", event.read_only);
  line.text_or_null("error_code", event.error);
  line.text_or_null("error_message", event.error_message);
  line.text_or_null("detail", event.detail);
  line.text_or_null("reason", from.reason);
  line.text("log", from.log);
  line.raw("record", std::to_string(from.index));
  line.text_or_null("digest", from.digest);
  return line.end() + "\n";
}

}  // namespace trailseal::forensics
