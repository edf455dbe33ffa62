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
  if (const auto text = environment("AWS_MAX_ATTEMPTS")) {
    unsigned number = 0;
    const auto [end, fault] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (fault == std::errc{} && end == text->data() + text->size() && number >= 1 && number <= 100)
      policy.attempts = number;
  }
  return policy;
}

bool worth_retrying(const HttpResponse& response, ByteView body) {
  static constexpr std::array<int, 5> kStatuses = {429, 500, 502, 503, 504};
  if (std::ranges::find(kStatuses, response.status) != kStatuses.end()) return true;
  if (response.status != 400) return false;
  static constexpr std::array<std::string_view, 13> kCodes = {"SlowDown",
                                                              "Throttling",
                                                              "ThrottlingException",
                                                              "ThrottledException",
                                                              "RequestThrottled",
                                                              "RequestLimitExceeded",
                                                              "TooManyRequestsException",
                                                              "RequestTimeout",
                                                              "PriorRequestNotComplete",
                                                              "RequestTimeoutException",
                                                              "KeyUnavailableException",
                                                              "DependencyTimeoutException",
                                                              "KMSInternalException"};
  return std::ranges::find(kCodes, service_error(response, body).code) != kCodes.end();
}

std::chrono::milliseconds backoff(const RetryPolicy& policy, unsigned n) {
  const double doubled = static_cast<double>(policy.base.count()) * static_cast<double>(1u << std::min(n - 1, 20u));
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
    wait(policy, backoff(policy, attempt));
    if (cancelled(policy)) return response;
  }
}

}  // namespace trailseal::aws
