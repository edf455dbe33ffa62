#include "report/narrative.hpp"

#include <string_view>
#include <utility>

#include "golden/sample_verdicts.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using verdict::Code;

namespace {

Time at(std::string_view text) { return parse_iso_utc(text).value(); }

verdict::Verdict incident() {
  for (const test::Sample& each : test::samples())
    if (each.name == std::string_view("incident")) return each.make();
  return {};
}

std::string told(const verdict::Verdict& verdict) {
  std::string out;
  for (const std::string& each : report::narrative(verdict)) out += each + "\n";
  return out;
}

verdict::TamperingEvent event(std::string_view when, std::string rule) {
  verdict::TamperingEvent out;
  out.event.at = at(when);
  out.rule = std::move(rule);
  return out;
}

}  // namespace

TEST_CASE("what happened is told from its cause to what is gone") {
  verdict::Verdict verdict = incident();
  CHECK(told(verdict) ==
        "Mallory stopped logging of mgmt at 2026-07-02T09:13:40Z from 198.51.100.7 without MFA (certain).\n"
        "Gone, of what CloudTrail signed: 3 digests; not what CloudTrail signed: 2 log files; listed by no digest: 14 "
        "log "
        "files. That concerns the time from 2026-07-01 14:13:52 to 2026-07-02 02:13:52 UTC (12h).\n");
  verdict.forensics.explained = false;
  CHECK(told(verdict).empty());
  CHECK(told({}).empty());
}

TEST_CASE("how somebody got in, what is gone before the gap, and what nobody knows") {
  verdict::Verdict verdict = incident();
  auto& cause = verdict.forensics.explanations.at(0);
  auto given = cause.events.at(0);
  given.at = at("2026-07-02T07:00:00Z");
  given.name = "AssumeRole";
  given.source = "sts.amazonaws.com";
  given.actor = "arn:aws:iam::1:user/eve";
  cause.events.insert(cause.events.begin(), given);
  cause.events[1].standing = verdict::Standing::unverified;
  verdict.findings = {};
  verdict.findings.add(
      {.code = Code::log_missing, .when = Interval{at("2026-07-02T07:13:52Z"), at("2026-07-02T08:13:52Z")}});
  verdict.forensics.explanations.at(1).code = Code::log_missing;
  const std::string story = told(verdict);
  CAPTURE(story);
  CHECK(story.find("(certain, and by a record that is unverified).\n") != std::string::npos);
  CHECK(story.find("The credentials for that were given out by AssumeRole at 2026-07-02 07:00:00 UTC, called by "
                   "arn:aws:iam::1:user/eve from the same address, 198.51.100.7.\n") != std::string::npos);
  CHECK(story.find("Gone, of what CloudTrail signed: 1 log file. That concerns the time from 2026-07-02 07:13:52 to "
                   "2026-07-02 08:13:52 UTC (1h), just before the gap. No event tells who did that.\n") !=
        std::string::npos);
  cause.events[1].source_ip = "203.0.113.1";
  CHECK(told(verdict).find("user/eve from 198.51.100.7.\n") != std::string::npos);
}

TEST_CASE("what was done before the first trail was made is no part of the story") {
  verdict::Verdict verdict = incident();
  const auto policy = event("2026-06-30T23:20:00Z", "bucket-policy");
  auto made = event("2026-06-30T23:30:00Z", "create-trail");
  const auto founding = [&](const verdict::TamperingEvent& create) {
    verdict.forensics.tampering = {policy, create};
    return report::is_founding(policy, verdict);
  };
  CHECK(founding(made));
  CHECK_FALSE(founding(event("2026-06-30T23:30:00Z", "start-logging")));
  CHECK_FALSE(founding(event("2026-06-30T23:19:00Z", "create-trail")));
  // A trail that somebody makes later hides nothing of what he did before.
  CHECK_FALSE(founding(event("2026-07-02T23:30:00Z", "create-trail")));
  made.event.error = "AccessDenied";
  CHECK_FALSE(founding(made));
  made.event.error.clear();
  made.event.standing = verdict::Standing::unverified;
  CHECK_FALSE(founding(made));
}
