// AWS CloudTrail (API Reference, version 2013-11-01): JSON 1.1.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "aws/credentials.hpp"
#include "aws/service.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

struct ListedKey {
  std::string value;  // the base64 of the key's DER, as the service gave it
  std::string fingerprint;
  std::optional<Interval> validity;
};

struct Trail {
  std::string name, arn, home_region;
  std::string bucket, prefix;
  std::string kms_key;  // empty: none
  bool multi_region = false, organization = false;
  bool validation = false;  // digests are delivered
};

struct TrailStatus {
  bool logging = false;
  std::string delivery_error, digest_delivery_error;  // empty: the last delivery worked
  std::optional<Time> latest_delivery, latest_digest_delivery;
  std::optional<Time> logging_started, logging_stopped;
};

class CloudTrail {
 public:
  // For one region. `surroundings` and `credentials` must outlive it. Errors: those of endpoint_url; invalid_argument
  // (not a region).
  static Result<CloudTrail> make(const Surroundings& surroundings, CredentialSource& credentials, std::string region,
                                 std::string_view custom_endpoint = {});

  const std::string& region() const { return service_.scope.region; }

  // The keys that signed digests in the span, in the order of the service. Errors of all: those of post; corrupt (not
  // such an answer); limit (too many pages, or pages that go round in a circle).
  Result<std::vector<ListedKey>> list_public_keys(const Interval& span) const;

  // The trails that record this region, with those whose home is another region or account.
  Result<std::vector<Trail>> describe_trails() const;

  // Asked in the trail's home region. `arn` or a name.
  Result<TrailStatus> trail_status(const std::string& arn) const;

 private:
  CloudTrail(const Surroundings& surroundings, CredentialSource& credentials, Service service)
      : surroundings_(&surroundings), credentials_(&credentials), service_(std::move(service)) {}
  Result<Bytes> call(const std::string& action, std::string body) const;

  const Surroundings* surroundings_;
  CredentialSource* credentials_;
  Service service_;
};

struct RegionKeys {
  std::string region;
  std::vector<ListedKey> keys;
};

// A file of the shape of `aws cloudtrail list-public-keys`, with the region of each key besides; sorted by region, time
// and fingerprint; a key that a region gave twice stands once.
std::string public_keys_json(std::vector<RegionKeys> regions);

}  // namespace trailseal::aws
