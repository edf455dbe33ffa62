#include <string_view>

#include "forensics/event_columns.hpp"

namespace trailseal::forensics {
namespace {

// What stands behind the last of these characters; empty: there is none.
std::string_view behind_last(std::string_view text, char mark) {
  const std::size_t at = text.rfind(mark);
  return at == std::string_view::npos ? std::string_view() : text.substr(at + 1);
}

}  // namespace

std::string user_name_of(const trail::LogRecord& record) {
  if (const auto said = record.entry["Username"].text(); !said.empty()) return std::string(said);
  const auto identity = record.content["userIdentity"];
  const std::string_view type = identity["type"].text();
  if (type == "Root") return "root";
  if (type == "AWSService" || type == "AWSAccount") return {};
  if (type == "AssumedRole" || type == "FederatedUser") {
    const std::string_view session = behind_last(identity["arn"].text(), '/');
    return std::string(session.empty() ? behind_last(identity["principalId"].text(), ':') : session);
  }
  return std::string(identity["userName"].text());
}

}  // namespace trailseal::forensics
