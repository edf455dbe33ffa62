// When a request is worth another attempt, and how long to wait for it.
//
// Back-off with full jitter: before attempt n+1 a random time between 0 and base * 2^(n-1), at most `cap`, so that many
// clients that were turned away together do not come back together. After a 503 SlowDown the base is five times as
// long.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>

#include "aws/environment.hpp"
#include "aws/http.hpp"

namespace trailseal::aws {

struct RetryPolicy {
  unsigned attempts = 5;  // altogether
  std::chrono::milliseconds base{100}, cap{20'000};
  const std::atomic<bool>* cancel = nullptr;             // true: no more attempts, and no more waiting
  std::function<void(std::chrono::milliseconds)> sleep;  // nullptr: the clock's
  std::function<double()> random;                        // uniform in [0, 1); nullptr: the system's. Thread-safe.
};

// AWS_MAX_ATTEMPTS, if it is a number from 1 to 100; else what aws-cli does by AWS_RETRY_MODE: 3 attempts if it is
// standard or adaptive, 5 if it is legacy. Unset: 5.
RetryPolicy retry_policy(const Environment& environment, const std::atomic<bool>* cancel = nullptr);

// 429, 500, 502, 503, 504, and a 400 that says throttling, a timeout or, of KMS, that it cannot just now. Never 403 or
// 404.
bool worth_retrying(const HttpResponse& response, ByteView body);

// Whether the server asks for fewer requests: 429, 503, or a 400 that says throttling.
bool is_throttling(const HttpResponse& response, ByteView body);

// The wait before the attempt after the n-th (n from 1). Who was throttled waits longer.
std::chrono::milliseconds backoff(const RetryPolicy& policy, unsigned n, bool throttled = false);

// Sends until there is an answer that another attempt would not change, or the attempts are used up; returns the last
// outcome. What died is sent again over a connection of its own. `prepare` runs before each attempt (to sign it); its
// Error ends the matter. Errors: those of Http::send and `prepare`.
Result<HttpResponse> send_with_retries(Http& http, HttpRequest& request, Bytes& body, const RetryPolicy& policy,
                                       const std::function<Result<void>(HttpRequest&)>& prepare);

}  // namespace trailseal::aws
