#include "cli/fetch_keys.hpp"

#include <optional>

#include "base/escape.hpp"
#include "base/parallel.hpp"
#include "cli/command.hpp"

namespace trailseal::cli {

Result<FetchedKeys> fetch_keys(const AwsAccess& access, const std::string& region, const Interval& span) {
  TRY(const aws::CloudTrail client,
      aws::CloudTrail::make(access.surroundings, *access.credentials, region, access.endpoint));
  FetchedKeys fetched;
  TRY(std::vector<aws::ListedKey> listed, client.list_public_keys(span));
  fetched.listed = {region, std::move(listed)};
  auto keys = trail::parse_public_keys(as_bytes(aws::public_keys_json({fetched.listed})), "cloudtrail:" + region,
                                       *access.surroundings.backend);
  if (!keys) return Error{keys.error().code, "ListPublicKeys in " + region + ": " + keys.error().message};
  fetched.keys = std::move(keys).value();
  return fetched;
}

std::vector<Result<FetchedKeys>> fetch_keys(const AwsAccess& access, const std::vector<RegionSpan>& regions) {
  constexpr unsigned kAtOnce = 16;
  std::vector<std::optional<Result<FetchedKeys>>> answers(regions.size());
  base::parallel_for(kAtOnce, regions.size(), 1,
                     [&](std::size_t i) { answers[i] = fetch_keys(access, regions[i].region, regions[i].span); });
  std::vector<Result<FetchedKeys>> all;
  for (auto& answer : answers) all.push_back(*std::move(answer));
  return all;
}

bool report_fetched(const Result<FetchedKeys>& fetched, const std::string& region) {
  if (!fetched) {
    fail("cannot get the keys: " + base::printable(fetched.error().message), aws_hint(fetched.error()));
  } else if (fetched->keys.empty()) {
    fail("CloudTrail of " + region + " has no keys for that time");
  }
  return fetched && !fetched->keys.empty();
}

}  // namespace trailseal::cli
