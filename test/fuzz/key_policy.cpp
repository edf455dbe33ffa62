// A policy is read or refused, and the linter has an end and an answer for whatever was read.
#include "kms/policy.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "kms/policy_lint.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const auto policy = kms::parse_policy(input);
  if (!policy) {
    if (policy.error().message.empty()) std::abort();
    return;
  }
  const std::string key = "arn:aws:kms:eu-west-1:111122223333:key/1";
  const kms::PolicyContext contexts[] = {{"saved", "", {}, {}},
                                         {key, key, {"111122223333"}, {{"111122223333", "eu-west-1", "main"}}}};
  for (const kms::PolicyContext& context : contexts) {
    verdict::Findings findings;
    kms::lint_policy(*policy, context, findings);
    // Every finding warns, and says about which key.
    for (const auto& finding : findings.sorted())
      if (finding.subject != context.subject || info(finding.code).severity != verdict::Severity::warning) std::abort();
  }
}
