#include "cli/aws_flags.hpp"

#include <algorithm>

#include "aws/configuration.hpp"
#include "base/parallel.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::cli {

std::vector<Flag> aws_flags() {
  return {
      {"profile", "NAME", "the profile of ~/.aws to take credentials and region from"},
      {"endpoint-url", "URL", "ask this endpoint instead of AWS's own"},
  };
}

AwsAccess make_aws_access(const Arguments& arguments, const std::atomic<bool>* cancel) {
  AwsAccess access;
  const std::string profile = arguments.one("profile").value_or("");
  const auto ca_bundle = aws::process_configuration(profile)("AWS_CA_BUNDLE");
  access.http = aws::make_http({.ca_bundle = ca_bundle.value_or(""), .cancel = cancel});
  access.surroundings = aws::process_surroundings(*access.http, *crypto::backends().front(), cancel, profile);
  struct Kept {  // what the source asks through lives as long as the source
    std::shared_ptr<aws::Http> http;
    std::unique_ptr<aws::CredentialSource> source;
  };
  auto kept = std::make_shared<Kept>();
  kept->http = access.http;
  kept->source = aws::make_credential_source({profile}, access.surroundings);
  access.credentials = {kept, kept->source.get()};
  access.endpoint = arguments.one("endpoint-url").value_or("");
  return access;
}

Result<std::optional<std::string>> aws_region(const Arguments& arguments, const aws::Surroundings& surroundings) {
  TRY(const aws::Profiles profiles, aws::Profiles::read(surroundings));
  const std::string profile = aws::profile_name(surroundings.environment, arguments.one("profile").value_or(""));
  return aws::configured_region(surroundings.environment, profiles, profile);
}

std::string aws_hint(const Error& error) {
  const auto says = [&](std::string_view word) { return error.message.find(word) != std::string::npos; };
  if (says("RequestTimeTooSkewed") || says("Signature expired"))
    return "set the clock of this machine: AWS allows a few minutes of difference";
  if (says("the server's certificate: "))
    return "AWS_CA_BUNDLE or ca_bundle of the profile names a file of certificates to trust";
  if (error.code == Errc::authentication) return "aws sts get-caller-identity shows whether the credentials are good";
  if (error.code == Errc::access_denied) return "the action that is named must be allowed to these credentials";
  return {};
}

unsigned jobs_over_s3() { return std::clamp(base::job_count(0) * 32, 64u, 256u); }

}  // namespace trailseal::cli
