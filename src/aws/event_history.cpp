#include "aws/event_history.hpp"

#include <nlohmann/json.hpp>
#include <set>

#include "aws/endpoints.hpp"
#include "aws/service.hpp"

namespace trailseal::aws {
namespace {

using nlohmann::json;

constexpr std::size_t kMostPages = 40;  // of 50 events; CloudTrail gives two a second
constexpr std::chrono::seconds kTimeout{20};

// The token of the next page; empty: this was the last.
Result<std::string> next_of(ByteView page) {
  const json document = json::parse(page.begin(), page.end(), nullptr, false);
  if (!document.is_object() || !document.contains("Events")) return Error{Errc::corrupt, "the answer holds no Events"};
  const auto token = document.find("NextToken");
  if (token == document.end() || token->is_null()) return std::string();
  if (!token->is_string()) return Error{Errc::corrupt, "NextToken is of the wrong kind"};
  return token->get<std::string>();
}

}  // namespace

Result<std::vector<Bytes>> look_up_events(const Surroundings& surroundings, CredentialSource& credentials,
                                          const std::string& region, std::string_view event_name,
                                          std::string_view custom_endpoint) {
  if (!is_region(region)) return Error{Errc::invalid_argument, "not a region: " + region};
  TRY(std::string url,
      endpoint_url("cloudtrail", region, endpoint_options("cloudtrail", surroundings.environment, custom_endpoint)));
  const Service service{std::move(url), {region, "cloudtrail"}, kTimeout};
  const std::string what = "LookupEvents in " + region;
  const json attribute = {{"AttributeKey", "EventName"}, {"AttributeValue", std::string(event_name)}};
  json request = {{"LookupAttributes", json::array()}, {"MaxResults", 50}};
  request["LookupAttributes"].push_back(attribute);
  std::vector<Bytes> pages;
  std::set<std::string> tokens;
  while (pages.size() < kMostPages) {
    Headers headers;
    headers.set("Content-Type", "application/x-amz-json-1.1");
    headers.set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents");
    TRY(Bytes page, post(surroundings, service, std::move(headers), request.dump(), &credentials, what));
    const auto next = next_of(page);
    if (!next) return Error{next.error().code, what + ": " + next.error().message};
    pages.push_back(std::move(page));
    if (next->empty()) return pages;
    if (!tokens.insert(*next).second) return Error{Errc::limit, what + ": the pages go round in a circle"};
    request["NextToken"] = *next;
  }
  return Error{Errc::limit, what + ": more than " + std::to_string(kMostPages) + " pages"};
}

}  // namespace trailseal::aws
