#include "store/metadata.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>
#include <utility>
#include <vector>

#include "base/http_date.hpp"

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

Error not_so(std::string_view name) { return {Errc::corrupt, fmt::format("the value of {} is of another type", name)}; }

Result<void> set_text(std::string& field, std::string_view name, const nlohmann::json& value) {
  if (!value.is_string()) return not_so(name);
  if (!field.empty()) return Error{Errc::corrupt, fmt::format("{} stands under two names", name)};
  field = value.get_ref<const std::string&>();
  return {};
}

// Members of `aws s3api head-object`, and the headers that they come from. Names of neither kind are ignored.
Result<void> set_attribute(Attributes& to, std::string_view name, const nlohmann::json& value) {
  if (value.is_null()) return {};
  const std::string header = lower(name);
  if (name == "VersionId" || header == "x-amz-version-id") return set_text(to.version_id, name, value);
  if (header == "etag") return set_text(to.etag, name, value);
  if (name == "StorageClass" || header == "x-amz-storage-class") return set_text(to.storage_class, name, value);
  if (name == "ServerSideEncryption" || header == "x-amz-server-side-encryption")
    return set_text(to.encryption, name, value);
  if (name == "SSEKMSKeyId" || header == "x-amz-server-side-encryption-aws-kms-key-id")
    return set_text(to.kms_key, name, value);
  if (name == "BucketKeyEnabled" || header == "x-amz-server-side-encryption-bucket-key-enabled") {
    if (!value.is_boolean() && value != "true" && value != "false") return not_so(name);
    to.bucket_key = value == true || value == "true";
  }
  if (name == "LastModified" || header == "last-modified") {
    if (!value.is_string()) return not_so(name);
    const auto& text = value.get_ref<const std::string&>();
    auto time = parse_time(text);
    if (!time) time = base::parse_http_date(text);
    if (!time) return Error{Errc::corrupt, fmt::format("the value of {} is no time", name)};
    to.modified = *time;
  }
  return {};
}

}  // namespace

Result<SideFile> parse_side_file(ByteView json) {
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

  SideFile side;
  Metadata& metadata = side.metadata;
  for (const auto& [name, value] : root.items()) {
    if (name == "Metadata") {
      if (!value.is_object()) return Error{Errc::corrupt, "the member Metadata is no JSON object"};
      for (const auto& [inner, text] : value.items()) TRY_VOID(add(metadata, lower(inner), text));
    } else if (const std::string header = lower(name); header.starts_with(kHeaderPrefix)) {
      TRY_VOID(add(metadata, header.substr(kHeaderPrefix.size()), value));
    } else {
      TRY_VOID(set_attribute(side.attributes, name, value));
    }
  }
  return side;
}

}  // namespace trailseal::store
