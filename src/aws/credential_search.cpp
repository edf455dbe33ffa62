#include "aws/credential_search.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "aws/configuration.hpp"
#include "aws/refreshing_source.hpp"
#include "aws/sts.hpp"

namespace trailseal::aws {
namespace {

using Found = Result<std::optional<Credentials>>;

std::string quoted(std::string_view name) { return "'" + std::string(name) + "'"; }

Error contradiction(std::string_view profile, const std::string& what) {
  return {Errc::invalid_argument, "the profile " + quoted(profile) + " " + what};
}

class Search {
 public:
  Search(const Surroundings& surroundings, const Profiles& profiles, bool profile_given)
      : surroundings_(surroundings), profiles_(profiles), profile_given_(profile_given) {}

  // Steps 1 to 9.
  Result<Credentials> run(const std::string& profile) {
    region_ = configured_region(surroundings_.environment, profiles_, profile);
    if (!profile_given_) {
      TRY(auto keys, environment_keys());
      if (keys) return *std::move(keys);
    }
    TRY(auto of_profile, profile_steps(profile, !profile_given_));
    if (of_profile) return *std::move(of_profile);
    TRY(auto container, container_credentials(surroundings_));
    if (container) return *std::move(container);
    TRY(auto machine, machine_credentials(surroundings_));
    if (machine) return *std::move(machine);
    return Error{Errc::authentication, "no credentials: none in the environment, none for the profile " +
                                           quoted(profile) + " in " + profiles_.paths() +
                                           ", and no container or machine that gives any"};
  }

 private:
  Result<std::optional<std::string>> variable(const char* name, const char* needs) const {
    auto value = surroundings_.environment(name);
    if (!value) return Error{Errc::invalid_argument, std::string(needs) + " is set, but " + name + " is not"};
    return value;
  }

  Found environment_keys() const {
    const Environment& environment = surroundings_.environment;
    const auto access_key = environment("AWS_ACCESS_KEY_ID");
    if (!access_key) return std::optional<Credentials>();
    TRY(auto secret_key, variable("AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"));
    Credentials credentials;
    credentials.access_key = *access_key;
    credentials.secret_key = *std::move(secret_key);
    auto token = environment("AWS_SESSION_TOKEN");
    if (!token) token = environment("AWS_SECURITY_TOKEN");  // its old name
    if (token) credentials.session_token = *std::move(token);
    if (const auto text = environment("AWS_CREDENTIAL_EXPIRATION")) {
      const auto time = parse_time(*text);
      if (!time) return Error{Errc::invalid_argument, "AWS_CREDENTIAL_EXPIRATION is no time"};
      credentials.expires = *time;
    }
    return std::optional(std::move(credentials));
  }

  // Steps 2 to 7.
  Found profile_steps(const std::string& profile, bool with_environment) {
    TRY(auto role, role_step(profile));
    if (role) return role;
    return identity_steps(profile, with_environment);
  }

  // Steps 3 to 7: what a profile itself is.
  Found identity_steps(const std::string& profile, bool with_environment) {
    TRY(auto web, web_identity(profile, with_environment));
    if (web) return web;
    for (const char* setting : {"sso_session", "sso_start_url", "sso_account_id", "login_session"}) {
      if (profiles_.get(profile, setting).empty()) continue;
      return Error{Errc::unsupported, "the profile " + quoted(profile) + " signs in by " +
                                          (std::string_view(setting) == "login_session" ? "aws login" : "SSO") +
                                          ", which aws-cli can do for us: run 'eval \"$(aws configure "
                                          "export-credentials --profile " +
                                          profile + " --format env)\"', or name a profile with credential_process = " +
                                          "aws configure export-credentials --profile " + profile};
    }
    TRY(auto shared, keys_of(profile, profiles_.in_credentials(profile)));
    if (shared) return shared;
    if (const Secret command = profiles_.get(profile, "credential_process"); !command.empty()) {
      TRY(auto credentials, process_credentials(surroundings_, command.text(), profile));
      return std::optional(std::move(credentials));
    }
    return keys_of(profile, profiles_.in_config(profile));
  }

  static Found keys_of(const std::string& profile, const ConfigSection* section) {
    const auto setting = [&](const char* name) {
      const auto found = section->find(name);
      return found == section->end() ? Secret() : found->second;
    };
    if (section == nullptr) return std::optional<Credentials>();
    Credentials credentials;
    credentials.access_key = setting("aws_access_key_id").text();
    if (credentials.access_key.empty()) return std::optional<Credentials>();
    credentials.secret_key = setting("aws_secret_access_key");
    if (credentials.secret_key.empty()) return contradiction(profile, "has aws_access_key_id, but no secret key");
    credentials.session_token = setting("aws_session_token");
    if (credentials.session_token.empty()) credentials.session_token = setting("aws_security_token");
    return std::optional(std::move(credentials));
  }

  // Step 2. The profiles on the way here stand in visited_.
  Found role_step(const std::string& profile) {
    const std::string arn = profiles_.get(profile, "role_arn").text();
    if (arn.empty() || !profiles_.get(profile, "web_identity_token_file").empty()) return std::optional<Credentials>();
    if (!profiles_.get(profile, "mfa_serial").empty())
      return Error{Errc::unsupported, "the profile " + quoted(profile) +
                                          " demands MFA (mfa_serial), which is not asked for here; get credentials "
                                          "with aws-cli: aws configure export-credentials --profile " +
                                          profile};
    constexpr std::size_t kLongestChain = 10;
    if (visited_.size() >= kLongestChain) return contradiction(profile, "is at the end of too long a chain of roles");
    visited_.push_back(profile);
    TRY(RoleRequest role, role_of(profile, arn, ""));
    TRY(Credentials source, source_of(profile));
    const auto caller = make_fixed_source(std::move(source));
    TRY(const Service sts, sts_service(surroundings_.environment, region_));
    TRY(Credentials credentials, assume_role(surroundings_, sts, role, *caller));
    return std::optional(std::move(credentials));
  }

  // `session` outranks the profile's role_session_name.
  Result<RoleRequest> role_of(const std::string& profile, std::string arn, std::string session) const {
    RoleRequest role;
    role.arn = std::move(arn);
    role.session_name = session.empty() ? profiles_.get(profile, "role_session_name").text() : std::move(session);
    if (role.session_name.empty())
      role.session_name = "trailseal-" + std::to_string(surroundings_.now().time_since_epoch().count());
    role.external_id = profiles_.get(profile, "external_id").text();
    if (const std::string text = profiles_.get(profile, "duration_seconds").text(); !text.empty()) {
      unsigned seconds = 0;
      const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), seconds);
      if (fault != std::errc{} || end != text.data() + text.size() || seconds < 900 || seconds > 43'200)
        return contradiction(profile, "has a duration_seconds that is no number from 900 to 43200");
      role.duration = Seconds(seconds);
    }
    return role;
  }

  // Who assumes the profile's role.
  Result<Credentials> source_of(const std::string& profile) {
    const std::string source = profiles_.get(profile, "source_profile").text();
    const std::string place = profiles_.get(profile, "credential_source").text();
    if (!source.empty() && !place.empty()) return contradiction(profile, "has source_profile and credential_source");
    if (source.empty() && place.empty())
      return contradiction(profile, "has role_arn, but neither source_profile nor credential_source");
    if (!place.empty()) return credential_source(profile, place);
    if (!profiles_.has(source)) return contradiction(profile, "has a source_profile that does not exist: " + source);
    // A profile may be its own source, if it has keys of its own; then these are used.
    const bool seen = std::ranges::find(visited_, source) != visited_.end();
    if (seen && source != profile) return contradiction(profile, "is part of a circle of source profiles: " + source);
    const bool has_keys = !profiles_.get(source, "aws_access_key_id").empty();
    if (seen && !has_keys) return contradiction(profile, "is its own source_profile and has no keys");
    auto found = has_keys ? identity_steps(source, false) : profile_steps(source, false);
    if (!found) return std::move(found).error();
    if (!*found) return contradiction(source, "is a source_profile and has no credentials");
    return **std::move(found);
  }

  Result<Credentials> credential_source(const std::string& profile, const std::string& place) {
    Found found = std::optional<Credentials>();
    if (place == "Environment") {
      found = environment_keys();
    } else if (place == "EcsContainer") {
      found = container_credentials(surroundings_);
    } else if (place == "Ec2InstanceMetadata") {
      found = machine_credentials(surroundings_);
    } else {
      return contradiction(profile, "has an unknown credential_source: " + place);
    }
    if (!found) return std::move(found).error();
    if (!*found)
      return Error{Errc::authentication,
                   "the profile " + quoted(profile) + " wants credentials from " + place + ", which has none"};
    return **std::move(found);
  }

  // Step 3. Each part may come from the environment, which outranks the profile.
  Found web_identity(const std::string& profile, bool with_environment) {
    const auto part = [&](const char* name, const char* setting) {
      const auto value = with_environment ? surroundings_.environment(name) : std::nullopt;
      return value ? *value : profiles_.get(profile, setting).text();
    };
    const std::string path = part("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file");
    if (path.empty()) return std::optional<Credentials>();
    const std::string arn = part("AWS_ROLE_ARN", "role_arn");
    if (arn.empty()) return Error{Errc::invalid_argument, "a web identity token file is given, but no role (role_arn)"};
    TRY(RoleRequest role, role_of(profile, arn, part("AWS_ROLE_SESSION_NAME", "role_session_name")));
    role.external_id.clear();  // not part of this call
    TRY(const Secret token, surroundings_.read_file(path));
    std::string text = token.text();
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
    TRY(const Service sts, sts_service(surroundings_.environment, region_));
    TRY(Credentials credentials, assume_role_with_web_identity(surroundings_, sts, role, Secret(std::move(text))));
    return std::optional(std::move(credentials));
  }

  const Surroundings& surroundings_;
  const Profiles& profiles_;
  const bool profile_given_;
  std::optional<std::string> region_;
  std::vector<std::string> visited_;
};

}  // namespace

Result<Credentials> search_credentials(const CredentialQuery& query, const Surroundings& surroundings) {
  TRY_VOID(check_configuration(surroundings.environment));
  TRY(const Profiles profiles, Profiles::read(surroundings));
  const std::string profile = profile_name(surroundings.environment, query.profile);
  if (profile != "default" && !profiles.has(profile))
    return Error{Errc::invalid_argument, "no profile " + quoted(profile) + " in " + profiles.paths()};
  return Search(surroundings, profiles, !query.profile.empty()).run(profile);
}

std::unique_ptr<CredentialSource> make_credential_source(CredentialQuery query, Surroundings surroundings) {
  auto now = surroundings.now;
  return make_refreshing_source(
      [query = std::move(query), surroundings = std::move(surroundings)] {
        return search_credentials(query, surroundings);
      },
      std::move(now));
}

}  // namespace trailseal::aws
