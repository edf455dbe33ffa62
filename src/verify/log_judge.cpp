// One log file that a proven digest lists: is it there, is it whole, is it the content that was signed?
#include "base/hex.hpp"
#include "verify/judge.hpp"

namespace trailseal::verify {

using verdict::Code;

std::optional<Code> fault_of(const trail::ListedLog& log, const LogFacts& facts) {
  if (facts.error) {
    if (facts.crypto_failed) return Code::crypto_backends_disagree;
    if (facts.error->code == Errc::not_found) return Code::log_missing;
    if (facts.error->code == Errc::authentication) return Code::source_credentials_refused;
    return facts.error->code == Errc::limit ? Code::log_limit : Code::log_unreadable;
  }
  if (facts.envelope && facts.envelope->state == Unsealed::State::shut) return Code::log_sealed;
  if (facts.envelope && facts.envelope->state == Unsealed::State::broken) return Code::log_envelope_broken;
  if (facts.gzip) {
    switch (facts.gzip->fault) {
      case base::GzipFault::not_gzip: return Code::log_not_gzip;
      case base::GzipFault::truncated: return Code::log_truncated;
      case base::GzipFault::corrupt: return Code::log_corrupt;
      case base::GzipFault::trailing: return Code::log_trailing_data;
      case base::GzipFault::limit: return Code::log_limit;
    }
  }
  if (!log.hash_known) return Code::log_algorithm;
  if (facts.hash != log.hash) return Code::log_hash_mismatch;
  return std::nullopt;
}

verdict::Outcome outcome_of(const trail::ListedLog& log, const LogFacts& facts) {
  const auto code = fault_of(log, facts);
  if (!code) return verdict::Outcome::verified;
  return verdict::info(*code).severity == verdict::Severity::violation ? verdict::Outcome::violated
                                                                       : verdict::Outcome::open;
}

void judge_log(const trail::ListedLog& log, const LogFacts& facts, const LogContext& context,
               std::string_view belongs_to, verdict::Findings& findings) {
  const auto code = fault_of(log, facts);
  if (!code) return;
  verdict::Finding finding{
      .code = *code, .chain = context.chain, .subject = uri(log.bucket, log.key), .when = context.hour};
  if (facts.error && facts.error->code != Errc::not_found)
    finding.detail = std::string(to_string(facts.error->code)) + ": " + facts.error->message;
  else if (facts.gzip)
    finding.detail = facts.gzip->detail;
  else if (*code == Code::log_sealed || *code == Code::log_envelope_broken)
    finding.detail = facts.envelope->verdict + ": " + facts.envelope->detail;
  if (facts.gzip && facts.gzip->content_complete && log.hash_known)
    finding.detail += facts.hash == log.hash ? "; the content before it is what was signed"
                                             : "; the content before it is not what was signed";
  if (*code == Code::log_missing && log.hash_known) {
    finding.expected = "a log file with the SHA-256 " + base::to_hex(log.hash);
    finding.found = "nothing";
  }
  if (*code == Code::log_hash_mismatch) {
    finding.expected = base::to_hex(log.hash);
    finding.found = base::to_hex(facts.hash);
    if (!belongs_to.empty()) finding.detail = "this content belongs to " + std::string(belongs_to);
  }
  finding.detail += (finding.detail.empty() ? "" : "; ") + ("listed by " + context.digest);
  findings.add(std::move(finding));
}

}  // namespace trailseal::verify
