// The flags by which a command reaches AWS, and what they make.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aws/credential_search.hpp"
#include "aws/http.hpp"
#include "aws/surroundings.hpp"
#include "cli/flags.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

// --profile and --endpoint-url.
std::vector<Flag> aws_flags();

// How a command asks AWS. Nothing is sent, and no credentials are looked for, before the first request.
struct AwsAccess {
  std::shared_ptr<aws::Http> http;
  aws::Surroundings surroundings;                      // good as long as `http` is
  std::shared_ptr<aws::CredentialSource> credentials;  // good for itself
  std::string endpoint;                                // --endpoint-url; empty: not given
};

// `cancel` becomes true: requests end soon.
AwsAccess make_aws_access(const Arguments& arguments, const std::atomic<bool>* cancel = nullptr);

// AWS_REGION, AWS_DEFAULT_REGION, the profile's region. Errors: those of reading the configuration.
Result<std::optional<std::string>> aws_region(const Arguments& arguments, const aws::Surroundings& surroundings);

// What to do about a failure of AWS's, or an empty text.
std::string aws_hint(const Error& error);

// How many requests to S3 may be under way when nobody says: what a CPU checks while 30 ms pass, and more where there
// are few CPUs. How many really are adapts.
unsigned jobs_over_s3();

}  // namespace trailseal::cli
