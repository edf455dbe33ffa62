// The side files of a mirror: an object's S3 metadata as `aws s3api head-object` prints them.
#pragma once

#include "trailseal/store.hpp"

namespace trailseal::store {

// The name of a side file is its object's with this behind it.
inline constexpr std::string_view kSideFile = ".metadata.json";
inline constexpr std::size_t kMostSideFileBytes = 64u << 10;  // S3 allows 2 KB of metadata

struct SideFile {
  Metadata metadata;
  Attributes attributes;
};

// Reads {"Metadata": {"signature": "..."}, "ServerSideEncryption": "aws:kms", ...}, and header names at the top
// ("x-amz-meta-signature": "...", "x-amz-server-side-encryption": "aws:kms"). Other members are ignored, and so is an
// attribute that is null. Errors: corrupt (no JSON object, a name twice in one object, a value of another type, one
// attribute under two names), limit.
Result<SideFile> parse_side_file(ByteView json);

}  // namespace trailseal::store
