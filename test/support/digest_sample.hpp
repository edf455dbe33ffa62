// A small digest in genuine spelling, to be changed field by field.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::test {

inline const std::string kHash(64, 'a');
inline const std::string kFolder = "AWSLogs\\/111111111111\\/CloudTrail-Digest\\/us-east-1\\/2026\\/07\\/01\\/";

// The fields of an object as name and JSON value, in order.
using Members = std::vector<std::pair<std::string, std::string>>;

inline std::string json(const Members& members) {
  std::string text = "{";
  for (const auto& [name, value] : members) text += (text.size() > 1 ? ",\"" : "\"") + name + "\":" + value;
  return text + "}";
}

inline Members log_entry() {
  return {{"s3Bucket", "\"trail-bucket\""},
          {"s3Object", "\"AWSLogs\\/111111111111\\/CloudTrail\\/us-east-1\\/2026\\/07\\/01\\/x.json.gz\""},
          {"hashValue", '"' + kHash + '"'},
          {"hashAlgorithm", "\"SHA-256\""},
          {"newestEventTime", "\"2026-07-01T00:10:00Z\""},
          {"oldestEventTime", "\"2026-07-01T00:01:00Z\""}};
}

inline Members linked_digest() {
  return {{"awsAccountId", "\"111111111111\""},
          {"digestStartTime", "\"2026-06-30T23:13:52Z\""},
          {"digestEndTime", "\"2026-07-01T00:13:52Z\""},
          {"digestS3Bucket", "\"trail-bucket\""},
          {"digestS3Object", '"' + kFolder + "second.json.gz\""},
          {"digestPublicKeyFingerprint", "\"31e8b5433410dfb61a9dc45cc65b22ff\""},
          {"digestSignatureAlgorithm", "\"SHA256withRSA\""},
          {"newestEventTime", "\"2026-07-01T00:10:00Z\""},
          {"oldestEventTime", "\"2026-07-01T00:01:00Z\""},
          {"previousDigestS3Bucket", "\"trail-bucket\""},
          {"previousDigestS3Object", '"' + kFolder + "first.json.gz\""},
          {"previousDigestHashValue", '"' + kHash + '"'},
          {"previousDigestHashAlgorithm", "\"SHA-256\""},
          {"previousDigestSignature", "\"50887ccf\""},
          {"logFiles", "[" + json(log_entry()) + "]"}};
}

inline Members starting_digest() {
  Members members = linked_digest();
  for (auto& [name, value] : members)
    if (name.starts_with("previous") || name == "newestEventTime" || name == "oldestEventTime") value = "null";
  members.back().second = "[]";
  return members;
}

inline Members with(Members members, const std::string& name, const std::string& value) {
  for (auto& member : members)
    if (member.first == name) member.second = value;
  return members;
}

inline Members without(const Members& members, const std::string& name) {
  Members rest;
  for (const auto& member : members)
    if (member.first != name) rest.push_back(member);
  REQUIRE(rest.size() + 1 == members.size());
  return rest;
}

// The fault, or "" for a good digest.
inline std::string fault(const std::string& text) {
  trail::DigestParser parser;
  const Result<trail::Digest> digest = parser.parse(as_bytes(text));
  return digest ? "" : std::string(to_string(digest.error().code)) + ": " + digest.error().message;
}

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace trailseal::test
