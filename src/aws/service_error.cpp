#include "aws/service_error.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string_view>

#include "aws/xml.hpp"

namespace trailseal::aws {
namespace {

constexpr std::size_t kMostBody = 64u << 10;
constexpr std::size_t kMostCode = 128, kMostMessage = 300;

ServiceError from_xml(ByteView body) {
  ServiceError error;
  const auto scanned = scan_xml(body, {nullptr, [&](std::string_view path, std::string_view text) -> Result<void> {
                                         if (path.starts_with("ErrorResponse/")) path.remove_prefix(14);
                                         if (path.starts_with("Response/Errors/")) path.remove_prefix(16);
                                         if (path == "Error/Code") error.code = text;
                                         if (path == "Error/Message") error.message = text;
                                         if (path == "Error/Region") error.region = text;
                                         if (path == "Error/Endpoint") error.endpoint = text;
                                         return {};
                                       }});
  return scanned ? error : ServiceError{};
}

// {"__type": "com.amazonaws.cloudtrail#ThrottlingException", "message": "..."}
ServiceError from_json(ByteView body) {
  ServiceError error;
  const auto json = nlohmann::json::parse(body.begin(), body.end(), nullptr, false);
  if (!json.is_object()) return error;
  const auto text = [&](const char* name) {
    const auto found = json.find(name);
    return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
  };
  error.code = text("__type");
  if (error.code.empty()) error.code = text("code");
  error.code.resize(std::min(error.code.find(':'), error.code.size()));  // "Name:http://..."
  error.code.erase(0, error.code.rfind('#') + 1);
  error.message = text("message");
  if (error.message.empty()) error.message = text("Message");
  return error;
}

}  // namespace

ServiceError service_error(const HttpResponse& response, ByteView body) {
  if (body.size() > kMostBody) return {};
  ServiceError error;
  const std::string_view content = as_text(body);
  const auto first = content.find_first_not_of(" \t\r\n");
  if (first != std::string_view::npos) error = content[first] == '{' ? from_json(body) : from_xml(body);
  if (const auto* type = response.headers.find("x-amzn-errortype"); type != nullptr && error.code.empty())
    error.code = type->substr(0, type->find(':'));
  if (error.code.size() > kMostCode) error.code.resize(kMostCode);
  if (error.message.size() > kMostMessage) error.message.resize(kMostMessage);
  return error;
}

}  // namespace trailseal::aws
