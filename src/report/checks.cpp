#include "report/checks.hpp"

#include <algorithm>

namespace trailseal::report {

std::vector<Check> checks_run(const verdict::Verdict& verdict) {
  std::vector<Check> checks;
  if (verdict.tally.digests_found != 0) {
    checks = {
        {"digest-signatures", "digest signatures"},
        {"digest-locations", "digest locations"},
        {"chain-links", "chain links"},
        {"chain-continuity", "continuity"},
    };
  }
  if (std::ranges::any_of(verdict.chains, &verdict::ChainCoverage::head_judged))
    checks.push_back({"head-freshness", "head freshness"});
  if (verdict.tally.digests_verified != 0) checks.push_back({"log-hashes", "log hashes"});
  checks.push_back({"unlisted-logs", "unlisted logs"});
  if (!verdict.trails.empty()) checks.push_back({"trail-settings", "trail settings"});
  if (verdict.run.versions) checks.push_back({"object-versions", "object versions"});
  if (!verdict.kms_keys.empty()) checks.push_back({"kms-witnesses", "KMS witnesses"});
  if (!verdict.kms_settings.empty()) checks.push_back({"kms-settings", "KMS settings"});
  return checks;
}

}  // namespace trailseal::report
