// S3 is asked for encoding-type=url, because XML cannot carry every key: then keys, prefixes and markers come
// percent-encoded, with "+" for a space, and <EncodingType>url</EncodingType> says so, perhaps behind the keys.
#include "aws/list_xml.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "aws/sigv4.hpp"
#include "aws/xml.hpp"

namespace trailseal::aws {
namespace {

Error corrupt(std::string_view fault) { return {Errc::corrupt, "the listing: " + std::string(fault)}; }

// What both kinds of listing have in common. The functions return false for what cannot be.
struct Page {
  bool root_seen = false, encoded = false, truncated = false, truncated_seen = false;
  std::size_t entries = 0;

  static bool flag(std::string_view text, bool& out) {
    out = text == "true";
    return out || text == "false";
  }

  static bool field(std::string_view name, std::string_view text, ListedObject& object) {
    if (name == "Key") object.key = text;
    if (name == "LastModified") object.modified = text;
    if (name == "ETag") object.etag = text;
    if (name == "StorageClass") object.storage_class = text;
    if (name != "Size") return true;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), object.size);
    return fault == std::errc{} && end == text.data() + text.size();
  }

  bool own_field(std::string_view name, std::string_view text) {
    if (name == "EncodingType") {
      encoded = true;
      return text == "url";
    }
    if (name != "IsTruncated") return true;
    truncated_seen = true;
    return flag(text, truncated);
  }

  void decode(std::string& text) const {
    if (!encoded) return;
    std::ranges::replace(text, '+', ' ');
    text = percent_decode(text);
  }

  bool decode_key(std::string& key) const {
    decode(key);
    return !key.empty() && key.size() <= kMostKeyBytes;
  }
};

// Walks the page; `field(place, name, text)` gets each leaf: "Contents/Key" is ("Contents", "Key").
template <class Open, class Field>
Result<void> walk(ByteView xml, std::string_view root, Page& page, const Open& open, const Field& field) {
  const auto below = [&](std::string_view path) { return path.substr(std::min(path.size(), root.size() + 1)); };
  return scan_xml(xml, {[&](std::string_view path) {
                          if (path == root) page.root_seen = true;
                          if (page.root_seen && path != root) open(below(path));
                        },
                        [&](std::string_view path, std::string_view text) -> Result<void> {
                          if (!page.root_seen) return corrupt("not one");
                          if (path == root) return {};
                          const std::string_view inner = below(path);
                          const auto slash = inner.find('/');
                          const bool top = slash == std::string_view::npos;
                          if (page.entries > kMostPageEntries)
                            return Error{Errc::limit, "a listing with too many entries"};
                          if (top ? page.own_field(inner, text) && field("", inner, text)
                                  : field(inner.substr(0, slash), inner.substr(slash + 1), text))
                            return {};
                          return corrupt("a value that cannot be one: " + std::string(inner));
                        }});
}

Result<void> finish(Page& page, std::vector<std::string>& folders) {
  if (!page.root_seen || !page.truncated_seen) return corrupt("not complete");
  for (std::string& folder : folders)
    if (!page.decode_key(folder)) return corrupt("a prefix that cannot be one");
  return {};
}

}  // namespace

Result<ObjectPage> parse_object_page(ByteView xml) {
  Page page;
  ObjectPage out;
  TRY_VOID(walk(
      xml, "ListBucketResult", page,
      [&](std::string_view path) {
        if (path != "Contents") return;
        ++page.entries;
        out.objects.emplace_back();
      },
      [&](std::string_view place, std::string_view name, std::string_view text) {
        if (place == "Contents") return Page::field(name, text, out.objects.back());
        if (place.empty() && name == "NextContinuationToken") out.next = text;
        if (place != "CommonPrefixes" || name != "Prefix") return true;
        ++page.entries;
        out.folders.emplace_back(text);
        return true;
      }));
  TRY_VOID(finish(page, out.folders));
  for (ListedObject& object : out.objects)
    if (!page.decode_key(object.key)) return corrupt("a key that cannot be one");
  if (page.truncated == out.next.empty()) return corrupt("its end is not clear");
  return out;
}

Result<VersionPage> parse_version_page(ByteView xml) {
  Page page;
  VersionPage out;
  TRY_VOID(walk(
      xml, "ListVersionsResult", page,
      [&](std::string_view path) {
        if (path != "Version" && path != "DeleteMarker") return;
        ++page.entries;
        out.versions.emplace_back().delete_marker = path == "DeleteMarker";
      },
      [&](std::string_view place, std::string_view name, std::string_view text) {
        if (place == "Version" || place == "DeleteMarker") {
          ListedVersion& version = out.versions.back();
          if (name == "VersionId") version.version = text;
          if (name == "IsLatest") return Page::flag(text, version.latest);
          return Page::field(name, text, version.object);
        }
        if (place.empty() && name == "NextKeyMarker") out.next_key = text;
        if (place.empty() && name == "NextVersionIdMarker") out.next_version = text;
        if (place != "CommonPrefixes" || name != "Prefix") return true;
        ++page.entries;
        out.folders.emplace_back(text);
        return true;
      }));
  TRY_VOID(finish(page, out.folders));
  for (ListedVersion& version : out.versions)
    if (!page.decode_key(version.object.key)) return corrupt("a key that cannot be one");
  page.decode(out.next_key);
  out.more = page.truncated;
  if (out.more && out.next_key.empty()) return corrupt("its end is not clear");
  return out;
}

}  // namespace trailseal::aws
