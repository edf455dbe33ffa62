// Credentials that the environment of a machine hands out over HTTP, never through a proxy.
//   Container: "Amazon ECS Developer Guide, Task IAM role" and "Amazon EKS User Guide, Pod Identity".
//   Machine: "Amazon EC2 User Guide, Use the Instance Metadata Service", version 2 only.
#include <algorithm>
#include <array>

#include "aws/credential_search.hpp"
#include "aws/secret_json.hpp"
#include "aws/url.hpp"

namespace trailseal::aws {
namespace {

using Found = Result<std::optional<Credentials>>;

constexpr std::chrono::milliseconds kMachineTimeout{1000};  // what answers at all is a millisecond away
constexpr std::chrono::milliseconds kContainerTimeout{2000};
constexpr std::string_view kTaskHost = "169.254.170.2";

// "[fd00:ec2::23]:80" -> "[fd00:ec2::23]"
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

// 127.x.y.z as four numbers, so that "127.evil.example" is not taken for it.
bool is_loopback(std::string_view host) {
  if (host == "localhost" || host == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  const auto plain = [](char c) { return (c >= '0' && c <= '9') || c == '.'; };
  return std::ranges::all_of(host, plain) && std::ranges::count(host, '.') == 3;
}

bool may_get_the_token(const Url& url) {
  static constexpr std::array<std::string_view, 3> kHosts = {kTaskHost, "169.254.170.23", "[fd00:ec2::23]"};
  const std::string_view host = without_port(url.host);
  return url.scheme == "https" || is_loopback(host) || std::ranges::find(kHosts, host) != kHosts.end();
}

Result<std::string> container_url(const Environment& environment) {
  if (const auto relative = environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")) {
    if (!relative->starts_with('/'))
      return Error{Errc::invalid_argument, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not begin with a slash"};
    return "http://" + std::string(kTaskHost) + *relative;
  }
  const std::string full = environment("AWS_CONTAINER_CREDENTIALS_FULL_URI").value_or("");
  const auto url = parse_url(full);
  if (!url) return Error{Errc::invalid_argument, "AWS_CONTAINER_CREDENTIALS_FULL_URI is no URL"};
  if (!may_get_the_token(*url))
    return Error{
        Errc::invalid_argument,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI leads to another host than this machine, ECS or EKS without https"};
  return full;
}

Result<Secret> container_token(const Surroundings& surroundings) {
  Secret token;
  if (const auto path = surroundings.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")) {
    TRY(token, surroundings.read_file(*path));
  } else if (auto text = surroundings.environment("AWS_CONTAINER_AUTHORIZATION_TOKEN")) {
    token = *std::move(text);
  }
  if (token.text().find_first_of("\r\n") != std::string::npos)
    return Error{Errc::invalid_argument, "the authorization token of the container's endpoint has more than one line"};
  return token;
}

struct Answer {
  int status = 0;
  Bytes body;
  Answer() = default;
  Answer(Answer&&) = default;
  Answer& operator=(Answer&&) = default;
  ~Answer() { wipe(body); }
};

Result<Answer> ask(const Surroundings& surroundings, HttpRequest request, std::chrono::milliseconds timeout,
                   unsigned attempts) {
  constexpr std::size_t kMostAnswer = 64u << 10;
  request.direct = true;
  request.connect_timeout = timeout;
  request.timeout = timeout;
  request.limit = kMostAnswer;
  RetryPolicy retry = surroundings.retry;
  retry.attempts = std::min(retry.attempts, attempts);
  Answer answer;
  TRY(const HttpResponse response, send_with_retries(*surroundings.http, request, answer.body, retry, nullptr));
  answer.status = response.status;
  return answer;
}

Found read(const Result<Answer>& answer, const std::string& what) {
  if (!answer) return Error{answer.error().code, what + ": " + answer.error().message};
  if (answer->status != 200)
    return Error{Errc::authentication, what + ": HTTP status " + std::to_string(answer->status)};
  auto credentials = parse_credentials(answer->body, "Token");
  if (!credentials) return Error{credentials.error().code, what + ": " + credentials.error().message};
  return std::optional(std::move(credentials).value());
}

Result<std::string> machine_endpoint(const Environment& environment) {
  std::string endpoint = "http://169.254.169.254";
  if (const auto own = environment("AWS_EC2_METADATA_SERVICE_ENDPOINT")) {
    endpoint = *own;
  } else if (environment("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE").value_or("") == "IPv6") {
    endpoint = "http://[fd00:ec2::254]";
  }
  if (!parse_url(endpoint)) return Error{Errc::invalid_argument, "AWS_EC2_METADATA_SERVICE_ENDPOINT is no URL"};
  while (endpoint.ends_with('/')) endpoint.pop_back();
  return endpoint;
}

bool is_role_name(std::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("+=,.@_-").find(c) != std::string_view::npos;
  };
  return !name.empty() && name.size() <= 128 && std::ranges::all_of(name, allowed);
}

}  // namespace

Found container_credentials(const Surroundings& surroundings) {
  const Environment& environment = surroundings.environment;
  if (!environment("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") && !environment("AWS_CONTAINER_CREDENTIALS_FULL_URI"))
    return std::optional<Credentials>();
  HttpRequest request;
  TRY(request.url, container_url(environment));
  TRY(const Secret token, container_token(surroundings));
  request.headers.set("Accept", "application/json");
  if (!token.empty()) request.headers.set("Authorization", token.text());
  constexpr unsigned kAttempts = 3;
  return read(ask(surroundings, std::move(request), kContainerTimeout, kAttempts), "the container's credentials");
}

Found machine_credentials(const Surroundings& surroundings) {
  const std::string disabled = surroundings.environment("AWS_EC2_METADATA_DISABLED").value_or("");
  if (disabled == "true" || disabled == "True" || disabled == "TRUE") return std::optional<Credentials>();
  TRY(const std::string endpoint, machine_endpoint(surroundings.environment));

  HttpRequest token_request;
  token_request.method = "PUT";
  token_request.url = endpoint + "/latest/api/token";
  token_request.headers.set("x-aws-ec2-metadata-token-ttl-seconds", "21600");
  const auto token = ask(surroundings, std::move(token_request), kMachineTimeout, 1);
  if (!token || token->status != 200 || token->body.empty()) return std::optional<Credentials>();  // no such service

  HttpRequest request;
  request.url = endpoint + "/latest/meta-data/iam/security-credentials/";
  request.headers.set("x-aws-ec2-metadata-token", std::string(as_text(token->body)));
  constexpr unsigned kAttempts = 3;
  const auto role = ask(surroundings, request, kMachineTimeout, kAttempts);
  if (role && role->status == 404) return std::optional<Credentials>();  // a machine without a role
  const std::string what = "the machine's credentials";
  if (!role) return Error{role.error().code, what + ": " + role.error().message};
  if (role->status != 200) return Error{Errc::authentication, what + ": HTTP status " + std::to_string(role->status)};
  const std::string_view list = as_text(role->body);
  const std::string name(list.substr(0, list.find_first_of("\r\n")));
  if (!is_role_name(name)) return Error{Errc::corrupt, what + ": no name of a role"};
  request.url += name;
  return read(ask(surroundings, request, kMachineTimeout, kAttempts), what);
}

}  // namespace trailseal::aws
