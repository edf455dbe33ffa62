#include "verify/settings.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <utility>

namespace trailseal::verify {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using verdict::ChainCoverage;
using verdict::Code;
using verdict::TrailSettings;
using verdict::TrailStatus;

// A digest is delivered half an hour after its end (digest.md 1.5), the one before it an hour earlier: what lies
// between the two tells a missing digest from a late one.
constexpr auto kCadence = hours{1};
constexpr auto kDelivery = minutes{75};
constexpr auto kFirstDigest = minutes{150};  // so long a young trail may be without one
constexpr std::size_t kShown = 5;

bool is_of(const ChainCoverage& chain, const TrailSettings& trail) {
  if (chain.trail != trail.name || chain.home_region != trail.home_region) return false;
  return trail.organization ? !chain.org.empty() : chain.org.empty() && chain.account == trail.account;
}

bool has(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::ranges::find(wanted, value) != wanted.end();
}

class Names {
 public:
  void add(std::string_view name) {
    if (++count_ > kShown) return;
    if (!text_.empty()) text_ += separator_;
    text_ += name;
  }
  explicit Names(std::string_view separator = ", ") : separator_(separator) {}
  std::string text() const {
    return count_ <= kShown ? text_
                            : text_ + std::string(separator_) + "and " + std::to_string(count_ - kShown) + " more";
  }
  std::size_t count() const { return count_; }

 private:
  std::string_view separator_;
  std::string text_;
  std::size_t count_ = 0;
};

class SettingsJudge {
 public:
  SettingsJudge(const SettingsInput& input, verdict::Findings& findings) : in_(input), findings_(findings) {}

  void run() {
    judge_unavailable();
    for (const auto& trail : in_.answer.trails) {
      judge_chain_there(trail);
      for (const auto& status : trail.regions) judge_newest(trail, status);
      if (std::ranges::any_of(in_.chains, [&](const auto& chain) { return is_of(chain, trail); })) judge_present(trail);
      judge_errors(trail);
    }
  }

 private:
  void judge_unavailable() {
    Names whys("; ");
    for (const auto& trouble : in_.answer.troubles) whys.add(trouble);
    std::set<std::string> strangers;
    for (const auto& chain : in_.chains)
      if (std::ranges::none_of(in_.answer.trails, [&](const auto& trail) { return is_of(chain, trail); }))
        strangers.insert((chain.org.empty() ? chain.account : chain.org) + "/" + chain.trail + "@" + chain.home_region);
    Names names;
    for (const auto& name : strangers) names.add(name);
    if (whys.count() + names.count() == 0) return;
    std::string detail = whys.text();
    if (names.count() != 0)
      detail +=
          (detail.empty() ? "" : "; ") + ("these credentials show no trail that delivers here as " + names.text());
    findings_.add({.code = Code::settings_unavailable, .subject = "CloudTrail", .detail = std::move(detail)});
  }

  bool is_looked_at(const TrailSettings& trail, const std::string& region) const {
    const auto& request = in_.request;
    if (!has(request.trails, trail.name) || !has(request.regions, region)) return false;
    if (trail.organization ? !request.orgs.empty() || !request.accounts.empty()
                           : !request.orgs.empty() || !has(request.accounts, trail.account))
      return false;
    const std::string root = (trail.prefix.empty() ? "" : trail.prefix + "/") + "AWSLogs/";
    return std::ranges::any_of(in_.places, [&](const SourcePlace& place) {
      return place.bucket == trail.bucket && root.starts_with(place.prefix);
    });
  }

  // A digest cannot be asked for that CloudTrail had no time to write.
  bool is_young(const TrailStatus& status) const {
    if (status.latest_digest_delivery) return false;
    return !status.logging || (status.logging_started && *status.logging_started > in_.answer.listed - kFirstDigest);
  }

  void judge_chain_there(const TrailSettings& trail) {
    if (!trail.validation || !is_looked_at(trail, trail.home_region)) return;
    if (std::ranges::any_of(in_.chains, [&](const auto& chain) { return is_of(chain, trail); })) return;
    if (!trail.regions.empty() && std::ranges::all_of(trail.regions, [&](const auto& one) { return is_young(one); }))
      return;
    verdict::Finding finding{.code = Code::settings_no_chain, .subject = trail.arn};
    finding.expected =
        "digests below s3://" + trail.bucket + "/" + (trail.prefix.empty() ? "" : trail.prefix + "/") + "AWSLogs/";
    finding.found = "none";
    for (const auto& status : trail.regions)
      if (status.latest_digest_delivery && finding.detail.empty())
        finding.detail = "CloudTrail says that it delivered one at " + to_string(*status.latest_digest_delivery);
    findings_.add(std::move(finding));
  }

  void judge_newest(const TrailSettings& trail, const TrailStatus& status) {
    if (!status.latest_digest_delivery) return;
    const ChainCoverage* newest = nullptr;
    bool found = false;
    for (const auto& chain : in_.chains) {
      if (!is_of(chain, trail)) continue;
      found = true;
      // Of an organization's trail it is not told whose digest was the latest.
      if (chain.region == status.region && chain.head && (newest == nullptr || *chain.head > *newest->head))
        newest = &chain;
    }
    if (!found) return;  // judge_chain_there has said so
    const Time delivered = *status.latest_digest_delivery;
    if (newest == nullptr) {
      const bool any = std::ranges::any_of(
          in_.chains, [&](const auto& chain) { return is_of(chain, trail) && chain.region == status.region; });
      // Chains without a proven digest have findings of their own.
      if (!any && is_looked_at(trail, status.region))
        findings_.add({.code = Code::settings_no_chain,
                       .subject = trail.arn,
                       .expected = "digests of " + status.region,
                       .found = "none",
                       .detail = "CloudTrail says that it delivered one at " + to_string(delivered)});
      return;
    }
    const Time head = *newest->head;
    // What was delivered while we listed may not be in the listing; the one before it must be.
    const Time due = delivered <= in_.answer.listed ? delivered : in_.answer.listed - kCadence;
    if (head + kDelivery >= due || (in_.request.until && head >= *in_.request.until)) return;
    findings_.add({.code = Code::settings_digests_behind,
                   .chain = trail.organization ? "" : newest->chain,
                   .subject = trail.arn,
                   .when = Interval{head, delivered},
                   .expected = "a digest of " + status.region + " that ends half an hour before " +
                               to_string(delivered) + ", when CloudTrail delivered its latest",
                   .found = "the newest proven digest ends " + to_string(head)});
  }

  void judge_present(const TrailSettings& trail) {
    Names stopped;
    for (const auto& status : trail.regions)
      if (!status.logging)
        stopped.add(status.region +
                    (status.logging_stopped ? " (stopped " + to_string(*status.logging_stopped) + ")" : ""));
    if (stopped.count() != 0)
      findings_.add({.code = Code::settings_not_logging,
                     .subject = trail.arn,
                     .detail = "in " + stopped.text(),
                     .count = stopped.count()});
    if (!trail.validation) findings_.add({.code = Code::settings_validation_off, .subject = trail.arn});
  }

  void judge_errors(const TrailSettings& trail) {
    std::map<std::pair<std::string_view, std::string>, Names> regions;
    for (const auto& status : trail.regions) {
      if (!status.delivery_error.empty()) regions[{"log files", status.delivery_error}].add(status.region);
      if (!status.digest_delivery_error.empty()) regions[{"digests", status.digest_delivery_error}].add(status.region);
    }
    for (const auto& [error, names] : regions)
      findings_.add({.code = Code::settings_delivery_error,
                     .subject = trail.arn,
                     .found = error.second,
                     .detail = std::string(error.first) + " in " + names.text(),
                     .count = names.count()});
  }

  const SettingsInput& in_;
  verdict::Findings& findings_;
};

}  // namespace

void judge_settings(const SettingsInput& input, verdict::Findings& findings) { SettingsJudge(input, findings).run(); }

}  // namespace trailseal::verify
