#include "forensics/scope.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

#include "base/arn.hpp"

namespace trailseal::forensics {
namespace {

constexpr std::array<std::string_view, 4> kTrailPaths = {"@trail", "name", "trailName", "trailARN"};
constexpr std::array<std::string_view, 3> kKeyPaths = {"@resource", "keyId", "targetKeyId"};
constexpr std::size_t kShortestName = 4;  // of a trail, to be looked for in other names

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

// What a key's ARN ends with.
std::string_view id_of(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

std::optional<std::string> trail_of(const Notable& event, const Scope& scope) {
  if (scope.everything) {
    for (const auto path : kTrailPaths)
      if (const auto value = event.value(path); !value.empty()) return std::string(value);
    return std::string();
  }
  for (const TrailName& trail : scope.trails) {
    if (!names_trail(event, trail)) continue;
    for (const auto path : kTrailPaths)
      if (const auto value = event.value(path); !value.empty()) return std::string(value);
  }
  return std::nullopt;
}

std::optional<std::string> key_of(const Notable& event, const Scope& scope) {
  for (const auto path : kKeyPaths)
    for (const Parameter& each : event.parameters)
      if (each.path == path && (scope.everything || scope.has_key(each.value))) return each.value;
  return std::nullopt;
}

std::optional<std::string> named_of(const Notable& event, const Scope& scope) {
  for (const Parameter& each : event.parameters) {
    if (scope.everything) return each.value;
    const std::string value = lower(each.value);
    const bool ours = std::ranges::any_of(scope.trails, [&](const TrailName& trail) {
      return trail.name.size() >= kShortestName && value.find(lower(trail.name)) != std::string::npos;
    });
    if (ours || value.find("cloudtrail") != std::string::npos) return each.value;
  }
  return std::nullopt;
}

std::optional<std::string> bucket_of(const Notable& event, const Scope& scope) {
  const auto bucket = std::string(event.value("bucketName"));
  if (scope.everything || scope.buckets.contains(bucket)) return bucket;
  return std::nullopt;
}

// The account that has the trail of an organization, as the settings or the events that made it one say; empty:
// unknown. Only an organization's own administrators can make such a trail.
std::string owner_of(const verdict::Verdict& verdict, const std::vector<Notable>& events,
                     const verdict::ChainCoverage& chain) {
  const bool alone = std::ranges::none_of(verdict.chains, [&](const auto& other) {
    return other.trail == chain.trail && other.home_region == chain.home_region && !other.org.empty() &&
           other.org != chain.org;
  });
  if (!alone) return {};
  std::set<std::string> owners;
  for (const auto& trail : verdict.trails)
    if (trail.organization && trail.name == chain.trail && trail.home_region == chain.home_region)
      owners.insert(trail.account);
  for (const Notable& event : events) {
    if (!event.is("cloudtrail", "CreateTrail") && !event.is("cloudtrail", "UpdateTrail")) continue;
    if (!event.succeeded() || event.event.standing != verdict::Standing::verified) continue;
    if (!event.has("isOrganizationTrail", "true") || !names_trail(event, {chain.trail, chain.home_region, ""}))
      continue;
    const auto arn = base::parse_arn(event.value("@trail"));
    owners.insert(arn ? std::string(arn->account) : event.event.account);
  }
  return owners.size() == 1 ? *owners.begin() : std::string();
}

}  // namespace

TrailName Scope::trail_of(const verdict::ChainCoverage& chain) const {
  TrailName trail{chain.trail, chain.home_region, chain.account};
  if (chain.org.empty()) return trail;
  const auto owner = owners.find(chain.chain);
  trail.account = owner == owners.end() ? std::string() : owner->second;
  return trail;
}

bool Scope::has_key(std::string_view key) const {
  return keys.contains(std::string(key)) || keys.contains(std::string(id_of(key)));
}

bool names_trail(const Notable& event, const TrailName& trail) {
  for (const auto path : kTrailPaths) {
    const auto value = event.value(path);
    if (value.empty()) continue;
    const auto arn = base::parse_arn(value);
    if (!arn) {
      // By its name a trail is called where it is at home, by its own account.
      if (value == trail.name && event.event.region == trail.home_region &&
          (trail.account.empty() || event.event.account == trail.account))
        return true;
      continue;
    }
    if (arn->service == "cloudtrail" && arn->resource == "trail/" + trail.name && arn->region == trail.home_region &&
        (trail.account.empty() || arn->account == trail.account))
      return true;
  }
  return false;
}

Scope scope_of(const verdict::Verdict& verdict, const std::vector<Notable>& events) {
  Scope scope;
  for (const auto& source : verdict.run.sources)
    if (!source.bucket.empty()) scope.buckets.insert(source.bucket);
  for (const auto& chain : verdict.chains) {
    if (auto owner = chain.org.empty() ? std::string() : owner_of(verdict, events, chain); !owner.empty())
      scope.owners.emplace(chain.chain, std::move(owner));
    scope.trails.insert(scope.trail_of(chain));
  }
  const auto add_key = [&](std::string_view key) {
    if (key.empty()) return;
    scope.keys.insert(std::string(key));
    scope.keys.insert(std::string(id_of(key)));
  };
  for (const auto& key : verdict.kms_keys) add_key(key.key);
  for (const auto& key : verdict.kms_settings) add_key(key.arn);
  for (const Notable& event : events)
    if (event.event.name == "CreateTrail" || event.event.name == "UpdateTrail")
      for (const TrailName& trail : scope.trails)
        if (names_trail(event, trail)) add_key(event.value("kmsKeyId"));
  return scope;
}

std::optional<std::string> concern_of(const Notable& event, Subject subject, const Scope& scope) {
  switch (subject) {
    case Subject::trail: return trail_of(event, scope);
    case Subject::bucket:
    case Subject::object: return bucket_of(event, scope);
    case Subject::key: return key_of(event, scope);
    case Subject::named: return named_of(event, scope);
    case Subject::access:
      if (auto key = std::string(event.value("@issued")); scope.access_keys.contains(key)) return key;
      return std::nullopt;
    case Subject::account: break;
  }
  return std::string();
}

}  // namespace trailseal::forensics
