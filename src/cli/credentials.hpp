// The credentials that a command signs with.
#pragma once

#include <memory>

#include "aws/credentials.hpp"

namespace trailseal::cli {

// AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
std::shared_ptr<aws::CredentialSource> environment_credentials();

}  // namespace trailseal::cli
