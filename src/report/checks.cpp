#include "report/checks.hpp"

namespace trailseal::report {

std::vector<Check> checks_run(const verdict::Verdict& verdict) {
  std::vector<Check> checks{
      {"digest-signatures", "digest signatures"},
      {"digest-locations", "digest locations"},
      {"chain-links", "chain links"},
      {"chain-continuity", "continuity"},
  };
  if (verdict.run.fresh_at) checks.push_back({"head-freshness", "head freshness"});
  checks.push_back({"log-hashes", "log hashes"});
  checks.push_back({"unlisted-logs", "unlisted logs"});
  return checks;
}

}  // namespace trailseal::report
