// The document of a key policy (IAM User Guide, "IAM JSON policy elements reference"), read strictly: what IAM would
// not accept is no policy. Nothing is evaluated here.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::kms {

// One key of one operator: {"StringLike": {"kms:CallerAccount": ["111122223333"]}}
struct Condition {
  std::string op;         // lower case, without "ForAllValues:" and "IfExists"
  std::string key;        // lower case
  bool optional = false;  // IfExists or ForAllValues: true as well when the request lacks the key
  std::vector<std::string> values;
};

struct Principals {
  bool everybody = false;            // "*" or {"AWS": "*"}
  std::vector<std::string> aws;      // ARNs and account numbers
  std::vector<std::string> service;  // "cloudtrail.amazonaws.com"
  std::vector<std::string> other;    // federated and canonical users
};

struct Statement {
  std::string label;  // its Sid, or "statement 3"
  bool allow = false;
  Principals principals;
  bool not_principal = false;  // everybody but these
  std::vector<std::string> actions;
  bool not_action = false;
  std::vector<std::string> resources;
  bool not_resource = false;
  std::vector<Condition> conditions;
};

// Errors: corrupt (no policy; the message says where), limit (more than 128 KiB, or too many parts).
Result<std::vector<Statement>> parse_policy(ByteView json);

// IAM's patterns: "*" is any text, "?" any one character.
bool matches(std::string_view pattern, std::string_view text);

// The same without regard to case, as actions are compared.
bool matches_action(std::string_view pattern, std::string_view action);

}  // namespace trailseal::kms
