// What a key policy lets happen, and what CloudTrail needs of it: the checks P1 to P8 of envelope.md 1.3. A linter
// reads statements side by side; it does not evaluate IAM: no policies of identities, no service control policies, no
// grants.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "kms/policy.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::kms {

// A trail whose logs the key protects, or may protect.
struct KnownTrail {
  std::string account;  // empty: a trail of an organisation, whose owner the evidence does not name
  std::string region, name;
  auto operator<=>(const KnownTrail&) const = default;
};

struct PolicyContext {
  std::string subject;                // of every finding: the key's ARN, or where the policy was saved
  std::string key_arn;                // empty: unknown
  std::vector<std::string> accounts;  // whose trails are known; empty: none is, and accounts are not compared
  std::vector<KnownTrail> trails;     // empty: none is known, and ARNs of trails are not compared
};

// P1 alone: does no statement let CloudTrail make data keys, or does one forbid it?
bool refuses_cloudtrail(const std::vector<Statement>& policy, const std::string& key_arn);

void lint_policy(const std::vector<Statement>& policy, const PolicyContext& context, verdict::Findings& findings);

}  // namespace trailseal::kms
