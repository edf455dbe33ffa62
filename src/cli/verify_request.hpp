// From the flags of `verify` to what the library is asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/flags.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

// Times, filters and numbers. `clock` is the system's time: the end that spans count back from when neither --until nor
// --now gives one.
std::optional<UsageError> read_request(const Arguments& arguments, Time clock, verify::Request& request);

// "DIR", "BUCKET=DIR" or "s3://BUCKET[/PREFIX]", taken apart. A directory whose name contains "=" is taken as it is
// when what stands before the "=" is no bucket's name.
struct SourceName {
  std::string bucket;       // empty: not given
  std::string path;         // empty: in S3
  std::string prefix = {};  // in S3; empty, or ends in "/"
  bool in_s3() const { return path.empty(); }
};
std::optional<UsageError> read_source(const std::string& word, SourceName& source);

}  // namespace trailseal::cli
