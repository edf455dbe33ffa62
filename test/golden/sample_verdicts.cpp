#include "golden/sample_verdicts.hpp"

#include <algorithm>

namespace trailseal::test {
namespace {

using namespace trailseal::verdict;
using std::chrono::hours;

Time at(std::string_view text) { return parse_iso_utc(text).value(); }
Interval from_to(std::string_view begin, std::string_view end) { return {at(begin), at(end)}; }

ChainCoverage make_chain(std::string account, std::string trail, std::string region, Interval span) {
  ChainCoverage chain;
  chain.account = std::move(account);
  chain.trail = std::move(trail);
  chain.home_region = "us-east-1";
  chain.region = std::move(region);
  chain.chain = chain.account + "/" + chain.trail + "@" + chain.home_region + "/" + chain.region;
  chain.span = span;
  chain.proven = {span};
  chain.head = span.end;
  chain.head_judged = true;
  chain.tail = Interval{span.end, span.end};
  const auto digests = static_cast<std::uint64_t>(span.length() / hours{1});
  chain.tally.digests_found = chain.tally.digests_verified = digests;
  chain.tally.logs_listed = chain.tally.logs_verified = 2 * digests;
  return chain;
}

void close(Verdict& verdict) {
  std::ranges::sort(verdict.chains, {}, &ChainCoverage::chain);
  for (const ChainCoverage& chain : verdict.chains) verdict.tally.add(chain.tally);
  verdict.tally.bytes_read = 12'345 * verdict.tally.logs_verified;
  verdict.tally.bytes_hashed = 98'765 * verdict.tally.logs_verified;
}

RunInfo make_run() {
  RunInfo run;
  run.tool_version = "0.0.0";
  run.sources = {{"mirror/", "acme-trail", "named by its valid digests"}};
  run.until = run.fresh_at = at("2026-07-03T06:00:00Z");
  run.fresh_at_origin = "--until";
  run.clock_origin = "--now";
  run.now = run.until;
  run.max_head_age = std::chrono::minutes{150};
  return run;
}

KeyUse make_key(std::string fingerprint, std::uint64_t digests) {
  return {std::move(fingerprint),
          "PKCS#1",
          "keys/us-east-1.json",
          2048,
          from_to("2026-06-20T01:04:01Z", "2026-07-20T01:04:01Z"),
          digests};
}

TrailStatus make_status(std::string region, bool logging, std::string_view delivered) {
  TrailStatus status;
  status.region = std::move(region);
  status.logging = logging;
  (logging ? status.logging_started : status.logging_stopped) = at("2026-06-01T10:00:00Z");
  status.latest_delivery = status.latest_digest_delivery = at(delivered);
  if (!logging) status.delivery_error = "NoSuchBucket\x1b[2J";
  return status;
}

Provenance make_provenance() {
  Acquisition run;
  run.begin = at("2026-07-03T05:30:00Z");
  run.end = at("2026-07-03T05:41:12Z");
  run.operator_name = "alice@acquisition-1";
  run.account = "111122223333";
  run.arn = "arn:aws:sts::111122223333:assumed-role/Evidence/alice";
  run.tool = "trailseal";
  run.tool_version = "0.0.0";
  run.tool_sha256 = std::string(64, '7');
  run.arguments = {"trailseal", "collect", "s3://acme-trail", "evidence\x1b/"};
  run.acquired = 216;
  run.bytes = 2'345'678;
  return {std::string(64, '3'), {run}, 1};
}

Verdict honest() {
  Verdict verdict;
  verdict.run = make_run();
  const Interval span = from_to("2026-06-30T23:13:52Z", "2026-07-03T05:13:52Z");
  for (const char* region : {"us-east-1", "eu-west-1"}) {
    verdict.chains.push_back(make_chain("111122223333", "mgmt", region, span));
    verdict.chains.back().tail = Interval{span.end, *verdict.run.until};
  }
  close(verdict);
  verdict.keys = {make_key("7f3f401420072e50a65a141430817ab3", 108)};
  verdict.run.sources[0].provenance = make_provenance();
  verdict.kms_settings = {{.arn = "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
                           .origin = "answers/logs",
                           .state = "Enabled",
                           .rotation = "on",
                           .policy_judged = true},
                          {.arn = "answers/other\x1b", .origin = "answers/other\x1b", .state = {}, .rotation = {}}};
  return verdict;
}

Finding make_finding(Code code, const ChainCoverage& chain, std::string subject) {
  Finding finding{};
  finding.code = code;
  finding.chain = chain.chain;
  finding.subject = std::move(subject);
  return finding;
}

void add_deletion(Verdict& verdict, ChainCoverage& chain) {
  const Interval hole = from_to("2026-07-01T14:13:52Z", "2026-07-01T17:13:52Z");
  chain.proven = {{chain.span.begin, hole.begin}, {hole.end, chain.span.end}};
  chain.gaps = {{hole, Code::digest_missing}};
  chain.outcome = Outcome::violated;
  chain.tally.digests_found -= 3;
  chain.tally.digests_verified -= 3;
  chain.tally.digests_missing = 3;
  chain.tally.logs_listed -= 6;
  chain.tally.logs_verified -= 7;
  chain.tally.logs_violated = 1;
  Finding missing = make_finding(Code::digest_missing, chain, chain.chain);
  missing.when = hole;
  missing.count = 3;
  missing.detail = "at least 1, by cadence 3; hours ending 15:13:52, 16:13:52, 17:13:52";
  verdict.findings.add(missing);
  Finding changed = make_finding(Code::log_hash_mismatch, chain,
                                 "s3://acme-trail/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/07/02/"
                                 "111122223333_CloudTrail_eu-west-1_20260702T0205Z_AbCdEfGhIjKlMnOp.json.gz");
  changed.when = from_to("2026-07-02T01:13:52Z", "2026-07-02T02:13:52Z");
  changed.expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  changed.found = "5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9";
  verdict.findings.add(changed);
  changed.subject = "s3://acme-trail/a-log-of-the-same-hour";
  verdict.findings.add(changed);
}

void add_restart(Verdict& verdict, ChainCoverage& chain) {
  const Interval gap = from_to("2026-07-02T09:13:52Z", "2026-07-02T11:42:07Z");
  chain.proven = {{chain.span.begin, gap.begin}, {gap.end, at("2026-07-02T23:42:07Z")}};
  chain.gaps = {{gap, Code::chain_restart}, {{at("2026-07-02T23:42:07Z"), chain.span.end}, Code::chain_head_stale}};
  chain.head = at("2026-07-02T23:42:07Z");
  chain.tail = Interval{*chain.head, *verdict.run.until};
  chain.head_stale = true;
  chain.outcome = Outcome::open;
  Finding restart = make_finding(Code::chain_restart, chain, chain.chain);
  restart.when = gap;
  verdict.findings.add(restart);
  Finding stale = make_finding(Code::chain_head_stale, chain, chain.chain);
  stale.when = chain.tail;
  stale.expected = "a digest that ends at or after 2026-07-03T03:30:00Z";
  stale.found = "2026-07-02T23:42:07Z";
  verdict.findings.add(stale);
}

EventRef make_event(std::string_view time, std::string name, std::string actor) {
  EventRef event;
  event.at = at(time);
  event.id = "11111111-2222-3333-4444-" + std::string(12 - name.size() % 10, '5');
  event.name = std::move(name);
  event.source = "cloudtrail.amazonaws.com";
  event.region = "us-east-1";
  event.account = "111122223333";
  event.actor = "arn:aws:sts::111122223333:assumed-role/Admin/" + actor;
  event.user = std::move(actor);
  event.issuer = "arn:aws:iam::111122223333:role/Admin";
  event.access_key = "ASIAIOSFODNN7EXAMPLE";
  event.source_ip = "198.51.100.7";
  event.user_agent = "aws-cli/2.17.0\x1b[2J<b>";
  event.mfa = false;
  event.log = "s3://acme-trail/AWSLogs/111122223333/CloudTrail/us-east-1/2026/07/02/x.json.gz";
  event.digest = "s3://acme-trail/AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/07/02/y.json.gz";
  event.record = 3;
  return event;
}

void add_forensics(Verdict& verdict, const ChainCoverage& chain) {
  Forensics& forensics = verdict.forensics;
  forensics.explained = forensics.timeline = true;
  forensics.logs = 212;
  forensics.events = 5'300;
  forensics.unreadable = 1;
  EventRef stop = make_event("2026-07-02T09:13:40Z", "StopLogging", "mallory");
  EventRef start = make_event("2026-07-02T10:42:00Z", "StartLogging", "mallory");
  Explanation restart;
  restart.chain = chain.chain;
  restart.when = chain.gaps[0].interval;
  restart.code = Code::chain_restart;
  restart.cause = Cause::logging_stopped;
  restart.confidence = Confidence::certain;
  restart.sentence = "mallory stopped logging of mgmt at 2026-07-02T09:13:40Z from 198.51.100.7 without MFA";
  restart.events = {stop, start};
  Explanation stale;
  stale.chain = chain.chain;
  stale.when = chain.gaps[1].interval;
  stale.code = Code::chain_head_stale;
  stale.sentence = "nothing in the evidence explains why the chain ends";
  stale.considered = {"no StopLogging, DeleteTrail or UpdateTrail of the trail around 2026-07-02T23:42:07Z"};
  forensics.explanations = {restart, stale};
  TamperingEvent denied{.event = make_event("2026-07-02T09:12:00Z", "DeleteTrail", "mallory"),
                        .rule = "delete-trail",
                        .effects = {Effect::narrows},
                        .attack = {"T1685.002"},
                        .attack_before = {"T1562.008"},
                        .concerns = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mgmt",
                        .detail = {}};
  denied.event.error = "AccessDenied";
  TamperingEvent stopped = denied;
  stopped.event = stop;
  stopped.rule = "stop-logging";
  TamperingEvent started;
  started.event = start;
  started.rule = "start-logging";
  started.effects = {Effect::context};
  started.detail = "=1+1";
  started.event.standing = Standing::looked_up;
  started.event.digest.clear();
  started.event.mfa.reset();
  forensics.tampering = {denied, stopped, started};
  forensics.rates = {{at("2026-07-02T08:00:00Z"), 41, 12, 0}, {at("2026-07-02T09:00:00Z"), 95, 60, 7}};
}

Verdict incident() {
  Verdict verdict;
  verdict.run = make_run();
  verdict.run.since = at("2026-06-30T23:13:52Z");
  verdict.run.sources.push_back({"archive=old/", "archive", "given"});
  const Interval span{*verdict.run.since, at("2026-07-03T05:13:52Z")};
  for (const char* region : {"us-east-1", "eu-west-1", "ap-southeast-2"}) {
    verdict.chains.push_back(make_chain("111122223333", "mgmt", region, span));
    verdict.chains.push_back(make_chain("444455556666", "data_events", region, span));
  }
  add_deletion(verdict, verdict.chains[2]);
  add_restart(verdict, verdict.chains[5]);
  const auto cite = [](std::string uri, std::string_view begin, std::string_view end) {
    return DigestCite{std::move(uri), std::string(64, 'a'), from_to(begin, end)};
  };
  verdict.chains[2].gaps[0].last_good =
      cite("s3://acme-trail/last\x1b", "2026-07-01T13:13:52Z", "2026-07-01T14:13:52Z");
  verdict.chains[2].gaps[0].next = cite("s3://acme-trail/next", "2026-07-01T17:13:52Z", "2026-07-01T18:13:52Z");
  add_forensics(verdict, verdict.chains[5]);
  close(verdict);
  verdict.tally.logs_unlisted = 14;
  verdict.tally.logs_pending = 5;
  for (int i = 0; i < 14; ++i) {
    Finding unlisted =
        make_finding(Code::log_unlisted, verdict.chains[0], "s3://acme-trail/planted-" + std::to_string(i));
    unlisted.chain.clear();
    verdict.findings.add(unlisted);
  }
  Finding hostile = make_finding(Code::digest_foreign_object, verdict.chains[0],
                                 "s3://acme-trail/\x1b[2Jgone\xE2\x80\xAEtxt.\xFF\\n");
  hostile.found = "caf\xC3\xA9 \xE2\x80\x94 \"quoted\"";
  verdict.findings.add(hostile);
  Finding pending = make_finding(Code::log_pending, verdict.chains[1], verdict.chains[1].chain);
  pending.count = 5;
  verdict.findings.add(pending);
  verdict.run.settings_asked = at("2026-07-03T06:00:01Z");
  verdict.trails = {{.arn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mgmt",
                     .name = "mgmt",
                     .account = "111122223333",
                     .home_region = "us-east-1",
                     .bucket = "acme-trail",
                     .prefix = "audit",
                     .multi_region = true,
                     .organization = false,
                     .validation = true,
                     .regions = {make_status("ap-southeast-2", true, "2026-07-03T05:43:50Z"),
                                 make_status("eu-west-1", false, "2026-07-03T05:44:02Z")}}};
  verdict.keys = {make_key("7f3f401420072e50a65a141430817ab3", 310), make_key("8eba5db5bea9b640d1c96a77256fe7f2", 0)};
  verdict.keys[1].validity.reset();
  verdict.keys[1].encoding = "SubjectPublicKeyInfo";
  return verdict;
}

Verdict nothing() {
  Verdict verdict;
  verdict.run = make_run();
  verdict.run.until.reset();
  verdict.run.fresh_at.reset();
  verdict.run.fresh_at_origin.clear();
  verdict.run.sources = {{"empty/", "", "unknown"}};
  verdict.complete = false;
  Finding none{};
  none.code = Code::source_no_digests;
  none.subject = "empty/";
  verdict.findings.add(none);
  return verdict;
}

Verdict long_one() {
  Verdict verdict;
  verdict.run = make_run();
  verdict.run.strict = true;
  verdict.run.accounts = {"111122223333", "444455556666"};
  const Interval span = from_to("2023-07-01T00:20:00Z", "2026-07-03T05:20:00Z");
  for (int i = 0; i < 45; ++i) {
    verdict.chains.push_back(make_chain("111122223333", "trail-" + std::to_string(100 + i), "us-east-1", span));
  }
  ChainCoverage& chain = verdict.chains[7];
  chain.org = "o-abcdefghij";
  chain.head_judged = false;
  chain.outcome = Outcome::open;
  chain.gaps = {{from_to("2024-02-28T00:20:00Z", "2024-03-05T00:20:00Z"), Code::chain_gap}};
  chain.proven = {{span.begin, chain.gaps[0].interval.begin}, {chain.gaps[0].interval.end, span.end}};
  Finding gap = make_finding(Code::chain_gap, chain, chain.chain);
  gap.when = chain.gaps[0].interval;
  verdict.findings.add(gap);
  close(verdict);
  return verdict;
}

}  // namespace

std::span<const Sample> samples() {
  static const Sample table[] = {{"honest", honest}, {"incident", incident}, {"nothing", nothing}, {"long", long_one}};
  return table;
}

}  // namespace trailseal::test
