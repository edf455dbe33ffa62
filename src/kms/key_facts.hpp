// The facts of one key, read from the answers of KMS (API Reference, version 2014-11-01).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kms/policy.hpp"
#include "trailseal/kms.hpp"
#include "trailseal/time.hpp"

namespace trailseal::kms {

struct Grant {
  std::string grantee;
  bool decrypts = false;
  bool names_trail = false;  // its constraint demands aws:cloudtrail:arn in the context
};

struct KeyFacts {
  std::string origin, arn, account;
  // DescribeKey; empty: unknown
  std::string state, manager, material, usage, spec;
  std::optional<Time> deletion;  // when it will be deleted
  std::optional<Time> expiry;    // of imported material
  std::optional<bool> rotates;
  std::optional<Time> last_rotation;
  std::optional<std::vector<Statement>> policy;
  std::vector<Grant> grants;
  bool more_grants = false;  // the answer is only the first page

  bool gone = false;                                    // KMS knows no such key
  std::vector<std::pair<std::string, Error>> failures;  // question, why
  std::vector<std::string> denied, absent;              // questions

  // What to call it: its ARN, or where its answers were.
  const std::string& name() const { return arn.empty() ? origin : arn; }
};

KeyFacts read_key(const KeyAnswers& answers);

}  // namespace trailseal::kms
