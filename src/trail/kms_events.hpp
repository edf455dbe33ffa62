// What a log file tells of the KMS keys that protect log buckets.
//
// Whenever S3 stores an object for CloudTrail under SSE-KMS, KMS makes a data key for it, and CloudTrail records that
// as an event GenerateDataKey whose encryption context names the trail and the object (CloudTrail User Guide,
// "Encrypting CloudTrail log files, digest files, and event data stores with AWS KMS keys"; KMS Developer Guide,
// "Logging AWS KMS API calls with AWS CloudTrail"). So each such object has a witness in another log file.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::trail {

struct KmsEvent {
  enum class Kind {
    data_key,    // GenerateDataKey by CloudTrail, for a trail
    decrypt,     // somebody read an object of a trail
    key_change,  // DisableKey, EnableKey, ScheduleKeyDeletion, CancelKeyDeletion, DeleteKey, PutKeyPolicy, ...
    selectors,   // PutEventSelectors: which events a trail records
  };
  Kind kind = Kind::data_key;
  std::string name;  // eventName
  std::string id;    // eventID: two trails record one event
  Time at{};
  std::string region;         // awsRegion
  std::string key;            // ARN, or what the caller named
  std::string trail;          // "aws:cloudtrail:arn" of the context; of selectors: name or ARN of the trail
  std::string object;         // "aws:s3:arn" of the context: an object, a bucket, or a prefix
  std::string actor;          // ARN of the caller, or the service that called
  std::string source_ip;      // as recorded; may be a service's name
  std::string error;          // errorCode; empty: it succeeded
  std::string policy;         // of PutKeyPolicy: the new policy, as it was given
  bool excludes_kms = false;  // of selectors: KMS events are no longer recorded
};

// False: the log holds none of those events. True: parse it. A fraction of the cost of parsing, because most logs hold
// none.
bool may_hold_kms_events(ByteView log);

// The events of those kinds in {"Records": [...]} or, as in aggregated logs, in a plain list; records of other shapes
// are passed over. Errors: corrupt (no JSON of either shape), limit.
Result<std::vector<KmsEvent>> parse_kms_events(ByteView log);

}  // namespace trailseal::trail
