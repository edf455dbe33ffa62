#include "aws/paced_http.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "aws/retry.hpp"

namespace trailseal::aws {
namespace {

// An attempt that failed after so long was not cut off: nobody answered.
constexpr std::chrono::seconds kSilence{5};

FlightEnd end_of(const Result<HttpResponse>& response, ByteView body, FlightLimit::Time::duration took) {
  if (!response) return took >= kSilence ? FlightEnd::refused : FlightEnd::failed;
  return is_throttling(*response, body) ? FlightEnd::refused : FlightEnd::answered;
}

class PacedHttp final : public Http {
 public:
  PacedHttp(std::unique_ptr<Http> http, Pace pace)
      : http_(std::move(http)), pace_(std::move(pace)), limit_(pace_.start, pace_.most) {
    if (!pace_.clock) pace_.clock = std::chrono::steady_clock::now;
  }

  Result<HttpResponse> send(const HttpRequest& request, Bytes& body) override {
    if (!enter()) {
      body.clear();
      return Error{Errc::io, "the run was interrupted"};
    }
    const auto began = pace_.clock();
    auto response = http_->send(request, body);
    const auto now = pace_.clock();
    const FlightEnd end = end_of(response, body, now - began);
    unsigned room = 0;
    {
      const std::lock_guard guard(mutex_);
      --under_way_;
      limit_.end(began, now, end);
      if (limit_.value() > under_way_) room = std::min(limit_.value() - under_way_, waiting_);
    }
    for (; room > 0; --room) room_.notify_one();  // no more than can enter: hundreds may wait
    return response;
  }

 private:
  bool enter() {
    constexpr std::chrono::milliseconds kStep{200};  // how late an interrupt may be noticed
    std::unique_lock lock(mutex_);
    while (under_way_ >= limit_.value()) {
      if (pace_.cancel != nullptr && *pace_.cancel) return false;
      ++waiting_;
      room_.wait_for(lock, kStep);
      --waiting_;
    }
    limit_.begin(pace_.clock(), ++under_way_);
    return true;
  }

  std::unique_ptr<Http> http_;
  Pace pace_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable room_;
  FlightLimit limit_;
  unsigned under_way_ = 0, waiting_ = 0;
};

}  // namespace

std::unique_ptr<Http> make_paced_http(std::unique_ptr<Http> http, Pace pace) {
  return std::make_unique<PacedHttp>(std::move(http), std::move(pace));
}

}  // namespace trailseal::aws
