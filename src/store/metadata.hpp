// The side files of a mirror: an object's S3 metadata as `aws s3api head-object` prints them.
#pragma once

#include "trailseal/store.hpp"

namespace trailseal::store {

// The name of a side file is its object's with this behind it.
inline constexpr std::string_view kSideFile = ".metadata.json";
inline constexpr std::size_t kMostSideFileBytes = 64u << 10;  // S3 allows 2 KB of metadata

// Reads {"Metadata": {"signature": "..."}, ...}, and header names at the top ("x-amz-meta-signature": "..."). Other
// members are ignored. Errors: corrupt (no JSON object, a name twice in one object, a value that is no text), limit.
Result<Metadata> parse_side_file(ByteView json);

}  // namespace trailseal::store
