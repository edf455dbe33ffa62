#include "cli/credentials.hpp"

#include "aws/environment.hpp"

namespace trailseal::cli {
namespace {

class EnvironmentCredentials final : public aws::CredentialSource {
 public:
  Result<aws::Credentials> get() override {
    const aws::Environment environment = aws::process_environment();
    const auto access = environment("AWS_ACCESS_KEY_ID"), secret = environment("AWS_SECRET_ACCESS_KEY");
    if (!access || !secret)
      return Error{Errc::authentication, "no credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set"};
    aws::Credentials credentials;
    credentials.access_key = *access;
    credentials.secret_key = *secret;
    credentials.session_token = environment("AWS_SESSION_TOKEN").value_or("");
    return credentials;
  }
};

}  // namespace

std::shared_ptr<aws::CredentialSource> environment_credentials() { return std::make_shared<EnvironmentCredentials>(); }

}  // namespace trailseal::cli
