#include "aws/sts.hpp"

#include <map>
#include <string_view>

#include "aws/endpoints.hpp"
#include "aws/xml.hpp"

namespace trailseal::aws {
namespace {

class Form {
 public:
  explicit Form(std::string_view action) : body_("Action=" + std::string(action) + "&Version=2011-06-15") {}
  void add(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    body_.append("&").append(name).append("=").append(percent_encode(value));
  }
  void add(const RoleRequest& role) {
    add("RoleArn", role.arn);
    add("RoleSessionName", role.session_name);
    add("ExternalId", role.external_id);
    if (role.duration) add("DurationSeconds", std::to_string(role.duration->count()));
  }
  std::string take() { return std::move(body_); }

 private:
  std::string body_;
};

// The text of the answer's elements by path below "<ACTION>Response/<ACTION>Result/".
using Fields = std::map<std::string, Secret, std::less<>>;

Result<Fields> call(const Surroundings& surroundings, const Service& sts, std::string_view action, std::string form,
                    CredentialSource* caller, const std::string& what) {
  Headers headers;
  headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  headers.set("Accept", "text/xml");
  TRY(Bytes answer, post(surroundings, sts, std::move(headers), std::move(form), caller, what));
  const std::string root = std::string(action) + "Response/" + std::string(action) + "Result/";
  Fields fields;
  bool twice = false;
  const auto scanned = scan_xml(answer, {nullptr, [&](std::string_view path, std::string_view text) -> Result<void> {
                                           if (!path.starts_with(root)) return {};
                                           path.remove_prefix(root.size());
                                           const std::string name(path);
                                           twice = !fields.emplace(name, std::string(text)).second || twice;
                                           return {};
                                         }});
  wipe(answer);
  if (!scanned) return Error{scanned.error().code, what + ": " + scanned.error().message};
  if (twice) return Error{Errc::corrupt, what + ": an element stands twice"};
  return fields;
}

Result<std::string> field(const Fields& fields, std::string_view path, const std::string& what) {
  const auto found = fields.find(path);
  if (found != fields.end() && !found->second.empty()) return found->second.text();
  return Error{Errc::corrupt, what + ": " + std::string(path) + " is missing"};
}

Result<Credentials> credentials_of(const Fields& fields, const std::string& what) {
  Credentials credentials;
  TRY(credentials.access_key, field(fields, "Credentials/AccessKeyId", what));
  TRY(credentials.secret_key, field(fields, "Credentials/SecretAccessKey", what));
  TRY(credentials.session_token, field(fields, "Credentials/SessionToken", what));
  TRY(const std::string expiration, field(fields, "Credentials/Expiration", what));
  const auto expires = parse_time(expiration);
  if (!expires) return Error{Errc::corrupt, what + ": Expiration is not a time"};
  credentials.expires = *expires;
  return credentials;
}

}  // namespace

Result<Service> sts_service(const Environment& environment, const std::optional<std::string>& region) {
  EndpointOptions options = endpoint_options("sts", environment);
  const std::string where = region.value_or("us-east-1");
  if (!region && options.custom.empty() && !options.fips && !options.dual_stack)
    options.custom = "https://sts.amazonaws.com";
  TRY(std::string url, endpoint_url("sts", where, options));
  return Service{std::move(url), {where, "sts"}};
}

Result<Credentials> assume_role(const Surroundings& surroundings, const Service& sts, const RoleRequest& role,
                                CredentialSource& caller) {
  Form form("AssumeRole");
  form.add(role);
  const std::string what = "AssumeRole of " + role.arn;
  TRY(const Fields fields, call(surroundings, sts, "AssumeRole", form.take(), &caller, what));
  return credentials_of(fields, what);
}

Result<Credentials> assume_role_with_web_identity(const Surroundings& surroundings, const Service& sts,
                                                  const RoleRequest& role, const Secret& token) {
  Form form("AssumeRoleWithWebIdentity");
  form.add(role);
  form.add("WebIdentityToken", token.text());
  const std::string what = "AssumeRoleWithWebIdentity of " + role.arn;
  auto fields = call(surroundings, sts, "AssumeRoleWithWebIdentity", form.take(), nullptr, what);
  if (fields) return credentials_of(*fields, what);
  Credentials given;  // what the answer must not repeat
  given.session_token = token;
  const std::string said = without_secrets(fields.error().message, given);
  return Error{fields.error().code, said.empty() ? what + ": refused" : said};
}

Result<CallerIdentity> caller_identity(const Surroundings& surroundings, const Service& sts, CredentialSource& caller) {
  const std::string what = "GetCallerIdentity";
  TRY(const Fields fields, call(surroundings, sts, what, Form(what).take(), &caller, what));
  CallerIdentity identity;
  TRY(identity.account, field(fields, "Account", what));
  TRY(identity.arn, field(fields, "Arn", what));
  TRY(identity.user_id, field(fields, "UserId", what));
  return identity;
}

}  // namespace trailseal::aws
