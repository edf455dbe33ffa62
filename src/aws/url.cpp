#include "aws/url.hpp"

namespace trailseal::aws {

std::optional<Url> parse_url(std::string_view text) {
  Url url;
  const auto colon = text.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  url.scheme = text.substr(0, colon);
  if (url.scheme != "https" && url.scheme != "http") return std::nullopt;
  text.remove_prefix(colon + 3);
  if (text.find('#') != std::string_view::npos) return std::nullopt;
  const auto end = text.find_first_of("/?");
  url.host = text.substr(0, end);
  if (url.host.find('@') != std::string_view::npos) return std::nullopt;
  const std::string_view own_port = url.scheme == "https" ? ":443" : ":80";
  if (url.host.ends_with(own_port)) url.host.remove_suffix(own_port.size());
  if (url.host.empty() || url.host.front() == ':') return std::nullopt;
  if (end == std::string_view::npos) return url;
  text.remove_prefix(end);
  const auto question = text.find('?');
  url.path = text.substr(0, question);
  if (question != std::string_view::npos) url.query = text.substr(question + 1);
  return url;
}

}  // namespace trailseal::aws
