#include "cli/ask_cloudtrail.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "aws/cloudtrail.hpp"
#include "aws/endpoints.hpp"
#include "aws/url.hpp"
#include "base/parallel.hpp"
#include "cli/fetch_keys.hpp"

namespace trailseal::cli {
namespace {

constexpr unsigned kAtOnce = 16;
// AWS has 36 regions. Names in a bucket may be planted, so what they can make us ask has an end.
constexpr std::size_t kMostRegions = 100;
constexpr std::size_t kMostQuestions = 2'000;

Result<aws::CloudTrail> client(const AwsAccess& access, const std::string& region) {
  return aws::CloudTrail::make(access.surroundings, *access.credentials, region, access.endpoint);
}

std::string configured_region(const AwsAccess& access) {
  const aws::Environment& environment = access.surroundings.environment;
  return environment("AWS_REGION").value_or(environment("AWS_DEFAULT_REGION").value_or("us-east-1"));
}

// "arn:aws:cloudtrail:eu-west-1:111122223333:trail/mgmt"
std::string account_of(const std::string& arn) {
  std::size_t at = 0;
  for (int colons = 0; colons < 4; ++colons) {
    at = arn.find(':', at);
    if (at == std::string::npos) return {};
    ++at;
  }
  return arn.substr(at, arn.find(':', at) - at);
}

verdict::TrailSettings settings_of(aws::Trail trail) {
  verdict::TrailSettings out;
  out.account = account_of(trail.arn);
  out.arn = std::move(trail.arn);
  out.name = std::move(trail.name);
  out.home_region = std::move(trail.home_region);
  out.bucket = std::move(trail.bucket);
  out.prefix = std::move(trail.prefix);
  while (out.prefix.ends_with('/')) out.prefix.pop_back();
  out.multi_region = trail.multi_region;
  out.organization = trail.organization;
  out.validation = trail.validation;
  return out;
}

verdict::TrailStatus status_of(std::string region, aws::TrailStatus status) {
  return {.region = std::move(region),
          .logging = status.logging,
          .logging_started = status.logging_started,
          .logging_stopped = status.logging_stopped,
          .latest_delivery = status.latest_delivery,
          .latest_digest_delivery = status.latest_digest_delivery,
          .delivery_error = std::move(status.delivery_error),
          .digest_delivery_error = std::move(status.digest_delivery_error)};
}

using Trails = std::map<std::string, verdict::TrailSettings>;  // by ARN

Trails describe(const AwsAccess& access, const std::vector<std::string>& regions,
                const std::vector<std::string>& buckets, std::vector<std::string>& troubles) {
  std::vector<std::optional<Result<std::vector<aws::Trail>>>> answers(regions.size());
  base::parallel_for(kAtOnce, regions.size(), 1, [&](std::size_t i) {
    const auto ask = client(access, regions[i]);
    if (ask)
      answers[i] = ask->describe_trails();
    else
      answers[i] = ask.error();
  });
  Trails trails;
  for (auto& answer : answers) {
    if (!*answer) {
      troubles.push_back(answer->error().message);
      continue;
    }
    for (aws::Trail& trail : **answer)
      if (std::ranges::find(buckets, trail.bucket) != buckets.end() && !trail.arn.empty())
        trails.emplace(trail.arn, settings_of(std::move(trail)));
  }
  return trails;
}

void ask_status(const AwsAccess& access, const std::set<std::string>& regions, Trails& trails,
                std::vector<std::string>& troubles) {
  struct Question {
    verdict::TrailSettings* trail;
    std::string region;
    std::optional<Result<aws::TrailStatus>> answer = {};
  };
  std::vector<Question> questions;
  for (auto& [arn, trail] : trails) {
    std::set<std::string> own = {trail.home_region};
    if (trail.multi_region) own.insert(regions.begin(), regions.end());
    for (const std::string& region : own)
      if (questions.size() < kMostQuestions) questions.push_back({&trail, region});
  }
  base::parallel_for(kAtOnce, questions.size(), 1, [&](std::size_t i) {
    const auto ask = client(access, questions[i].region);
    if (ask)
      questions[i].answer = ask->trail_status(questions[i].trail->arn);
    else
      questions[i].answer = ask.error();
  });
  for (Question& each : questions) {
    if (*each.answer)
      each.trail->regions.push_back(status_of(each.region, std::move(*each.answer).value()));
    else
      troubles.push_back(each.answer->error().message);
  }
  if (questions.size() == kMostQuestions) troubles.push_back("GetTrailStatus: too many trails and regions to ask");
}

}  // namespace

verdict::Findings add_fetched_keys(const AwsAccess& access, const std::vector<verify::KeyNeed>& needs, Time now,
                                   const crypto::Backend& backend, trail::PublicKeySet& keys) {
  const Time until = std::max(access.surroundings.now(), now) + kKeysAhead;
  constexpr Seconds kBefore{24 * 3600};
  std::vector<RegionSpan> wanted;
  for (const verify::KeyNeed& need : needs)
    wanted.push_back({need.region, {std::clamp(need.earliest - kBefore, kFirstDigests, until), until}});
  verdict::Findings findings;
  const auto unavailable = [&](const std::string& region, std::string why) {
    findings.add({.code = verdict::Code::keys_unavailable, .subject = region, .detail = std::move(why)});
  };
  auto answers = fetch_keys(access, wanted);
  for (std::size_t i = 0; i < answers.size(); ++i) {
    const std::string& region = wanted[i].region;
    if (!answers[i])
      unavailable(region, answers[i].error().message);
    else if (answers[i]->keys.empty())
      unavailable(region, "CloudTrail of " + region + " has no keys for that time");
    if (!answers[i]) continue;
    for (trail::PublicKey& key : answers[i]->keys)
      if (const auto added = keys.add(std::move(key), backend); !added) unavailable(region, added.error().message);
  }
  return findings;
}

verify::SettingsAnswer ask_trail_settings(const AwsAccess& access, const std::vector<trail::ChainId>& chains,
                                          const std::vector<std::string>& buckets, Time listed) {
  verify::SettingsAnswer answer;
  answer.asked = access.surroundings.now();
  answer.listed = listed;
  std::set<std::string> homes, regions;
  for (const trail::ChainId& chain : chains) {
    if (homes.size() < kMostRegions) homes.insert(chain.home_region);
    if (regions.size() < kMostRegions) regions.insert(chain.region);
  }
  if (homes.empty()) homes.insert(configured_region(access));
  Trails trails = describe(access, {homes.begin(), homes.end()}, buckets, answer.troubles);
  ask_status(access, regions, trails, answer.troubles);
  for (auto& [arn, trail] : trails) answer.trails.push_back(std::move(trail));
  return answer;
}

bool may_ask_settings(const AwsAccess& access, const std::string& s3_endpoint) {
  const aws::Environment& environment = access.surroundings.environment;
  const auto is_foreign = [&](const std::string& service, const std::string& given) {
    const std::string custom = aws::endpoint_options(service, environment, given).custom;
    const auto url = aws::parse_url(custom);
    return url && !aws::is_own_host(url->host, configured_region(access));
  };
  return !is_foreign("s3", s3_endpoint) || is_foreign("cloudtrail", access.endpoint);
}

}  // namespace trailseal::cli
