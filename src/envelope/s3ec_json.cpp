// The JSON around objects of the S3 Encryption Client. It is written by whoever could write the object, and readers
// differ in which of two members of one name they take: a name that stands twice is refused.
#include <nlohmann/json.hpp>
#include <set>

#include "envelope/s3ec.hpp"

namespace trailseal::envelope {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxMetadata = 64u << 10;  // S3 allows 2 KB of metadata, and headers beside them
constexpr int kMaxDepth = 8;
constexpr std::string_view kHeaderPrefix = "x-amz-meta-";

// One JSON object without repeated names, or why not.
Result<json> parse_object(ByteView bytes) {
  std::vector<std::set<std::string>> open_objects;
  bool twice = false, deep = false;
  const auto watch = [&](int depth, json::parse_event_t event, json& parsed) {
    using Event = json::parse_event_t;
    if (depth > kMaxDepth) deep = true;
    if (event == Event::object_start) open_objects.emplace_back();
    if (event == Event::object_end) open_objects.pop_back();
    if (event == Event::key && !open_objects.back().insert(parsed.get<std::string>()).second) twice = true;
    return !deep;
  };
  json root = json::parse(bytes.begin(), bytes.end(), watch, false);
  if (deep) return Error{Errc::corrupt, "nested too deeply"};
  if (root.is_discarded()) return Error{Errc::corrupt, "no valid JSON"};
  if (!root.is_object()) return Error{Errc::corrupt, "no JSON object"};
  if (twice) return Error{Errc::corrupt, "one name stands twice"};
  return root;
}

// Names of headers: their case means nothing.
std::string header_name(std::string_view text) {
  std::string name(text);
  for (char& c : name)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  if (name.starts_with(kHeaderPrefix)) name.erase(0, kHeaderPrefix.size());
  return name;
}

Result<void> add(Metadata& metadata, std::string name, const json& value) {
  if (!value.is_string()) return Error{Errc::corrupt, "the metadata value of " + name + " is no text"};
  const auto [entry, is_new] = metadata.emplace(std::move(name), value.get_ref<const std::string&>());
  if (!is_new) return Error{Errc::corrupt, "the metadata name " + entry->first + " stands twice"};
  return {};
}

}  // namespace

Result<Metadata> parse_metadata(ByteView bytes) {
  if (bytes.size() > kMaxMetadata)
    return Error{Errc::limit, "more than " + std::to_string(kMaxMetadata) + " bytes of metadata"};
  auto root = parse_object(bytes);
  if (!root) return Error{Errc::corrupt, "the metadata are not one proper JSON object: " + root.error().message};
  Metadata metadata;
  for (const auto& [name, value] : root->items()) {
    if (name == "Metadata" && value.is_object()) {
      for (const auto& [inner, text] : value.items()) TRY_VOID(add(metadata, header_name(inner), text));
    } else if (const std::string header = header_name(name); header.size() != name.size() || is_s3ec_name(header)) {
      TRY_VOID(add(metadata, header, value));
    }
  }
  return metadata;
}

Failure parse_text_members(ByteView bytes, std::map<std::string, std::string>& members) {
  const auto root = parse_object(bytes);
  if (!root) return malformed(root.error().message);
  for (const auto& [name, value] : root->items()) {
    if (!value.is_string()) return malformed("a value that is no text");
    members.emplace(name, value.get_ref<const std::string&>());
  }
  return {};
}

}  // namespace trailseal::envelope
