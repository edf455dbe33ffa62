#include "golden/hostile_verdict.hpp"

#include "golden/sample_verdicts.hpp"

namespace trailseal::test {
namespace {

template <typename... Strings>
void taint(Strings&... strings) {
  ((strings = std::string(kPayload) + strings), ...);
}

void taint(verdict::EventRef& event) {
  taint(event.id, event.name, event.source, event.region, event.account, event.actor, event.user, event.issuer,
        event.access_key, event.source_ip, event.user_agent, event.error, event.log, event.digest);
}

void taint(std::vector<std::string>& strings) {
  if (strings.empty()) strings.emplace_back();
  for (std::string& each : strings) taint(each);
}

void taint(std::optional<verdict::DigestCite>& cite) {
  if (!cite) cite.emplace();
  taint(cite->uri, cite->sha256);
}

void taint_run(verdict::RunInfo& run) {
  taint(run.tool_version, run.fresh_at_origin, run.clock_origin, run.expected_kms_key);
  for (auto* list : {&run.accounts, &run.regions, &run.trails, &run.orgs}) taint(*list);
  for (auto& source : run.sources) {
    taint(source.label, source.bucket, source.bucket_origin, source.provenance.manifest_sha256);
    auto& acquisition = source.provenance.runs.emplace_back();
    taint(acquisition.operator_name, acquisition.account, acquisition.arn, acquisition.tool, acquisition.tool_version,
          acquisition.tool_sha256);
    taint(acquisition.arguments);
    source.provenance.runs_in_all = 1;
  }
}

}  // namespace

verdict::Verdict hostile_verdict() {
  verdict::Verdict verdict;
  for (const Sample& sample : samples())
    if (sample.name == "incident") verdict = sample.make();
  taint_run(verdict.run);
  for (auto& chain : verdict.chains) {
    taint(chain.chain, chain.org, chain.account, chain.trail, chain.home_region, chain.region);
    for (auto& gap : chain.gaps) {
      taint(gap.last_good);
      taint(gap.next);
    }
  }
  for (auto& key : verdict.keys) taint(key.fingerprint, key.encoding, key.origin);
  for (auto& trail : verdict.trails) {
    taint(trail.arn, trail.name, trail.account, trail.home_region, trail.bucket, trail.prefix);
    for (auto& status : trail.regions) taint(status.region, status.delivery_error, status.digest_delivery_error);
  }
  verdict.kms_keys.emplace_back();
  verdict.kms_readers.emplace_back();
  verdict.kms_settings.emplace_back();
  taint(verdict.kms_keys[0].key, verdict.kms_readers[0].key, verdict.kms_readers[0].actor);
  taint(verdict.kms_settings[0].arn, verdict.kms_settings[0].origin, verdict.kms_settings[0].state,
        verdict.kms_settings[0].rotation);
  for (auto& explanation : verdict.forensics.explanations) {
    taint(explanation.chain, explanation.subject, explanation.sentence);
    taint(explanation.facts);
    taint(explanation.considered);
    for (auto& event : explanation.events) taint(event);
  }
  for (auto& tampering : verdict.forensics.tampering) {
    taint(tampering.rule, tampering.concerns, tampering.detail);
    taint(tampering.attack);
    taint(tampering.attack_before);
    taint(tampering.event);
  }
  verdict::Findings findings;
  for (verdict::Finding finding : verdict.findings.sorted()) {
    taint(finding.chain, finding.subject, finding.expected, finding.found, finding.detail);
    findings.add(finding);
  }
  verdict.findings = findings;
  return verdict;
}

}  // namespace trailseal::test
