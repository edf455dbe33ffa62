// What no bucket on disk can show: settings that CloudTrail tells, versions that a bucket keeps. The rest is in
// vectors/trailgen/cases/explain.py.
#include "forensics/explain.hpp"

#include <chrono>

#include "support/catch.hpp"

using namespace trailseal;
using forensics::Notable;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using verdict::Cause;
using verdict::Code;
using verdict::Confidence;

namespace {

constexpr Time kNoon = std::chrono::sys_days{std::chrono::year{2026} / 7 / 1} + hours{12};
constexpr const char* kChain = "111122223333/mgmt@us-east-1/us-east-1";

// A chain that ends at noon and should reach midnight.
verdict::Verdict stale() {
  verdict::Verdict verdict;
  verdict::ChainCoverage chain;
  chain.chain = kChain;
  chain.account = "111122223333";
  chain.trail = "mgmt";
  chain.home_region = chain.region = "us-east-1";
  chain.span = {kNoon - hours{12}, kNoon + hours{12}};
  chain.proven = {{kNoon - hours{12}, kNoon}};
  verdict::Gap gap{{kNoon, kNoon + hours{12}}, Code::chain_head_stale};
  gap.last_good = verdict::DigestCite{"s3://b/d", std::string(64, 'a'), {kNoon - hours{1}, kNoon}};
  chain.gaps = {gap};
  verdict.chains = {chain};
  verdict.findings.add({.code = Code::chain_head_stale, .chain = kChain, .subject = "s3://b/d", .when = gap.interval});
  return verdict;
}

Notable call(std::string service, std::string name, Time at, std::vector<forensics::Parameter> parameters) {
  Notable out;
  out.event.at = at;
  out.event.id = name;
  out.event.name = std::move(name);
  out.event.source = std::move(service) + ".amazonaws.com";
  out.event.region = "us-east-1";
  out.event.account = "111122223333";
  out.event.actor = "arn:aws:iam::111122223333:user/mallory";
  out.parameters = std::move(parameters);
  return out;
}

verdict::Explanation only(const verdict::Verdict& verdict, std::vector<Notable> events) {
  auto scope = forensics::scope_of(verdict, events);
  const auto all = forensics::explain({verdict, std::move(events), {}, std::move(scope)});
  REQUIRE(all.size() == 1);
  return all[0];
}

verdict::TrailSettings settings(verdict::TrailStatus status) {
  verdict::TrailSettings trail;
  trail.name = "mgmt";
  trail.home_region = status.region = "us-east-1";
  trail.account = "111122223333";
  trail.regions = {std::move(status)};
  return trail;
}

}  // namespace

TEST_CASE("a stop that CloudTrail confirms is certain") {
  auto verdict = stale();
  const auto stop = call("cloudtrail", "StopLogging", kNoon - seconds{30}, {{"name", "mgmt"}});
  CHECK(only(verdict, {stop}).confidence == Confidence::high);
  verdict::TrailStatus status;
  status.logging_stopped = kNoon - seconds{29};
  verdict.trails = {settings(status)};
  CHECK(only(verdict, {stop}).confidence == Confidence::certain);
  CHECK(only(verdict, {stop}).cause == Cause::logging_stopped);
  // It was stopped another time.
  verdict.trails[0].regions[0].logging_stopped = kNoon - hours{20};
  CHECK(only(verdict, {stop}).confidence == Confidence::high);
  // Without the event it is only CloudTrail's word.
  CHECK(only(verdict, {}).cause == Cause::unexplained);
}

TEST_CASE("an organization's trail is the one of the account that has it") {
  auto verdict = stale();
  verdict.chains[0].org = "o-acme2026audit";
  auto stop = call("cloudtrail", "StopLogging", kNoon - seconds{30}, {{"name", "mgmt"}});
  const auto unknown = only(verdict, {stop});
  CHECK(unknown.confidence == Confidence::medium);
  CHECK(unknown.facts.back().find("not known") != std::string::npos);
  verdict.trails = {settings({})};
  CHECK(only(verdict, {stop}).confidence == Confidence::medium);  // a trail of that name, not the organization's
  verdict.trails[0].organization = true;
  CHECK(only(verdict, {stop}).confidence == Confidence::high);
  stop.event.account = "444455556666";
  CHECK(only(verdict, {stop}).cause == Cause::unexplained);
  // Two that claim it: whose it is is not known.
  verdict.trails.push_back(verdict.trails[0]);
  verdict.trails[1].account = "444455556666";
  CHECK(only(verdict, {stop}).confidence == Confidence::medium);
}

TEST_CASE("digests that are cut short when a trail is stopped are that trail's") {
  auto verdict = stale();
  auto& chain = verdict.chains[0];
  chain.org = "o-acme2026audit";
  auto& gap = chain.gaps[0];
  gap.cause = Code::chain_restart;
  gap.last_good->hour = {kNoon - minutes{11}, kNoon};
  gap.next = verdict::DigestCite{"s3://b/e", std::string(64, 'b'), {kNoon + hours{12}, kNoon + hours{13}}};
  verdict.findings = {};
  const auto stop = call("cloudtrail", "StopLogging", kNoon - seconds{30}, {{"name", "mgmt"}});
  const auto start = call("cloudtrail", "StartLogging", kNoon + hours{13}, {{"name", "mgmt"}});
  CHECK(only(verdict, {stop, start}).confidence == Confidence::certain);
  CHECK(only(verdict, {stop}).confidence == Confidence::medium);
  // Whoever deletes digests can have a whole one be the last.
  gap.last_good->hour.begin = kNoon - hours{1};
  CHECK(only(verdict, {stop, start}).confidence == Confidence::medium);
}

TEST_CASE("the final digest of a stop may be gone") {
  const auto late = call("cloudtrail", "StopLogging", kNoon + minutes{40}, {{"name", "mgmt"}});
  const auto said = only(stale(), {late});
  CHECK(said.cause == Cause::logging_stopped);
  CHECK(said.confidence == Confidence::medium);
  const auto too_late = call("cloudtrail", "StopLogging", kNoon + minutes{70}, {{"name", "mgmt"}});
  CHECK(only(stale(), {too_late}).cause == Cause::unexplained);
}

TEST_CASE("why CloudTrail cannot deliver, by its own word") {
  const struct {
    const char* error;
    Cause cause;
  } rows[] = {{"AccessDenied", Cause::delivery_bucket},
              {"NoSuchBucket", Cause::delivery_bucket},
              {"KMS.DisabledException", Cause::delivery_key},
              {"SomethingElse", Cause::delivery_failed}};
  for (const auto& row : rows) {
    auto verdict = stale();
    verdict::TrailStatus status;
    status.logging = true;
    status.digest_delivery_error = row.error;
    verdict.trails = {settings(status)};
    const auto said = only(verdict, {});
    CAPTURE(row.error);
    CHECK(said.cause == row.cause);
    CHECK(said.confidence == Confidence::high);
    verdict.trails[0].regions[0].region = "eu-west-1";
    CHECK(only(verdict, {}).cause == Cause::unexplained);
  }
}

TEST_CASE("an explanation is worth what its weakest event is") {
  auto stop = call("cloudtrail", "StopLogging", kNoon, {{"name", "mgmt"}});
  const struct {
    verdict::Standing standing;
    Confidence confidence;
  } rows[] = {{verdict::Standing::verified, Confidence::high},
              {verdict::Standing::looked_up, Confidence::high},
              {verdict::Standing::unverified, Confidence::medium}};
  for (const auto& row : rows) {
    stop.event.standing = row.standing;
    const auto said = only(stale(), {stop});
    CHECK(said.confidence == row.confidence);
    const bool labelled = said.facts.size() > 1 && (said.facts[1].find("not signed") != std::string::npos ||
                                                    said.facts[1].find("nothing proves") != std::string::npos);
    CHECK(labelled == (row.standing != verdict::Standing::verified));
  }
}

TEST_CASE("hours without a record are told only where there is none") {
  verdict::Verdict verdict = stale();
  auto& chain = verdict.chains[0];
  chain.gaps[0].cause = Code::chain_restart;
  chain.gaps[0].next = verdict::DigestCite{"s3://b/e", std::string(64, 'b'), {kNoon + hours{11}, kNoon + hours{12}}};
  verdict.findings = {};
  const Interval before{kNoon - hours{6}, kNoon - hours{5}};
  verdict.findings.add({.code = Code::log_missing, .chain = kChain, .subject = "s3://b/l", .when = before});
  const auto stop = call("cloudtrail", "StopLogging", kNoon - seconds{30}, {{"name", "mgmt"}});
  const auto start = call("cloudtrail", "StartLogging", kNoon + hours{12}, {{"name", "mgmt"}});
  const auto told = [&](std::vector<Notable> events, bool history = false) {
    auto scope = forensics::scope_of(verdict, events);
    bool said = false;
    for (const auto& each : forensics::explain({verdict, std::move(events), {}, std::move(scope), history}))
      for (const auto& fact : each.facts) said = said || fact.find("left no event") != std::string::npos;
    return said;
  };
  CHECK(told({stop, start}));
  CHECK_FALSE(told({}));                   // the chain begins anew, and why is not known
  CHECK_FALSE(told({stop, start}, true));  // the event history goes on when a trail is stopped
  auto lost = call("iam", "DeleteRole", kNoon + hours{3}, {});
  lost.event.standing = verdict::Standing::unverified;
  CHECK_FALSE(told({stop, lost, start}));
  auto another = chain;
  another.chain = "111122223333/other@us-east-1/us-east-1";
  another.trail = "other";
  another.gaps.clear();
  another.proven = {chain.span};
  verdict.chains.push_back(another);
  CHECK_FALSE(told({stop, start}));
  verdict.chains.pop_back();
  verdict.findings.add(
      {.code = Code::log_in_gap, .subject = "111122223333/us-east-1", .when = verdict.chains[0].gaps[0].interval});
  CHECK_FALSE(told({stop, start}));
}

TEST_CASE("what had to be left out is not counted as not there") {
  const auto verdict = stale();
  const auto explained = [&](std::vector<Notable> events, std::optional<Time> left_out_from) {
    auto scope = forensics::scope_of(verdict, events);
    return forensics::explain({verdict, std::move(events), {}, std::move(scope), false, left_out_from}).at(0);
  };
  const auto stop = call("cloudtrail", "StopLogging", kNoon - seconds{30}, {{"name", "mgmt"}});
  CHECK(explained({stop}, {}).confidence == Confidence::high);
  CHECK(explained({}, {}).considered.size() == 1);  // "no event was found ..."
  const auto known = explained({stop}, kNoon - hours{1});
  CHECK(known.cause == Cause::logging_stopped);
  CHECK(known.confidence == Confidence::medium);
  CHECK(known.facts.back().find("not all events could be kept") != std::string::npos);
  const auto unknown = explained({}, kNoon - hours{1});
  CHECK(unknown.considered.empty());
  CHECK(unknown.facts.back().find("not all events could be kept") != std::string::npos);
}

TEST_CASE("a delete marker tells that an object was deleted, and not by whom") {
  verdict::Verdict verdict;
  const std::string log = "s3://b/AWSLogs/111122223333/CloudTrail/us-east-1/2026/07/01/x.json.gz";
  const Interval hour{kNoon - hours{1}, kNoon};
  verdict.findings.add({.code = Code::log_missing, .chain = kChain, .subject = log, .when = hour});
  CHECK(only(verdict, {}).cause == Cause::unexplained);
  verdict::Finding version{.code = Code::version_recoverable, .chain = kChain, .subject = log, .when = hour};
  version.found = "delete marker m1 of 2026-07-02T00:00:00Z";
  version.expected = "version v1 of 2026-07-01T12:05:00Z";
  verdict.findings.add(version);
  const auto said = only(verdict, {});
  CHECK(said.cause == Cause::deleted);
  CHECK(said.confidence == Confidence::certain);
  CHECK(said.events.empty());
  CHECK(said.facts.front().find("version v1") != std::string::npos);
}

TEST_CASE("who gave out the credentials is told, step by step") {
  auto stop = call("cloudtrail", "StopLogging", kNoon, {{"name", "mgmt"}});
  stop.event.access_key = "ASIA2";
  auto assumed = call("sts", "AssumeRole", kNoon - hours{2}, {{"@issued", "ASIA2"}});
  assumed.event.access_key = "AKIA1";
  auto created = call("iam", "CreateAccessKey", kNoon - hours{3}, {{"@issued", "AKIA1"}});
  auto other = call("sts", "AssumeRole", kNoon - hours{1}, {{"@issued", "ASIA9"}});
  const auto said = only(stale(), {created, assumed, other, stop});
  REQUIRE(said.events.size() == 3);
  CHECK(said.events[0].name == "CreateAccessKey");
  CHECK(said.events[1].name == "AssumeRole");
  CHECK(said.events[2].name == "StopLogging");
}

TEST_CASE("the hours around a gap are read, and not the whole of a long one") {
  auto verdict = stale();
  auto stretches = forensics::stretches_to_read(verdict);
  REQUIRE(stretches.size() == 1);
  CHECK(stretches[0].begin < kNoon - hours{1});
  CHECK(stretches[0].end > kNoon + hours{12});
  verdict.chains[0].gaps[0].interval.end = kNoon + hours{24 * 90};
  stretches = forensics::stretches_to_read(verdict);
  REQUIRE(stretches.size() == 2);
  CHECK(stretches[0].end < kNoon + hours{12});
  CHECK(stretches[1].begin > kNoon + hours{24 * 89});
  CHECK(forensics::needs_explaining(verdict));
  verdict.chains[0].gaps.clear();
  CHECK_FALSE(forensics::needs_explaining(verdict));
  CHECK(forensics::stretches_to_read(verdict).empty());
}
