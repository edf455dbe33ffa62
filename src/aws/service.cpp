#include "aws/service.hpp"

#include <algorithm>
#include <array>

namespace trailseal::aws {
namespace {

constexpr std::size_t kMostAnswer = 16u << 20;

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::ranges::find(codes, code) != codes.end();
}

bool repeats(const std::string& text, const Secret& secret) {
  constexpr std::size_t kTelling = 12;  // so many characters in a row are no accident
  const std::string& all = secret.text();
  if (all.empty()) return false;
  for (std::size_t at = 0; at == 0 || at + kTelling <= all.size(); ++at)
    if (text.find(all.substr(at, kTelling)) != std::string::npos) return true;
  return false;
}

Answer::Refusal refusal(const HttpResponse& response, ByteView body, const Credentials& credentials,
                        std::string_view what) {
  ServiceError error = service_error(response, body);
  std::string message = std::string(what) + ": ";
  message += error.code.empty() ? "HTTP status " + std::to_string(response.status) : error.code;
  if (const std::string said = without_secrets(error.message, credentials); !said.empty()) message += ": " + said;
  const Errc code = errc_of(response.status, error.code);
  return {std::move(error.code), {code, std::move(message)}};
}

}  // namespace

Errc errc_of(int status, std::string_view code) {
  if (is_one_of(code, {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError",
                       "InsufficientDependencyServiceAccessPermissionException"}))
    return Errc::access_denied;
  if (is_one_of(code, {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "IncompleteSignature",
                       "InvalidClientTokenId", "InvalidSignatureException", "SignatureDoesNotMatch",
                       "InvalidAccessKeyId", "InvalidIdentityToken", "IDPRejectedClaim", "MissingAuthenticationToken",
                       "MissingAuthenticationTokenException", "UnrecognizedClientException", "InvalidToken"}))
    return Errc::authentication;
  if (is_one_of(code, {"UnknownOperationException", "InvalidAction", "OptInRequired", "UnsupportedOperationException",
                       "OperationNotPermittedException"}))
    return Errc::unsupported;
  if (code.ends_with("NotFoundException")) return Errc::not_found;
  if (is_one_of(code, {"Throttling", "ThrottlingException", "RequestLimitExceeded", "SlowDown"})) return Errc::io;
  if (status == 403) return Errc::access_denied;
  if (status == 401) return Errc::authentication;
  return status == 400 ? Errc::invalid_argument : Errc::io;
}

std::string without_secrets(std::string text, const Credentials& credentials) {
  if (repeats(text, credentials.secret_key) || repeats(text, credentials.session_token)) return {};
  text.resize(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

Result<Answer> ask(const Surroundings& surroundings, const Service& service, Headers headers, std::string body,
                   CredentialSource* credentials, std::string_view what) {
  HttpRequest request;
  request.method = "POST";
  request.url = service.url + "/";
  request.headers = std::move(headers);
  request.body = std::move(body);
  request.limit = kMostAnswer;
  request.timeout = service.timeout;
  Credentials used;
  const auto prepare = [&](HttpRequest& each) -> Result<void> {
    if (credentials == nullptr) return {};
    TRY(used, credentials->get());
    return sign(each, used, service.scope, surroundings.now(), *surroundings.backend);
  };
  Answer answer;
  const auto response = send_with_retries(*surroundings.http, request, answer.body, surroundings.retry, prepare);
  if (!response) return Error{response.error().code, std::string(what) + ": " + response.error().message};
  if (response->status != 200) {
    answer.refusal = refusal(*response, answer.body, used, what);
    answer.body.clear();
  }
  return answer;
}

Result<Bytes> post(const Surroundings& surroundings, const Service& service, Headers headers, std::string body,
                   CredentialSource* credentials, std::string_view what) {
  TRY(Answer answer, ask(surroundings, service, std::move(headers), std::move(body), credentials, what));
  if (answer.refusal) return std::move(answer.refusal->error);
  return std::move(answer.body);
}

}  // namespace trailseal::aws
