// What is known of the KMS keys that protect logs at S3 (SSE-KMS): state, rotation and policy, as KMS answered or as
// the answers were saved. None of it proves anything about a log; all of it is configuration at the time of asking.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::kms {

// The JSON of an answer, as the service gives it or as aws-cli prints it, or why there is none.
using Answer = Result<Bytes>;

// About one key. What was not asked, or not saved, is nullopt or empty.
struct KeyAnswers {
  std::string origin;   // "answers/logs-key", "KMS in eu-west-1"
  std::string key_arn;  // the key that was asked about; empty: what the answers say
  std::optional<Answer> describe_key;
  std::optional<Answer> key_policy;  // also the bare policy document
  std::optional<Answer> rotation_status;
  std::vector<Answer> rotations;  // ListKeyRotations, page by page; an error is the last of them
  std::vector<Answer> grants;     // ListGrants, likewise
};

struct NamedAnswer {
  std::string origin;
  Answer answer;
};

struct Answers {
  std::vector<KeyAnswers> keys;
  std::vector<NamedAnswer> trails;  // DescribeTrails of CloudTrail
  std::vector<NamedAnswer> events;  // LookupEvents of CloudTrail, or the Records of a log file
};

}  // namespace trailseal::kms
