// S3's listings (Amazon S3 API Reference, ListObjectsV2 and ListObjectVersions).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::aws {

inline constexpr std::size_t kMostKeyBytes = 1024;        // S3's own limit
inline constexpr std::size_t kMostPageBytes = 16u << 20;  // 1,000 of the longest keys, encoded, need 4 MB
inline constexpr std::size_t kMostPageEntries = 10'000;   // S3 gives 1,000; others more

struct ListedObject {
  std::string key;
  std::uint64_t size = 0;
  std::string modified;  // "2026-07-01T00:13:52.000Z", as S3 writes it
  std::string etag;      // with its quotes
  std::string storage_class;
};

struct ObjectPage {
  std::vector<ListedObject> objects;
  std::vector<std::string> folders;  // the common prefixes
  std::string next;                  // the continuation token; empty: this was the last page
};

struct ListedVersion {
  ListedObject object;  // of a delete marker: key and time only
  std::string version;
  bool latest = false;
  bool delete_marker = false;
};

struct VersionPage {
  std::vector<ListedVersion> versions;
  std::vector<std::string> folders;
  bool more = false;
  std::string next_key, next_version;  // the markers of the next page
};

// Keys, prefixes and markers are decoded if the page says that they are encoded. Errors: corrupt (not such a page, a
// key, size or flag that cannot be one, more to come and no way to ask for it), limit (too many entries).
Result<ObjectPage> parse_object_page(ByteView xml);
Result<VersionPage> parse_version_page(ByteView xml);

}  // namespace trailseal::aws
