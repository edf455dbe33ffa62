// Where a service is asked.
#pragma once

#include <string>
#include <string_view>

#include "aws/environment.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

// "eu-west-1", "us-gov-east-1", "us-iso-east-1": by shape, for new ones appear every year.
bool is_region(std::string_view text);

// "aws", "aws-cn", "aws-us-gov", "aws-iso", ...: the partition of a region of the right shape.
std::string_view partition_of(std::string_view region);

// A name that S3 gives to a bucket, or gave before 2018: 3 to 255 of A-Z a-z 0-9 . _ -, no dot beside a dot.
bool is_bucket_name(std::string_view text);

struct EndpointOptions {
  bool fips = false, dual_stack = false;
  std::string custom;  // "https://host[:port][/path]", asked instead of AWS's own; empty: none
  enum class Addressing { automatic, path, virtual_host };
  Addressing addressing = Addressing::automatic;  // of S3's buckets
};

// For one service ("s3", "cloudtrail", "kms", "sts"): AWS_ENDPOINT_URL_<SERVICE>, else AWS_ENDPOINT_URL, unless
// AWS_IGNORE_CONFIGURED_ENDPOINT_URLS; AWS_USE_FIPS_ENDPOINT and AWS_USE_DUALSTACK_ENDPOINT; of S3 also
// s3.addressing_style and s3.use_dualstack_endpoint (configured_environment). `custom` outranks the endpoints if it is
// not empty (--endpoint-url).
EndpointOptions endpoint_options(std::string_view service, const Environment& environment,
                                 std::string_view custom = {});

// "https://sts.eu-west-1.amazonaws.com", without a slash at the end. Errors: invalid_argument (not a region, a custom
// endpoint that is no URL, a combination that a partition does not have).
Result<std::string> endpoint_url(std::string_view service, std::string_view region, const EndpointOptions& options);

// "https://BUCKET.s3.eu-west-1.amazonaws.com", or with the bucket in the path: if that is asked for, at a custom
// endpoint, whose names may not resolve below it (unless virtual_host is asked for, and the endpoint is no IP address),
// and for a bucket whose name no TLS certificate covers (dots, capitals, "_"). Errors: the same, and invalid_argument
// for what is no bucket name.
Result<std::string> bucket_url(std::string_view bucket, std::string_view region, const EndpointOptions& options);

// Whether a redirect may lead from a request to AWS's own endpoints to `host`: below the same partition's suffix.
bool is_own_host(std::string_view host, std::string_view region);

}  // namespace trailseal::aws
