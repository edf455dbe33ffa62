// One digest: is it whole, is it where it says it is, did CloudTrail sign it?
#include <algorithm>
#include <chrono>
#include <utility>

#include "base/hex.hpp"
#include "verify/judge.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;
using verdict::Finding;

// A digest is signed when it is delivered, about half an hour after its end; keys may begin in between.
constexpr auto kDeliverySlack = std::chrono::hours{2};

Code code_of(base::GzipFault fault) {
  switch (fault) {
    case base::GzipFault::not_gzip: return Code::digest_not_gzip;
    case base::GzipFault::truncated: return Code::digest_truncated;
    case base::GzipFault::corrupt: return Code::digest_corrupt;
    case base::GzipFault::trailing: return Code::digest_trailing_data;
    case base::GzipFault::limit: return Code::digest_limit;
  }
  return Code::digest_corrupt;
}

std::string describe(const Error& error) { return std::string(to_string(error.code)) + ": " + error.message; }

// A trouble of the store or the gzip frame that hides the content.
std::optional<Finding> content_fault(const DigestFacts& facts) {
  if (facts.read_error && facts.read_error->code == Errc::authentication)
    return Finding{.code = Code::source_credentials_refused, .detail = facts.read_error->message};
  if (facts.read_error) {
    const bool limit = facts.read_error->code == Errc::limit;
    return Finding{.code = limit ? Code::digest_limit : Code::digest_unreadable, .detail = describe(*facts.read_error)};
  }
  if (facts.envelope && facts.envelope->state != Unsealed::State::opened) {
    const bool broken = facts.envelope->state == Unsealed::State::broken;
    return Finding{.code = broken ? Code::digest_envelope_broken : Code::digest_sealed,
                   .detail = facts.envelope->verdict + ": " + facts.envelope->detail};
  }
  if (facts.gzip) return Finding{.code = code_of(facts.gzip->fault), .detail = facts.gzip->detail};
  if (facts.parse_error) {
    const bool limit = facts.parse_error->code == Errc::limit;
    return Finding{.code = limit ? Code::digest_limit : Code::digest_malformed, .detail = facts.parse_error->message};
  }
  return std::nullopt;
}

std::string why_unavailable(const DigestFacts& facts) {
  if (facts.successor == SignatureState::invalid) return "the copy that its successor holds is not of this content";
  if (facts.metadata_error) return "its metadata could not be read: " + facts.metadata_error->message;
  return "no metadata hold it and no later digest was found that does";
}

std::optional<Finding> signature_fault(const DigestFacts& facts, const DigestContext& context) {
  const bool recovered = facts.successor == SignatureState::valid;
  const std::string copy =
      recovered ? "; the successor's copy of the signature verifies, so only the metadata are wrong" : "";
  switch (facts.own) {
    case SignatureState::valid: return std::nullopt;
    case SignatureState::malformed:
      return Finding{.code = Code::digest_signature_malformed,
                     .expected = facts.signer
                                     ? std::to_string(facts.signer->key.key.signature_size()) + " bytes in hexadecimal"
                                     : "",
                     .found = facts.signature->size() > 80 ? facts.signature->substr(0, 80) + "..." : *facts.signature,
                     .detail = "the recorded signature cannot be one" + copy};
    case SignatureState::invalid:
      return Finding{.code = Code::digest_signature_invalid, .detail = "under key " + facts.digest->fingerprint + copy};
    case SignatureState::failed:
      return Finding{.code = Code::crypto_backends_disagree,
                     .detail = facts.crypto_error ? facts.crypto_error->message : ""};
    case SignatureState::key_unknown: break;
    case SignatureState::absent:
      if (recovered) return std::nullopt;
      if (facts.crypto_error)
        return Finding{.code = Code::crypto_backends_disagree, .detail = facts.crypto_error->message};
      if (facts.signer != nullptr)
        return Finding{.code = Code::digest_signature_unavailable, .detail = why_unavailable(facts)};
      break;
  }
  const bool covered = keys_cover(context.proven_keys, facts.digest->end);
  return Finding{.code = covered ? Code::digest_key_foreign : Code::digest_key_unknown,
                 .found = facts.digest->fingerprint,
                 .detail = covered ? "the trusted keys of this region cover this time, and it is none of them"
                                   : "fetch the keys of the region for this time with list-public-keys"};
}

void judge_place(const DigestFacts& facts, const DigestContext& context, std::vector<Finding>& out) {
  const auto& digest = *facts.digest;
  // As long as no valid digest tells the name of the bucket, none can be in the wrong one.
  const bool bucket_unknown = context.bucket.empty() && digest.key == facts.key;
  if (!facts.location_ok && !bucket_unknown)
    out.push_back({.code = Code::digest_moved,
                   .expected = uri(digest.bucket, digest.key),
                   .found = uri(context.bucket, facts.key),
                   .detail = "the content is that of the digest which ends " + digest.end_text});
  if (facts.location_ok && !facts.account_ok)
    out.push_back({.code = Code::digest_account_mismatch, .expected = context.account, .found = digest.account});
  if (facts.proven() && (facts.ref.end != digest.end ||
                         std::chrono::floor<std::chrono::days>(digest.end).time_since_epoch().count() != facts.ref.day))
    out.push_back({.code = Code::digest_key_template,
                   .expected = to_basic_seconds(digest.end) + " in its day's folder",
                   .found = facts.key});
}

bool fits(const std::optional<Interval>& validity, Time time, Seconds slack) {
  return !validity || (validity->begin <= time + slack && time <= validity->end);
}

void judge_labels(const DigestFacts& facts, const DigestContext& context, std::vector<Finding>& out) {
  const auto& digest = *facts.digest;
  constexpr std::string_view kAlgorithm = "SHA256withRSA";
  if (digest.signature_algorithm != kAlgorithm)
    out.push_back({.code = Code::digest_algorithm_label,
                   .expected = std::string(kAlgorithm),
                   .found = digest.signature_algorithm,
                   .detail = "in the digest"});
  else if (facts.signature_algorithm && *facts.signature_algorithm != kAlgorithm)
    out.push_back({.code = Code::digest_algorithm_label,
                   .expected = std::string(kAlgorithm),
                   .found = *facts.signature_algorithm,
                   .detail = "in the metadata, which nothing protects; it was ignored"});
  if (facts.signature && facts.own == SignatureState::valid &&
      std::any_of(facts.signature->begin(), facts.signature->end(), [](char c) { return c >= 'A' && c <= 'F'; }))
    out.push_back({.code = Code::digest_signature_case});
  if (!facts.signature && facts.successor == SignatureState::valid && context.source_has_metadata)
    out.push_back(
        {.code = Code::digest_metadata_missing, .detail = facts.metadata_error ? facts.metadata_error->message : ""});

  const auto& validity = facts.signer ? facts.signer->key.validity : std::nullopt;
  if (facts.ref.backfill) {
    if (!facts.has_metadata || facts.metadata_error) return;  // nothing is recorded at all, so nothing was lost
    const auto time = facts.backfill_timestamp ? parse_time(*facts.backfill_timestamp)
                                               : Result<Time>(Error{Errc::not_found, "it is missing"});
    const bool possible = time && *time >= digest.end && fits(validity, *time, Seconds{0});
    if (!possible)
      out.push_back({.code = Code::digest_backfill_timestamp,
                     .expected = "a time after " + to_string(digest.end) + " at which the key is valid",
                     .found = facts.backfill_timestamp.value_or("nothing")});
  } else if (!fits(validity, digest.end, kDeliverySlack)) {
    out.push_back({.code = Code::digest_key_validity,
                   .expected = to_string(validity->begin) + " to " + to_string(validity->end),
                   .found = digest.end_text,
                   .detail = "key " + digest.fingerprint});
  }
}

std::vector<Finding> faults(const DigestFacts& facts, const DigestContext& context) {
  std::vector<Finding> out;
  if (auto fault = content_fault(facts)) out.push_back(std::move(*fault));
  if (!facts.digest) {
    if (facts.crypto_error && out.empty())
      out.push_back({.code = Code::crypto_backends_disagree, .detail = facts.crypto_error->message});
    return out;
  }
  judge_place(facts, context, out);
  if (auto fault = signature_fault(facts, context)) out.push_back(std::move(*fault));
  if (out.empty() && !facts.proven())
    out.push_back({.code = Code::digest_unreadable, .detail = "which bucket it lies in is unknown; say BUCKET=DIR"});
  return out;
}

}  // namespace

std::string uri(std::string_view bucket, std::string_view key) {
  if (bucket.empty()) return std::string(key);
  return "s3://" + std::string(bucket) + "/" + std::string(key);
}

Finding listing_fault(std::string subject, const Error& error) {
  if (error.code == Errc::authentication)
    return {.code = Code::source_credentials_refused, .subject = std::move(subject), .detail = error.message};
  return {.code = Code::source_unreadable, .subject = std::move(subject), .detail = describe(error)};
}

bool keys_cover(const std::vector<Interval>& validity, Time time) {
  if (validity.empty()) return false;
  constexpr auto kRotation = std::chrono::days{19};
  const auto by_begin = [](const Interval& a, const Interval& b) { return a.begin < b.begin; };
  const auto [first, last] = std::minmax_element(validity.begin(), validity.end(), by_begin);
  const bool valid = std::any_of(validity.begin(), validity.end(),
                                 [&](const Interval& v) { return v.begin <= time && time <= v.end; });
  return valid && first->begin <= time && time < last->begin + kRotation;
}

std::optional<Code> fault_of(const DigestFacts& facts, const DigestContext& context) {
  if (facts.proven()) return std::nullopt;
  const auto found = faults(facts, context);
  return found.empty() ? std::optional(Code::digest_unreadable) : std::optional(found.front().code);
}

void judge_digest(const DigestFacts& facts, const DigestContext& context, verdict::Findings& findings) {
  auto found = faults(facts, context);
  if (facts.digest && facts.proven()) judge_labels(facts, context, found);
  for (auto& finding : found) {
    finding.chain = context.chain;
    finding.subject = uri(context.bucket, facts.key);
    finding.when = facts.hour();
    findings.add(std::move(finding));
  }
}

}  // namespace trailseal::verify
