// What reading a bucket takes, and about what AWS asks for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace trailseal::cli {

// Prices of S3 Standard in us-east-1, in millionths of a US dollar for 1,000 requests, as of November 2026. Transfer
// out of AWS comes on top, and depends on where the reader is.
inline constexpr std::uint64_t kListPrice = 5000;
inline constexpr std::uint64_t kGetPrice = 400;

struct Estimate {
  std::uint64_t objects = 0;  // each is one GET
  std::uint64_t bytes = 0;    // as stored
};

// A table of what is read for each chain or folder, the sum, and the cost; `lists` are the requests that list.
std::string estimate_text(const std::map<std::string, Estimate>& rows, std::uint64_t lists);

}  // namespace trailseal::cli
