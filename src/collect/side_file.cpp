#include "collect/side_file.hpp"

#include <nlohmann/json.hpp>

#include "base/escape.hpp"

namespace trailseal::collect {

std::string side_file(const store::Object& object, std::uint64_t size) {
  const store::Attributes& attributes = object.attributes;
  nlohmann::ordered_json out;
  const auto put = [&](const char* name, const std::string& text) {
    if (!text.empty()) out[name] = base::to_utf8(text);
  };
  if (attributes.modified) out["LastModified"] = to_string(*attributes.modified);
  out["ContentLength"] = size;
  put("ETag", attributes.etag);
  put("VersionId", attributes.version_id);
  put("ServerSideEncryption", attributes.encryption);
  put("SSEKMSKeyId", attributes.kms_key);
  if (attributes.bucket_key) out["BucketKeyEnabled"] = true;
  put("StorageClass", attributes.storage_class);
  out["Metadata"] = nlohmann::ordered_json::object();
  if (object.metadata)
    for (const auto& [name, value] : *object.metadata) out["Metadata"][base::to_utf8(name)] = base::to_utf8(value);
  return out.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace trailseal::collect
