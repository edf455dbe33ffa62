#include "forensics/notable.hpp"

#include <algorithm>
#include <utility>

#include "forensics/event.hpp"
#include "forensics/rules.hpp"

namespace trailseal::forensics {
namespace {

using trail::JsonValue;

constexpr std::size_t kMostDepth = 10, kMostBytes = 1024;

void flatten(JsonValue value, const std::string& path, std::size_t depth, std::vector<Parameter>& out) {
  if (out.size() >= kMostParameters || depth > kMostDepth || path.size() > kMostBytes) return;
  switch (value.kind()) {
    case JsonValue::Kind::absent:
    case JsonValue::Kind::null: return;
    case JsonValue::Kind::boolean: out.push_back({path, *value.boolean() ? "true" : "false"}); return;
    case JsonValue::Kind::number: out.push_back({path, value.to_json()}); return;
    case JsonValue::Kind::text: out.push_back({path, std::string(value.text().substr(0, kMostBytes))}); return;
    case JsonValue::Kind::list:
    case JsonValue::Kind::object: break;
  }
  const bool list = value.kind() == JsonValue::Kind::list;
  for (auto member = value.begin(); member != value.end(); ++member) {
    std::string inner = path.empty() ? "" : path + ".";
    flatten(*member, inner.append(list ? "*" : member.name()), depth + 1, out);
  }
}

void add_resources(JsonValue record, std::vector<Parameter>& out) {
  for (const JsonValue resource : record["resources"]) {
    if (out.size() >= kMostParameters) return;
    for (const char* name : {"ARN", "arn"})
      if (const auto arn = resource[name].text(); !arn.empty()) out.push_back({"@resource", std::string(arn)});
  }
  const auto trail = record["responseElements"]["trailARN"].text();
  if (!trail.empty()) out.push_back({"@trail", std::string(trail)});
}

// The access key that a call gave out; empty: none. Services take roles all day, and touch no evidence with them.
std::string_view issued_by(JsonValue record) {
  if (!record["userIdentity"]["invokedBy"].text().empty()) return {};
  const JsonValue response = record["responseElements"];
  const auto session = response["credentials"]["accessKeyId"].text();
  return session.empty() ? response["accessKey"]["accessKeyId"].text() : session;
}

verdict::EventRef cite(Event&& event, const Origin& origin) {
  verdict::EventRef ref;
  ref.at = event.at;
  ref.id = std::move(event.id);
  ref.name = std::move(event.name);
  ref.source = std::move(event.source);
  ref.region = std::move(event.region);
  ref.account = std::move(event.account);
  ref.actor = std::move(event.actor);
  ref.user = std::move(event.user_name);
  ref.issuer = std::move(event.role);
  ref.access_key = std::move(event.access_key);
  ref.source_ip = std::move(event.source_ip);
  ref.user_agent = std::move(event.user_agent);
  ref.error = std::move(event.error);
  ref.mfa = event.mfa;
  ref.standing = origin.standing;
  ref.log = origin.log;
  ref.digest = origin.digest;
  ref.record = event.provenance.index;
  return ref;
}

}  // namespace

bool Notable::is(std::string_view service, std::string_view name) const {
  return event.name == name && event.source.size() == service.size() + std::string_view(".amazonaws.com").size() &&
         event.source.starts_with(service);
}

std::string_view Notable::value(std::string_view path) const {
  const auto found = std::ranges::find(parameters, path, &Parameter::path);
  return found == parameters.end() ? std::string_view() : found->value;
}

bool Notable::has(std::string_view path, std::string_view wanted) const {
  return std::ranges::any_of(parameters,
                             [&](const Parameter& each) { return each.path == path && each.value == wanted; });
}

std::optional<Notable> read_notable(const trail::LogRecord& record, const Origin& origin) {
  const JsonValue content = record.content;
  const auto lines = rules_of(content["eventSource"].text(), content["eventName"].text());
  if (lines.empty()) return std::nullopt;
  const bool access = lines.front()->subject == Subject::access;
  const auto issued = access ? issued_by(content) : std::string_view();
  if (access && issued.empty()) return std::nullopt;
  // It writes its own deliveries, some of them as events of the bucket.
  if (content["userIdentity"]["invokedBy"].text() == "cloudtrail.amazonaws.com") return std::nullopt;
  auto event = read_event(record);
  if (!event) return std::nullopt;
  Notable out;
  out.event = cite(*std::move(event), origin);
  const JsonValue request = content["requestParameters"];
  out.omitted = request["omitted"].boolean().value_or(false);
  if (access) out.parameters.push_back({"@issued", std::string(issued)});
  flatten(request, "", 0, out.parameters);
  add_resources(content, out.parameters);
  return out;
}

}  // namespace trailseal::forensics
