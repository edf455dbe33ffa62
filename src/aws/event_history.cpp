#include "aws/event_history.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "aws/endpoints.hpp"
#include "aws/service.hpp"

namespace trailseal::aws {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPages = 40;  // of 50 events; CloudTrail gives two a second
constexpr std::chrono::seconds kTimeout{20};

}  // namespace

Pages look_up_events(const Surroundings& surroundings, CredentialSource& credentials, const std::string& region,
                     std::string_view event_name, std::string_view custom_endpoint) {
  const auto failed = [](Error error) {
    Pages pages;
    pages.emplace_back(std::move(error));
    return pages;
  };
  if (!is_region(region)) return failed({Errc::invalid_argument, "not a region: " + region});
  auto url =
      endpoint_url("cloudtrail", region, endpoint_options("cloudtrail", surroundings.environment, custom_endpoint));
  if (!url) return failed(std::move(url).error());
  const Service service{std::move(url).value(), {region, "cloudtrail"}, kTimeout};
  const std::string what = "LookupEvents in " + region;
  const json attribute = {{"AttributeKey", "EventName"}, {"AttributeValue", std::string(event_name)}};
  json request = {{"LookupAttributes", json::array()}, {"MaxResults", 50}};
  request["LookupAttributes"].push_back(attribute);
  return ask_pages({what, "Events", "NextToken", "NextToken", kMostPages}, request.dump(), [&](std::string body) {
    Headers headers;
    headers.set("Content-Type", "application/x-amz-json-1.1");
    headers.set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
    return post(surroundings, service, std::move(headers), std::move(body), &credentials, what);
  });
}

}  // namespace trailseal::aws
