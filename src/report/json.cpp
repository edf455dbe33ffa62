// The report for machines. Its shape is documented field by field in trailseal-report(5) and fixed by
// verdict.schema.json; a change that could break a reader raises kSchemaVersion. Every field is always there.
//
// The output is plain ASCII (everything else is escaped), so that it may be printed on a terminal as well.
#include <algorithm>
#include <functional>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "report/checks.hpp"
#include "report/read_json.hpp"
#include "report/words.hpp"
#include "trailseal/report.hpp"

namespace trailseal::report {
namespace {

using nlohmann::ordered_json;
using verdict::Tally;
using verdict::Verdict;

ordered_json text(std::string_view evidence) { return base::to_utf8(evidence); }

ordered_json text_or_null(std::string_view evidence) {
  return evidence.empty() ? ordered_json(nullptr) : text(evidence);
}

ordered_json texts(const std::vector<std::string>& strings) {
  ordered_json array = ordered_json::array();
  for (const std::string& each : strings) array.push_back(text(each));
  return array;
}

ordered_json time(const std::optional<Time>& time) {
  return time ? ordered_json(to_string(*time)) : ordered_json(nullptr);
}

ordered_json interval(const std::optional<Interval>& span) {
  if (!span) return nullptr;
  return {{"begin", to_string(span->begin)}, {"end", to_string(span->end)}};
}

ordered_json tally(const Tally& tally) {
  return {{"digests",
           {{"found", tally.digests_found},
            {"verified", tally.digests_verified},
            {"violated", tally.digests_violated},
            {"open", tally.digests_open},
            {"missing", tally.digests_missing},
            {"backfill_verified", tally.backfill_verified}}},
          {"logs",
           {{"listed", tally.logs_listed},
            {"verified", tally.logs_verified},
            {"violated", tally.logs_violated},
            {"open", tally.logs_open},
            {"unlisted", tally.logs_unlisted},
            {"pending", tally.logs_pending},
            {"not_covered", tally.logs_not_covered}}},
          {"bytes", {{"read", tally.bytes_read}, {"hashed", tally.bytes_hashed}}}};
}

ordered_json request(const verdict::RunInfo& run) {
  return {{"since", time(run.since)},      {"until", time(run.until)},
          {"now", time(run.now)},          {"strict", run.strict},
          {"versions", run.versions},      {"accounts", texts(run.accounts)},
          {"regions", texts(run.regions)}, {"trails", texts(run.trails)},
          {"orgs", texts(run.orgs)},       {"expected_kms_key", text_or_null(run.expected_kms_key)}};
}

ordered_json acquisitions(const verdict::Provenance& provenance) {
  ordered_json array = ordered_json::array();
  for (const auto& run : provenance.runs) {
    array.push_back({{"begin", to_string(run.begin)},
                     {"end", time(run.end)},
                     {"interrupted", run.interrupted},
                     {"operator", text_or_null(run.operator_name)},
                     {"account", text_or_null(run.account)},
                     {"arn", text_or_null(run.arn)},
                     {"tool", text_or_null(run.tool)},
                     {"tool_version", text_or_null(run.tool_version)},
                     {"tool_sha256", text_or_null(run.tool_sha256)},
                     {"arguments", texts(run.arguments)},
                     {"acquired", run.acquired},
                     {"failed", run.failed},
                     {"bytes", run.bytes}});
  }
  return array;
}

ordered_json sources(const verdict::RunInfo& run) {
  ordered_json array = ordered_json::array();
  for (const auto& source : run.sources) {
    array.push_back({{"label", text(source.label)},
                     {"bucket", text_or_null(source.bucket)},
                     {"bucket_origin", text(source.bucket_origin)},
                     {"manifest_sha256", text_or_null(source.provenance.manifest_sha256)},
                     {"acquisitions_in_all", source.provenance.runs_in_all},
                     {"acquisitions", acquisitions(source.provenance)}});
  }
  return array;
}

ordered_json freshness(const verdict::RunInfo& run) {
  return {{"judged_at", time(run.fresh_at)},
          {"judged_at_origin", text_or_null(run.fresh_at_origin)},
          {"clock_origin", text_or_null(run.clock_origin)},
          {"max_head_age_seconds", run.max_head_age.count()}};
}

ordered_json trail_status(const verdict::TrailStatus& status) {
  return {{"region", text(status.region)},
          {"logging", status.logging},
          {"logging_started", time(status.logging_started)},
          {"logging_stopped", time(status.logging_stopped)},
          {"latest_delivery", time(status.latest_delivery)},
          {"latest_digest_delivery", time(status.latest_digest_delivery)},
          {"delivery_error", text_or_null(status.delivery_error)},
          {"digest_delivery_error", text_or_null(status.digest_delivery_error)}};
}

ordered_json trail_settings(const Verdict& verdict) {
  ordered_json trails = ordered_json::array();
  for (const auto& trail : verdict.trails) {
    ordered_json regions = ordered_json::array();
    for (const auto& status : trail.regions) regions.push_back(trail_status(status));
    trails.push_back({{"arn", text(trail.arn)},
                      {"name", text(trail.name)},
                      {"account", text(trail.account)},
                      {"home_region", text(trail.home_region)},
                      {"bucket", text(trail.bucket)},
                      {"prefix", text_or_null(trail.prefix)},
                      {"multi_region", trail.multi_region},
                      {"organization", trail.organization},
                      {"validation", trail.validation},
                      {"regions", std::move(regions)}});
  }
  return {{"asked_at", time(verdict.run.settings_asked)}, {"trails", std::move(trails)}};
}

ordered_json checks(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  for (const Check& check : checks_run(verdict)) array.push_back(check.name);
  return array;
}

ordered_json keys(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  for (const auto& key : verdict.keys) {
    array.push_back({{"fingerprint", text(key.fingerprint)},
                     {"encoding", text(key.encoding)},
                     {"bits", key.bits},
                     {"validity", interval(key.validity)},
                     {"origin", text(key.origin)},
                     {"digests_verified", key.digests_verified}});
  }
  return array;
}

ordered_json kms(const Verdict& verdict) {
  ordered_json keys = ordered_json::array();
  for (const auto& key : verdict.kms_keys) {
    keys.push_back({{"key", text(key.key)},
                    {"objects", key.objects},
                    {"witnessed", key.witnessed},
                    {"mismatched", key.mismatched},
                    {"missing", key.missing},
                    {"not_applicable", key.not_applicable},
                    {"orphans", key.orphans},
                    {"probes", key.probes}});
  }
  ordered_json readers = ordered_json::array();
  for (const auto& reader : verdict.kms_readers) {
    readers.push_back({{"key", text(reader.key)},
                       {"actor", text(reader.actor)},
                       {"reads", reader.reads},
                       {"denied", reader.denied},
                       {"first", to_string(reader.first)},
                       {"last", to_string(reader.last)}});
  }
  return {{"keys", std::move(keys)}, {"readers", std::move(readers)}, {"reads", verdict.kms_reads}};
}

ordered_json kms_settings(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  const auto known = [](const std::string& value) {
    return value.empty() ? ordered_json() : ordered_json(text(value));
  };
  for (const auto& key : verdict.kms_settings) {
    array.push_back({{"arn", text(key.arn)},
                     {"origin", text(key.origin)},
                     {"state", known(key.state)},
                     {"rotation", known(key.rotation)},
                     {"policy_judged", key.policy_judged}});
  }
  return array;
}

const char* head_state(const verdict::ChainCoverage& chain) {
  if (!chain.head_judged) return "not-judged";
  return chain.head_stale ? "stale" : "fresh";
}

ordered_json cite(const std::optional<verdict::DigestCite>& digest) {
  if (!digest) return nullptr;
  return {{"uri", text(digest->uri)}, {"sha256", text(digest->sha256)}, {"hour", interval(digest->hour)}};
}

ordered_json chain(const verdict::ChainCoverage& chain) {
  ordered_json proven = ordered_json::array();
  for (const Interval& span : chain.proven) proven.push_back(interval(span));
  ordered_json gaps = ordered_json::array();
  for (const auto& gap : chain.gaps) {
    gaps.push_back({{"begin", to_string(gap.interval.begin)},
                    {"end", to_string(gap.interval.end)},
                    {"cause", verdict::info(gap.cause).slug},
                    {"last_good", cite(gap.last_good)},
                    {"next", cite(gap.next)}});
  }
  return {{"chain", text(chain.chain)},
          {"org", text_or_null(chain.org)},
          {"account", text(chain.account)},
          {"trail", text(chain.trail)},
          {"home_region", text(chain.home_region)},
          {"region", text(chain.region)},
          {"outcome", to_string(chain.outcome)},
          {"span", interval(chain.span)},
          {"proven", std::move(proven)},
          {"gaps", std::move(gaps)},
          {"head", time(chain.head)},
          {"head_state", head_state(chain)},
          {"tail", interval(chain.tail)},
          {"hours_proven", hours(chain.proven_time())},
          {"hours_span", hours(chain.span.length())},
          {"percent", hundredths(chain.proven_basis_points())},
          {"totals", tally(chain.tally)}};
}

ordered_json chains(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  for (const auto& each : verdict.chains) array.push_back(chain(each));
  return array;
}

// In the order of what is written, so that whoever reads it finds it in order: U+FFFD may sort elsewhere than the bytes
// that it stands for.
std::vector<verdict::Finding> findings_as_written(const Verdict& verdict) {
  auto all = verdict.findings.sorted();
  for (auto& finding : all)
    for (std::string* each : {&finding.chain, &finding.subject, &finding.expected, &finding.found, &finding.detail})
      *each = base::to_utf8(*each);
  std::ranges::sort(all, std::less<>{});
  return all;
}

ordered_json findings(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  for (const auto& finding : findings_as_written(verdict)) {
    array.push_back({{"code", verdict::info(finding.code).slug},
                     {"severity", to_string(severity_of(finding.code, verdict.run.strict))},
                     {"chain", text_or_null(finding.chain)},
                     {"subject", text_or_null(finding.subject)},
                     {"when", interval(finding.when)},
                     {"expected", text_or_null(finding.expected)},
                     {"found", text_or_null(finding.found)},
                     {"detail", text_or_null(finding.detail)},
                     {"count", finding.count}});
  }
  return array;
}

ordered_json findings_total(const Verdict& verdict) {
  ordered_json array = ordered_json::array();
  const auto numbers = verdict.findings.numbers();
  for (const auto& [code, total] : verdict.findings.totals()) {
    array.push_back({{"code", verdict::info(code).slug}, {"findings", numbers.at(code)}, {"total", total}});
  }
  return array;
}

ordered_json event(const verdict::EventRef& event) {
  return {{"at", to_string(event.at)},
          {"id", text(event.id)},
          {"name", text(event.name)},
          {"source", text(event.source)},
          {"region", text(event.region)},
          {"account", text(event.account)},
          {"actor", text_or_null(event.actor)},
          {"user", text_or_null(event.user)},
          {"issuer", text_or_null(event.issuer)},
          {"access_key", text_or_null(event.access_key)},
          {"source_ip", text_or_null(event.source_ip)},
          {"user_agent", text_or_null(event.user_agent)},
          {"error", text_or_null(event.error)},
          {"mfa", event.mfa ? ordered_json(*event.mfa) : ordered_json(nullptr)},
          {"standing", to_string(event.standing)},
          {"log", text(event.log)},
          {"digest", text_or_null(event.digest)},
          {"record", event.record}};
}

ordered_json explanations(const verdict::Forensics& forensics) {
  ordered_json array = ordered_json::array();
  for (const auto& each : forensics.explanations) {
    ordered_json events = ordered_json::array();
    for (const auto& cited : each.events) events.push_back(event(cited));
    array.push_back({{"chain", text_or_null(each.chain)},
                     {"when", interval(each.when)},
                     {"subject", text_or_null(each.subject)},
                     {"code", verdict::info(each.code).slug},
                     {"cause", verdict::info(each.cause).slug},
                     {"confidence", to_string(each.confidence)},
                     {"sentence", text(each.sentence)},
                     {"events", std::move(events)},
                     {"facts", texts(each.facts)},
                     {"considered", texts(each.considered)}});
  }
  return array;
}

ordered_json tampering(const verdict::Forensics& forensics) {
  ordered_json array = ordered_json::array();
  for (const auto& each : forensics.tampering) {
    ordered_json effects = ordered_json::array();
    for (const auto effect : each.effects) effects.push_back(to_string(effect));
    array.push_back({{"event", event(each.event)},
                     {"rule", text(each.rule)},
                     {"effects", std::move(effects)},
                     {"attack", texts(each.attack)},
                     {"attack_before", texts(each.attack_before)},
                     {"concerns", text_or_null(each.concerns)},
                     {"detail", text_or_null(each.detail)}});
  }
  return array;
}

ordered_json forensics(const verdict::Forensics& forensics) {
  ordered_json rates = ordered_json::array();
  for (const auto& rate : forensics.rates) {
    rates.push_back(
        {{"hour", to_string(rate.hour)}, {"events", rate.events}, {"writes", rate.writes}, {"errors", rate.errors}});
  }
  return {{"explained", forensics.explained},
          {"timeline", forensics.timeline},
          {"logs", forensics.logs},
          {"events", forensics.events},
          {"unreadable", forensics.unreadable},
          {"attack_version", verdict::kAttackVersion},
          {"explanations", explanations(forensics)},
          {"tampering", tampering(forensics)},
          {"rates", std::move(rates)},
          {"truncated", forensics.truncated}};
}

std::string write_json(const Verdict& verdict, const Style&) {
  const verdict::Outcome outcome = verdict.outcome();
  const ordered_json report = {{"schema_version", std::string(kSchemaVersion)},
                               {"tool", {{"name", "trailseal"}, {"version", text(verdict.run.tool_version)}}},
                               {"outcome", to_string(outcome)},
                               {"exit_status", exit_status(outcome)},
                               {"complete", verdict.complete},
                               {"summary", summary(verdict)},
                               {"request", request(verdict.run)},
                               {"sources", sources(verdict.run)},
                               {"freshness", freshness(verdict.run)},
                               {"checks", checks(verdict)},
                               {"keys", keys(verdict)},
                               {"trail_settings", trail_settings(verdict)},
                               {"kms", kms(verdict)},
                               {"kms_settings", kms_settings(verdict)},
                               {"totals", tally(verdict.tally)},
                               {"chains", chains(verdict)},
                               {"findings", findings(verdict)},
                               {"findings_total", findings_total(verdict)},
                               {"findings_dropped", verdict.findings.dropped()},
                               {"forensics", forensics(verdict.forensics)}};
  return report.dump(2, ' ', true) + "\n";
}

}  // namespace

Format json_format() { return {"json", "for programs: every field of trailseal-report(5)", write_json}; }

}  // namespace trailseal::report
