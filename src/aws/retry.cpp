#include "aws/retry.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <random>
#include <string_view>
#include <thread>

#include "aws/service_error.hpp"

namespace trailseal::aws {
namespace {

bool cancelled(const RetryPolicy& policy) { return policy.cancel != nullptr && *policy.cancel; }

void wait(const RetryPolicy& policy, std::chrono::milliseconds time) {
  if (policy.sleep) return policy.sleep(time);
  constexpr std::chrono::milliseconds kStep{50};  // how late an interrupt may be noticed
  while (time.count() > 0 && !cancelled(policy)) {
    std::this_thread::sleep_for(std::min(time, kStep));
    time -= kStep;
  }
}

double system_random() {
  thread_local std::minstd_rand engine{std::random_device{}()};
  return std::generate_canonical<double, 32>(engine);
}

}  // namespace

RetryPolicy retry_policy(const Environment& environment, const std::atomic<bool>* cancel) {
  RetryPolicy policy;
  policy.cancel = cancel;
  if (const auto mode = environment("AWS_RETRY_MODE"); mode == "standard" || mode == "adaptive") policy.attempts = 3;
  if (const auto text = environment("AWS_MAX_ATTEMPTS")) {
    unsigned number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault == std::errc{} && end == text->data() + text->size() && number >= 1 && number <= 100)
      policy.attempts = number;
  }
  return policy;
}

bool worth_retrying(const HttpResponse& response, ByteView body) {
  static constexpr std::array<int, 3> kStatuses = {500, 502, 504};
  if (std::ranges::find(kStatuses, response.status) != kStatuses.end() || is_throttling(response, body)) return true;
  if (response.status != 400) return false;
  static constexpr std::array<std::string_view, 5> kCodes = {"RequestTimeout", "RequestTimeoutException",
                                                             "KeyUnavailableException", "DependencyTimeoutException",
                                                             "KMSInternalException"};
  return std::ranges::find(kCodes, service_error(response, body).code) != kCodes.end();
}

bool is_throttling(const HttpResponse& response, ByteView body) {
  if (response.status == 429 || response.status == 503) return true;
  if (response.status != 400) return false;
  static constexpr std::array<std::string_view, 8> kCodes = {
      "SlowDown",         "Throttling",           "ThrottlingException",      "ThrottledException",
      "RequestThrottled", "RequestLimitExceeded", "TooManyRequestsException", "PriorRequestNotComplete"};
  return std::ranges::find(kCodes, service_error(response, body).code) != kCodes.end();
}

std::chrono::milliseconds backoff(const RetryPolicy& policy, unsigned n, bool throttled) {
  constexpr double kThrottled = 5;
  const double base = static_cast<double>(policy.base.count()) * (throttled ? kThrottled : 1);
  const double doubled = base * static_cast<double>(1u << std::min(n - 1, 20u));
  const double most = std::min(static_cast<double>(policy.cap.count()), doubled);
  const double random = policy.random ? policy.random() : system_random();
  return std::chrono::milliseconds(static_cast<std::int64_t>(most * random));
}

Result<HttpResponse> send_with_retries(Http& http, HttpRequest& request, Bytes& body, const RetryPolicy& policy,
                                       const std::function<Result<void>(HttpRequest&)>& prepare) {
  for (unsigned attempt = 1;; ++attempt) {
    if (prepare) TRY_VOID(prepare(request));
    auto response = http.send(request, body);
    const bool again = response ? worth_retrying(*response, body) : response.error().code == Errc::io;
    if (!again || attempt >= policy.attempts || cancelled(policy)) return response;
    request.fresh = request.fresh || !response;
    wait(policy, backoff(policy, attempt, response && is_throttling(*response, body)));
    if (cancelled(policy)) return response;
  }
}

}  // namespace trailseal::aws
