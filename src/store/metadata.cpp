#include "store/metadata.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

namespace trailseal::store {
namespace {

constexpr std::string_view kHeaderPrefix = "x-amz-meta-";

// Metadata names are header names: their case means nothing.
std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

Result<void> add(Metadata& metadata, std::string name, const nlohmann::json& value) {
  if (!value.is_string()) return Error{Errc::corrupt, fmt::format("the metadata value of {} is no text", name)};
  const auto [entry, is_new] = metadata.emplace(std::move(name), value.get_ref<const std::string&>());
  if (!is_new) return Error{Errc::corrupt, fmt::format("the metadata name {} stands twice", entry->first)};
  return {};
}

}  // namespace

Result<Metadata> parse_side_file(ByteView json) {
  if (json.size() > kMostSideFileBytes)
    return Error{Errc::limit, fmt::format("more than {} bytes of metadata", kMostSideFileBytes)};

  // The library keeps the last of two members with one name; another reader may keep the first.
  std::vector<std::set<std::string>> open_objects;
  bool twice = false;
  const auto watch = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& parsed) {
    using Event = nlohmann::json::parse_event_t;
    if (event == Event::object_start) open_objects.emplace_back();
    if (event == Event::object_end) open_objects.pop_back();
    if (event == Event::key && !open_objects.back().insert(parsed.get<std::string>()).second) twice = true;
    return true;
  };
  const auto root = nlohmann::json::parse(json.begin(), json.end(), watch, false);
  if (root.is_discarded()) return Error{Errc::corrupt, "the metadata are no valid JSON"};
  if (!root.is_object()) return Error{Errc::corrupt, "the metadata are no JSON object"};
  if (twice) return Error{Errc::corrupt, "the metadata hold one name twice"};

  Metadata metadata;
  for (const auto& [name, value] : root.items()) {
    if (name == "Metadata") {
      if (!value.is_object()) return Error{Errc::corrupt, "the member Metadata is no JSON object"};
      for (const auto& [inner, text] : value.items()) TRY_VOID(add(metadata, lower(inner), text));
    } else if (const std::string header = lower(name); header.starts_with(kHeaderPrefix)) {
      TRY_VOID(add(metadata, header.substr(kHeaderPrefix.size()), value));
    }
  }
  return metadata;
}

}  // namespace trailseal::store
