// What S3 says of an object, in the shape of `aws s3api head-object`: the side files of a collection.
#pragma once

#include <string>

#include "trailseal/store.hpp"

namespace trailseal::collect {

std::string side_file(const store::Object& object, std::uint64_t size);

}  // namespace trailseal::collect
