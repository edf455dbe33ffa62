// What reading a bucket takes, and about what AWS asks for it.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace trailseal::cli {

// List prices of S3 Standard in us-east-1, in millionths of a US dollar, as of kPriceDate. Reading inside the bucket's
// region moves bytes free of charge. Not in here: retrieval from colder classes, KMS, discounts.
inline constexpr const char* kPriceDate = "November 2026";
inline constexpr std::uint64_t kListPrice = 5000;   // 1,000 requests
inline constexpr std::uint64_t kGetPrice = 400;     // 1,000 requests
inline constexpr std::uint64_t kOutPrice = 90'000;  // 10^9 bytes to the Internet

struct Estimate {
  std::uint64_t objects = 0;  // each is one GET
  std::uint64_t bytes = 0;    // as stored
};

// A table of what is read for each chain or folder, the sum, and the cost; `lists` are the requests that list.
std::string estimate_text(const std::map<std::string, Estimate>& rows, std::uint64_t lists);

}  // namespace trailseal::cli
