#include "aws/refreshing_source.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>

namespace trailseal::aws {
namespace {

constexpr Seconds kRetry{60};

class RefreshingSource final : public CredentialSource {
 public:
  RefreshingSource(std::function<Result<Credentials>()> find, std::function<Time()> now)
      : find_(std::move(find)), now_(std::move(now)) {}

  Result<Credentials> get() override {
    std::unique_lock lock(mutex_);
    for (;;) {
      const Time now = now_();
      if (failed_ && now < renew_ && !is_good(now)) return *failed_;
      if (is_good(now) && (now < renew_ || finding_)) return *current_;
      if (!finding_) break;
      found_.wait(lock);
    }
    finding_ = true;
    lock.unlock();
    auto found = find_();
    lock.lock();
    finding_ = false;
    take(std::move(found));
    found_.notify_all();
    if (failed_ && !is_good(now_())) return *failed_;
    return *current_;
  }

  bool renew(const std::string& access_key) override {
    const std::scoped_lock lock(mutex_);
    if (!current_) return false;
    if (current_->access_key != access_key) return true;  // another thread was here before
    const Time now = now_();
    if (now < found_at_ + kRetry) return false;  // a search would find the same
    renew_ = now;
    return true;
  }

 private:
  bool is_good(Time now) const { return current_ && (!current_->expires || now < *current_->expires); }

  void take(Result<Credentials> found) {
    const Time now = now_();
    failed_.reset();
    if (found && found->expires && *found->expires <= now)
      found = Error{Errc::authentication, "the credentials expired at " + to_string(*found->expires)};
    if (!found) {
      failed_ = std::move(found).error();
      renew_ = now + kRetry;
      return;
    }
    current_ = std::move(found).value();
    found_at_ = now;
    if (!current_->expires) {
      renew_ = Time::max();
    } else {  // what lives shorter than that is used for half of its life
      renew_ = *current_->expires - std::min<Seconds>(kRenewEarly, (*current_->expires - now) / 2);
    }
  }

  const std::function<Result<Credentials>()> find_;
  const std::function<Time()> now_;
  std::mutex mutex_;
  std::condition_variable found_;
  bool finding_ = false;
  std::optional<Credentials> current_;
  std::optional<Error> failed_;
  Time renew_, found_at_;
};

class FixedSource final : public CredentialSource {
 public:
  explicit FixedSource(Credentials credentials) : credentials_(std::move(credentials)) {}
  Result<Credentials> get() override { return credentials_; }

 private:
  const Credentials credentials_;
};

}  // namespace

std::unique_ptr<CredentialSource> make_refreshing_source(std::function<Result<Credentials>()> find,
                                                         std::function<Time()> now) {
  return std::make_unique<RefreshingSource>(std::move(find), std::move(now));
}

std::unique_ptr<CredentialSource> make_fixed_source(Credentials credentials) {
  return std::make_unique<FixedSource>(std::move(credentials));
}

}  // namespace trailseal::aws
