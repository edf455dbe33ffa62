// The settings of the chosen profile, as if they stood in the environment, which outranks them: aws-cli's order is
// flags, environment, profile.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "aws/environment.hpp"
#include "aws/secret.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

// Gives `base`, and for variables that it does not set what the profile says:
//   AWS_REGION                            region
//   AWS_CA_BUNDLE                         ca_bundle
//   AWS_MAX_ATTEMPTS, AWS_RETRY_MODE      max_attempts, retry_mode
//   AWS_USE_FIPS_ENDPOINT                 use_fips_endpoint
//   AWS_USE_DUALSTACK_ENDPOINT            use_dualstack_endpoint, and for S3 alone s3.use_dualstack_endpoint
//   AWS_IGNORE_CONFIGURED_ENDPOINT_URLS   ignore_configured_endpoint_urls
//   AWS_ENDPOINT_URL                      endpoint_url
//   AWS_ENDPOINT_URL_<SERVICE>            endpoint_url of <service> in the section [services NAME] that `services`
//   names
// and under its own name what has no variable: "s3.addressing_style". `given` is --profile. The files are read when the
// first variable is asked for that `base` does not set; files that cannot be read hold no settings here, and are an
// error where credentials are looked for.
Environment configured_environment(Environment base, std::string_view given,
                                   std::function<Result<Secret>(const std::string& path)> read_file);

// Of this process.
Environment process_configuration(std::string_view given);

// What the variables above hold that cannot be meant. Errors: invalid_argument.
Result<void> check_configuration(const Environment& environment);

}  // namespace trailseal::aws
