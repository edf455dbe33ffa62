// What the JSON report says is read into a verdict, and the verdict written again. Whatever is derived (the outcome,
// percentages, the summary) is not read at all: the comparison at the end finds it changed. What is repeated (the
// outcome of a chain, totals, gaps) is held against the findings.
#include "report/read_json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "base/json_members.hpp"
#include "report/agreement.hpp"
#include "trailseal/report.hpp"

namespace trailseal::report {
namespace {

using base::Members;
using nlohmann::json;
using verdict::Verdict;

Time time_in(const Members& in, const char* name) {
  const auto time = in.time(name);
  if (!time) in.refuse(name);
  return time.value_or(Time{});
}

Interval interval_in(const Members& in) { return {time_in(in, "begin"), time_in(in, "end")}; }

std::optional<Interval> interval_in(const Members& in, const char* name) {
  std::optional<Interval> out;
  in.inside(name, [&](const Members& span) { out = interval_in(span); });
  return out;
}

verdict::Code code_in(const Members& in, const char* name) {
  const auto code = verdict::find_code(in.text(name));
  if (!code) in.refuse(name);
  return code.value_or(verdict::Code{});
}

verdict::Tally tally_in(const Members& in) {
  verdict::Tally tally;
  in.inside("totals", [&](const Members& totals) {
    totals.inside("digests", [&](const Members& digests) {
      tally.digests_found = digests.number("found");
      tally.digests_verified = digests.number("verified");
      tally.digests_violated = digests.number("violated");
      tally.digests_open = digests.number("open");
      tally.digests_missing = digests.number("missing");
      tally.backfill_verified = digests.number("backfill_verified");
    });
    totals.inside("logs", [&](const Members& logs) {
      tally.logs_listed = logs.number("listed");
      tally.logs_verified = logs.number("verified");
      tally.logs_violated = logs.number("violated");
      tally.logs_open = logs.number("open");
      tally.logs_unlisted = logs.number("unlisted");
      tally.logs_pending = logs.number("pending");
      tally.logs_not_covered = logs.number("not_covered");
    });
    totals.inside("bytes", [&](const Members& bytes) {
      tally.bytes_read = bytes.number("read");
      tally.bytes_hashed = bytes.number("hashed");
    });
  });
  return tally;
}

verdict::Acquisition acquisition_in(const Members& in) {
  return {.begin = time_in(in, "begin"),
          .end = in.time("end"),
          .interrupted = in.flag("interrupted"),
          .operator_name = in.text("operator"),
          .account = in.text("account"),
          .arn = in.text("arn"),
          .tool = in.text("tool"),
          .tool_version = in.text("tool_version"),
          .tool_sha256 = in.text("tool_sha256"),
          .arguments = in.texts("arguments"),
          .acquired = in.number("acquired"),
          .failed = in.number("failed"),
          .bytes = in.number("bytes")};
}

verdict::SourceUse source_in(const Members& in) {
  verdict::SourceUse source{in.text("label"), in.text("bucket"), in.text("bucket_origin"), {}};
  source.provenance.manifest_sha256 = in.text("manifest_sha256");
  source.provenance.runs_in_all = in.number("acquisitions_in_all");
  in.each("acquisitions", [&](const Members& run) { source.provenance.runs.push_back(acquisition_in(run)); });
  return source;
}

verdict::RunInfo run_in(const Members& in) {
  verdict::RunInfo run;
  in.inside("tool", [&](const Members& tool) { run.tool_version = tool.text("version"); });
  in.inside("request", [&](const Members& request) {
    run.since = request.time("since");
    run.until = request.time("until");
    run.now = request.time("now");
    run.strict = request.flag("strict");
    run.versions = request.flag("versions");
    run.accounts = request.texts("accounts");
    run.regions = request.texts("regions");
    run.trails = request.texts("trails");
    run.orgs = request.texts("orgs");
    run.expected_kms_key = request.text("expected_kms_key");
  });
  in.each("sources", [&](const Members& source) { run.sources.push_back(source_in(source)); });
  in.inside("freshness", [&](const Members& freshness) {
    run.fresh_at = freshness.time("judged_at");
    run.fresh_at_origin = freshness.text("judged_at_origin");
    run.clock_origin = freshness.text("clock_origin");
    run.max_head_age = Seconds{static_cast<std::int64_t>(freshness.number("max_head_age_seconds"))};
  });
  in.inside("trail_settings", [&](const Members& settings) { run.settings_asked = settings.time("asked_at"); });
  return run;
}

verdict::TrailStatus status_in(const Members& in) {
  return {.region = in.text("region"),
          .logging = in.flag("logging"),
          .logging_started = in.time("logging_started"),
          .logging_stopped = in.time("logging_stopped"),
          .latest_delivery = in.time("latest_delivery"),
          .latest_digest_delivery = in.time("latest_digest_delivery"),
          .delivery_error = in.text("delivery_error"),
          .digest_delivery_error = in.text("digest_delivery_error")};
}

verdict::TrailSettings trail_in(const Members& in) {
  verdict::TrailSettings trail{.arn = in.text("arn"),
                               .name = in.text("name"),
                               .account = in.text("account"),
                               .home_region = in.text("home_region"),
                               .bucket = in.text("bucket"),
                               .prefix = in.text("prefix"),
                               .multi_region = in.flag("multi_region"),
                               .organization = in.flag("organization"),
                               .validation = in.flag("validation"),
                               .regions = {}};
  in.each("regions", [&](const Members& status) { trail.regions.push_back(status_in(status)); });
  return trail;
}

void read_kms(const Members& in, Verdict& verdict) {
  in.inside("kms", [&](const Members& kms) {
    kms.each("keys", [&](const Members& key) {
      verdict.kms_keys.push_back({.key = key.text("key"),
                                  .objects = key.number("objects"),
                                  .witnessed = key.number("witnessed"),
                                  .mismatched = key.number("mismatched"),
                                  .missing = key.number("missing"),
                                  .not_applicable = key.number("not_applicable"),
                                  .orphans = key.number("orphans"),
                                  .probes = key.number("probes")});
    });
    kms.each("readers", [&](const Members& reader) {
      verdict.kms_readers.push_back({.key = reader.text("key"),
                                     .actor = reader.text("actor"),
                                     .reads = reader.number("reads"),
                                     .denied = reader.number("denied"),
                                     .first = time_in(reader, "first"),
                                     .last = time_in(reader, "last")});
    });
    verdict.kms_reads = kms.number("reads");
  });
  in.each("kms_settings", [&](const Members& key) {
    verdict.kms_settings.push_back({.arn = key.text("arn"),
                                    .origin = key.text("origin"),
                                    .state = key.text("state"),
                                    .rotation = key.text("rotation"),
                                    .policy_judged = key.flag("policy_judged")});
  });
}

std::optional<verdict::DigestCite> cite_in(const Members& in, const char* name) {
  std::optional<verdict::DigestCite> out;
  in.inside(name, [&](const Members& digest) {
    out = {digest.text("uri"), digest.text("sha256"), interval_in(digest, "hour").value_or(Interval{})};
  });
  return out;
}

verdict::ChainCoverage chain_in(const Members& in) {
  verdict::ChainCoverage chain;
  chain.chain = in.text("chain");
  chain.org = in.text("org");
  chain.account = in.text("account");
  chain.trail = in.text("trail");
  chain.home_region = in.text("home_region");
  chain.region = in.text("region");
  chain.span = interval_in(in, "span").value_or(Interval{});
  in.each("proven", [&](const Members& span) { chain.proven.push_back(interval_in(span)); });
  in.each("gaps", [&](const Members& gap) {
    chain.gaps.push_back({interval_in(gap), code_in(gap, "cause"), cite_in(gap, "last_good"), cite_in(gap, "next")});
  });
  chain.head = in.time("head");
  chain.head_stale = in.text("head_state") == "stale";
  chain.head_judged = chain.head_stale || in.text("head_state") == "fresh";
  chain.tail = interval_in(in, "tail");
  for (const auto outcome : {verdict::Outcome::verified, verdict::Outcome::open, verdict::Outcome::violated})
    if (in.text("outcome") == to_string(outcome)) chain.outcome = outcome;
  chain.tally = tally_in(in);
  return chain;
}

void read_findings(const Members& in, verdict::Findings& findings) {
  in.each("findings", [&](const Members& finding) {
    findings.add({.code = code_in(finding, "code"),
                  .chain = finding.text("chain"),
                  .subject = finding.text("subject"),
                  .when = interval_in(finding, "when"),
                  .expected = finding.text("expected"),
                  .found = finding.text("found"),
                  .detail = finding.text("detail"),
                  .count = finding.number("count")});
  });
  const auto numbers = findings.numbers();
  const auto totals = findings.totals();
  in.each("findings_total", [&](const Members& row) {
    const auto code = code_in(row, "code");
    const std::uint64_t number = row.number("findings"), total = row.number("total");
    const auto listed = numbers.find(code);
    if (listed == numbers.end()) return;  // what is counted and not listed at all is no report of ours
    if (number < listed->second || total < totals.at(code))
      row.refuse("findings");
    else
      findings.add_unkept(code, number - listed->second, total - totals.at(code));
  });
}

template <typename Word>
Word word_in(const Members& in, const char* name, std::optional<Word> (*find)(std::string_view) noexcept) {
  const auto word = find(in.text(name));
  if (!word) in.refuse(name);
  return word.value_or(Word{});
}

verdict::EventRef event_in(const Members& in) {
  return {.at = time_in(in, "at"),
          .id = in.text("id"),
          .name = in.text("name"),
          .source = in.text("source"),
          .region = in.text("region"),
          .account = in.text("account"),
          .actor = in.text("actor"),
          .user = in.text("user"),
          .issuer = in.text("issuer"),
          .access_key = in.text("access_key"),
          .source_ip = in.text("source_ip"),
          .user_agent = in.text("user_agent"),
          .error = in.text("error"),
          .mfa = in.has("mfa") ? std::optional(in.flag("mfa")) : std::nullopt,
          .standing = word_in(in, "standing", verdict::find_standing),
          .log = in.text("log"),
          .digest = in.text("digest"),
          .record = in.number("record")};
}

verdict::Explanation explanation_in(const Members& in) {
  verdict::Explanation out{.chain = in.text("chain"),
                           .when = interval_in(in, "when"),
                           .subject = in.text("subject"),
                           .code = code_in(in, "code"),
                           .cause = word_in(in, "cause", verdict::find_cause),
                           .confidence = word_in(in, "confidence", verdict::find_confidence),
                           .sentence = in.text("sentence"),
                           .events = {},
                           .facts = in.texts("facts"),
                           .considered = in.texts("considered")};
  in.each("events", [&](const Members& event) { out.events.push_back(event_in(event)); });
  return out;
}

verdict::TamperingEvent tampering_in(const Members& in) {
  verdict::TamperingEvent out;
  in.inside("event", [&](const Members& event) { out.event = event_in(event); });
  out.rule = in.text("rule");
  for (const std::string& word : in.texts("effects")) {
    const auto effect = verdict::find_effect(word);
    if (!effect) in.refuse("effects");
    out.effects.push_back(effect.value_or(verdict::Effect{}));
  }
  out.attack = in.texts("attack");
  out.attack_before = in.texts("attack_before");
  out.concerns = in.text("concerns");
  out.detail = in.text("detail");
  return out;
}

verdict::Forensics forensics_in(const Members& in) {
  verdict::Forensics out;
  in.inside("forensics", [&](const Members& forensics) {
    out.explained = forensics.flag("explained");
    out.timeline = forensics.flag("timeline");
    out.logs = forensics.number("logs");
    out.events = forensics.number("events");
    out.unreadable = forensics.number("unreadable");
    out.truncated = forensics.flag("truncated");
    forensics.each("explanations", [&](const Members& each) { out.explanations.push_back(explanation_in(each)); });
    forensics.each("tampering", [&](const Members& each) { out.tampering.push_back(tampering_in(each)); });
    forensics.each("rates", [&](const Members& rate) {
      out.rates.push_back({time_in(rate, "hour"), rate.number("events"), rate.number("writes"), rate.number("errors")});
    });
  });
  return out;
}

Verdict verdict_in(const Members& in) {
  Verdict verdict;
  verdict.run = run_in(in);
  verdict.complete = in.flag("complete");
  verdict.tally = tally_in(in);
  in.each("chains", [&](const Members& chain) { verdict.chains.push_back(chain_in(chain)); });
  in.each("keys", [&](const Members& key) {
    verdict.keys.push_back({.fingerprint = key.text("fingerprint"),
                            .encoding = key.text("encoding"),
                            .origin = key.text("origin"),
                            .bits = static_cast<std::uint32_t>(key.number("bits")),
                            .validity = interval_in(key, "validity"),
                            .digests_verified = key.number("digests_verified")});
  });
  in.inside("trail_settings", [&](const Members& settings) {
    settings.each("trails", [&](const Members& trail) { verdict.trails.push_back(trail_in(trail)); });
  });
  read_kms(in, verdict);
  read_findings(in, verdict.findings);
  verdict.forensics = forensics_in(in);
  return verdict;
}

// Where two values differ first: "chains[3].percent"; empty: nowhere. Both were read under the same cap of depth.
std::string difference(const json& a, const json& b, const std::string& path) {
  if (a.is_object() && b.is_object()) {
    for (const auto& [name, value] : a.items()) {
      const std::string place = path.empty() ? name : path + "." + name;
      if (!b.contains(name)) return place;
      if (auto found = difference(value, b.at(name), place); !found.empty()) return found;
    }
    for (const auto& [name, value] : b.items())
      if (!a.contains(name)) return path.empty() ? name : path + "." + name;
    return {};
  }
  if (a.is_array() && b.is_array()) {
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
      if (auto found = difference(a[i], b[i], path + "[" + std::to_string(i) + "]"); !found.empty()) return found;
    return a.size() == b.size() ? std::string() : path + "[" + std::to_string(std::min(a.size(), b.size())) + "]";
  }
  return a == b ? std::string() : path.empty() ? "the whole" : path;
}

Error no_report(std::string_view why) {
  return {Errc::corrupt, "it is no JSON report of trailseal verify: " + std::string(why)};
}

// A report says what it is before anything else is believed of it.
Result<void> check_kind(const Members& in) {
  std::string tool;
  in.inside("tool", [&](const Members& about) { tool = about.text("name"); });
  if (tool != "trailseal" || !in.has("schema_version")) return no_report("it names neither tool nor schema_version");
  const std::string version = in.text("schema_version");
  if (version == kSchemaVersion) return {};
  return Error{Errc::unsupported, "its schema version is '" + base::printable(version) + "', and this program reads '" +
                                      std::string(kSchemaVersion) + "'"};
}

}  // namespace

Result<Verdict> read_json(std::string_view text) {
  Result<void> kind;
  Verdict verdict;
  const auto read = base::read_members(text, kMostReportBytes, [&](const Members& in) {
    kind = check_kind(in);
    if (kind) verdict = verdict_in(in);
  });
  if (!kind) return kind.error();
  if (!read) return read.error().code == Errc::limit ? read.error() : no_report(read.error().message);
  const std::string again = find_format("json")->write(verdict, {});
  std::string place;
  // Laid out in another way it is still the same.
  if (again != text) place = difference(json::parse(text, nullptr, false), json::parse(again, nullptr, false), "");
  if (place.empty()) place = contradiction(verdict);
  if (place.empty()) return verdict;
  return Error{Errc::corrupt, "it is damaged, was changed, or is of another version of trailseal: " +
                                  base::printable(place) + " is not what follows from the rest"};
}

}  // namespace trailseal::report
