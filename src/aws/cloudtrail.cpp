#include "aws/cloudtrail.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <tuple>

#include "aws/endpoints.hpp"

namespace trailseal::aws {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kMostPages = 1'000;
constexpr std::size_t kMostKeys = 20'000;  // a year of a region has 40
constexpr std::size_t kMostTrails = 10'000;
constexpr double kMostTime = 253402300800.0;  // the year 10000

Error corrupt(const std::string& what) { return {Errc::corrupt, what}; }

// Reads members of one object; the first that is of the wrong kind makes the whole corrupt.
class Members {
 public:
  explicit Members(const json& object) : object_(object) {}

  std::string text(const char* name) {
    const json* value = find(name);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    return fail(name), std::string();
  }
  bool truth(const char* name) {
    const json* value = find(name);
    if (value == nullptr) return false;
    if (value->is_boolean()) return value->get<bool>();
    return fail(name), false;
  }
  std::optional<Time> time(const char* name) {
    const json* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_number()) {
      const double seconds = value->get<double>();
      if (seconds >= 0 && seconds < kMostTime) return Time(Seconds(static_cast<std::int64_t>(std::floor(seconds))));
    } else if (value->is_string()) {
      if (const auto time = parse_time(value->get_ref<const std::string&>())) return *time;
    }
    return fail(name), std::nullopt;
  }
  // nullptr if there is none, which is an empty list.
  const json* list(const char* name) {
    const json* value = find(name);
    if (value == nullptr || value->is_array()) return value;
    return fail(name), nullptr;
  }
  void demand(const char* name, bool fulfilled) {
    if (!fulfilled) fail(name);
  }

  Result<void> done() const {
    if (wrong_.empty()) return {};
    return corrupt(wrong_ + " is missing or of the wrong kind");
  }

 private:
  const json* find(const char* name) const {
    if (!object_.is_object()) return nullptr;
    const auto found = object_.find(name);
    return found == object_.end() || found->is_null() ? nullptr : &*found;
  }
  void fail(const char* name) {
    if (wrong_.empty()) wrong_ = name;
  }

  const json& object_;
  std::string wrong_;
};

Result<json> parse(ByteView bytes) {
  json document = json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (!document.is_object()) return corrupt("the answer is no JSON object");
  return document;
}

Result<ListedKey> read_key(const json& entry) {
  Members members(entry);
  ListedKey key;
  key.value = members.text("Value");
  key.fingerprint = members.text("Fingerprint");
  const auto begin = members.time("ValidityStartTime"), end = members.time("ValidityEndTime");
  members.demand("Value", !key.value.empty());
  members.demand("Fingerprint", !key.fingerprint.empty());
  members.demand("ValidityEndTime", begin.has_value() == end.has_value() && (!begin || *begin <= *end));
  if (begin && end) key.validity = Interval{*begin, *end};
  TRY_VOID(members.done());
  return key;
}

Result<Trail> read_trail(const json& entry) {
  Members members(entry);
  Trail trail;
  trail.name = members.text("Name");
  trail.arn = members.text("TrailARN");
  trail.home_region = members.text("HomeRegion");
  trail.bucket = members.text("S3BucketName");
  trail.prefix = members.text("S3KeyPrefix");
  trail.kms_key = members.text("KmsKeyId");
  trail.multi_region = members.truth("IsMultiRegionTrail");
  trail.organization = members.truth("IsOrganizationTrail");
  trail.validation = members.truth("LogFileValidationEnabled");
  members.demand("Name", !trail.name.empty());
  TRY_VOID(members.done());
  return trail;
}

// Appends a page's keys; the token of the next page, or nothing.
Result<std::string> read_key_page(ByteView bytes, std::vector<ListedKey>& keys) {
  TRY(const json document, parse(bytes));
  Members members(document);
  const json* list = members.list("PublicKeyList");
  std::string next = members.text("NextToken");
  TRY_VOID(members.done());
  if (list == nullptr) return next;
  if (keys.size() + list->size() > kMostKeys)
    return Error{Errc::limit, "more than " + std::to_string(kMostKeys) + " keys"};
  for (const json& entry : *list) {
    TRY(ListedKey key, read_key(entry));
    keys.push_back(std::move(key));
  }
  return next;
}

}  // namespace

Result<CloudTrail> CloudTrail::make(const Surroundings& surroundings, CredentialSource& credentials, std::string region,
                                    std::string_view custom_endpoint) {
  if (!is_region(region)) return Error{Errc::invalid_argument, "not a region: " + region};
  const EndpointOptions options = endpoint_options("cloudtrail", surroundings.environment, custom_endpoint);
  TRY(std::string url, endpoint_url("cloudtrail", region, options));
  return CloudTrail(surroundings, credentials, Service{std::move(url), {std::move(region), "cloudtrail"}});
}

Result<Bytes> CloudTrail::call(const std::string& action, std::string body) const {
  Headers headers;
  headers.set("Content-Type", "application/x-amz-json-1.1");
  headers.set("X-Amz-Target", "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101." + action);
  return post(*surroundings_, service_, std::move(headers), std::move(body), credentials_,
              action + " in " + service_.scope.region);
}

Result<std::vector<ListedKey>> CloudTrail::list_public_keys(const Interval& span) const {
  const std::string what = "ListPublicKeys in " + region() + ": ";
  std::vector<ListedKey> keys;
  std::set<std::string> tokens;
  json request = {{"StartTime", span.begin.time_since_epoch().count()},
                  {"EndTime", span.end.time_since_epoch().count()}};
  for (std::size_t page = 0; page < kMostPages; ++page) {
    TRY(const Bytes answer, call("ListPublicKeys", request.dump()));
    auto next = read_key_page(answer, keys);
    if (!next) return Error{next.error().code, what + next.error().message};
    if (next->empty()) return keys;
    if (!tokens.insert(*next).second) return Error{Errc::limit, what + "the pages go round in a circle"};
    request["NextToken"] = *next;
  }
  return Error{Errc::limit, what + "more than " + std::to_string(kMostPages) + " pages"};
}

Result<std::vector<Trail>> CloudTrail::describe_trails() const {
  const std::string what = "DescribeTrails in " + region() + ": ";
  TRY(const Bytes answer, call("DescribeTrails", R"({"includeShadowTrails":true})"));
  auto document = parse(answer);
  if (!document) return Error{document.error().code, what + document.error().message};
  Members members(*document);
  const json* list = members.list("trailList");
  if (const auto done = members.done(); !done) return Error{done.error().code, what + done.error().message};
  std::vector<Trail> trails;
  if (list == nullptr) return trails;
  if (list->size() > kMostTrails) return Error{Errc::limit, what + "too many trails"};
  for (const json& entry : *list) {
    auto trail = read_trail(entry);
    if (!trail) return Error{trail.error().code, what + trail.error().message};
    trails.push_back(std::move(trail).value());
  }
  return trails;
}

Result<TrailStatus> CloudTrail::trail_status(const std::string& arn) const {
  TRY(const Bytes answer, call("GetTrailStatus", json{{"Name", arn}}.dump()));
  const std::string what = "GetTrailStatus in " + region() + ": ";
  auto document = parse(answer);
  if (!document) return Error{document.error().code, what + document.error().message};
  Members members(*document);
  TrailStatus status;
  status.logging = members.truth("IsLogging");
  status.delivery_error = members.text("LatestDeliveryError");
  status.digest_delivery_error = members.text("LatestDigestDeliveryError");
  status.latest_delivery = members.time("LatestDeliveryTime");
  status.latest_digest_delivery = members.time("LatestDigestDeliveryTime");
  status.logging_started = members.time("StartLoggingTime");
  status.logging_stopped = members.time("StopLoggingTime");
  if (const auto done = members.done(); !done) return Error{done.error().code, what + done.error().message};
  return status;
}

std::string public_keys_json(std::vector<RegionKeys> regions) {
  std::ranges::stable_sort(regions, {}, &RegionKeys::region);
  ordered_json list = ordered_json::array();
  for (RegionKeys& each : regions) {
    const auto order = [](const ListedKey& key) { return std::tie(key.validity, key.fingerprint, key.value); };
    std::ranges::sort(each.keys, [&](const auto& a, const auto& b) { return order(a) < order(b); });
    const auto same =
        std::ranges::unique(each.keys, [&](const auto& a, const auto& b) { return order(a) == order(b); });
    each.keys.erase(same.begin(), same.end());
    for (const ListedKey& key : each.keys) {
      ordered_json entry = {{"Region", each.region}, {"Fingerprint", key.fingerprint}};
      if (key.validity) {
        entry["ValidityStartTime"] = to_string(key.validity->begin);
        entry["ValidityEndTime"] = to_string(key.validity->end);
      }
      entry["Value"] = key.value;
      list.push_back(std::move(entry));
    }
  }
  const ordered_json file = {{"PublicKeyList", std::move(list)}};
  return file.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace trailseal::aws
