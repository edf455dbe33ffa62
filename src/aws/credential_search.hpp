// Where credentials are looked for, in the order of aws-cli:
//   1. AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, unless a profile is named by --profile
//   2. role_arn of the profile, with source_profile or credential_source
//   3. a web identity: AWS_WEB_IDENTITY_TOKEN_FILE and AWS_ROLE_ARN, or web_identity_token_file of the profile
//   4. sign-in by IAM Identity Center (SSO): not done here, a clear error
//   5. the profile's keys in the shared credentials file
//   6. credential_process of the profile
//   7. the profile's keys in the config file
//   8. a container's endpoint
//   9. the machine's metadata service (IMDSv2)
// The first place that is configured counts; if it fails, the search fails, as another identity must not slip in.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "aws/credentials.hpp"
#include "aws/profiles.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

struct CredentialQuery {
  std::string profile;  // --profile; empty: not given
};

// One search. Errors: authentication (none found, or refused), invalid_argument (the configuration contradicts itself
// or names what is not there), unsupported (MFA, SSO), those of reading, of running a program and of the services.
Result<Credentials> search_credentials(const CredentialQuery& query, const Surroundings& surroundings);

// Searches when asked first, and again when what was found is about to expire.
std::unique_ptr<CredentialSource> make_credential_source(CredentialQuery query, Surroundings surroundings);

// The steps that have files of their own. nullopt: not configured, or nothing there. -------------------------------

// Step 8. The endpoint is AWS_CONTAINER_CREDENTIALS_RELATIVE_URI at 169.254.170.2, or ..._FULL_URI, which must be https
// or lead to this machine or to the addresses of ECS and EKS: a variable must not send a token to just anyone.
Result<std::optional<Credentials>> container_credentials(const Surroundings& surroundings);

// Step 9. A session token is asked for first, and without one nothing (IMDSv1 gives keys to whoever can make the
// machine fetch a URL).
Result<std::optional<Credentials>> machine_credentials(const Surroundings& surroundings);

// Step 6: the answer of the program, which must be of version 1. `profile` is for messages.
Result<Credentials> process_credentials(const Surroundings& surroundings, std::string_view command,
                                        const std::string& profile);

}  // namespace trailseal::aws
