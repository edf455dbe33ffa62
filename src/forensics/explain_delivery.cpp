// Deliveries that failed, came late, or went elsewhere. A bucket or key that refuses CloudTrail leaves no event of
// CloudTrail's own: the trail says that it logs. What points to it is a change of policy, and that is never certain.
#include <algorithm>
#include <chrono>

#include "forensics/explain_chains.hpp"
#include "forensics/explain_words.hpp"

namespace trailseal::forensics {
namespace {

using std::chrono::hours;
using verdict::Cause;
using verdict::Code;
using verdict::Confidence;

// The last digest may have been delivered before the change, and the next is delivered half an hour after its end.
constexpr auto kBefore = hours{1}, kAfter = hours{2};

// Which change may end delivery: of the bucket, of the key, or none.
std::optional<Cause> may_refuse(const Notable& event, const Scope& scope) {
  const auto lines = rules_of(event.event.source, event.event.name);
  if (lines.empty()) return std::nullopt;
  const auto rule = lines.front()->name;
  const bool of_bucket = rule == "bucket-policy" || rule == "delete-bucket";
  const bool of_key = rule == "key-off" || rule == "key-policy";
  if ((!of_bucket && !of_key) || !concern_of(event, lines.front()->subject, scope)) return std::nullopt;
  return of_bucket ? Cause::delivery_bucket : Cause::delivery_key;
}

bool is_open_ended(Code code) {
  return code == Code::chain_head_stale || code == Code::chain_gap || code == Code::chain_window_uncovered;
}

// Whom a bucket or a key refuses it refuses for others, too: those of the trail, and with one bucket all of them.
bool others_go_on(Cause cause, Time end, const Question& question, const Circumstances& all) {
  const bool one_bucket = cause == Cause::delivery_bucket && all.scope.buckets.size() <= 1;
  return std::ranges::any_of(all.verdict.chains, [&](const verdict::ChainCoverage& other) {
    return &other != question.chain && (one_bucket || same_trail(other, *question.chain)) && goes_on(other, end);
  });
}

std::optional<Answer> refused_delivery(Question& question, const Circumstances& all) {
  if (!is_open_ended(question.code) || !question.last || question.chain == nullptr) return std::nullopt;
  const Notable* change = nullptr;
  std::optional<Cause> cause;
  for (const Notable& event : all.events) {
    if (event.event.at < *question.last - kBefore || event.event.at > *question.last + kAfter) continue;
    const auto which = may_refuse(event, all.scope);
    if (!which) continue;
    if (event.succeeded()) {
      change = &event;
      cause = which;
    } else {
      question.considered.push_back(refused(event));
    }
  }
  if (change == nullptr) return std::nullopt;
  if (others_go_on(*cause, std::max(*question.last, change->event.at), question, all)) {
    question.considered.push_back(call_by(*change) + "; but other chains were delivered after that");
    return std::nullopt;
  }
  return Answer{*cause,
                Confidence::medium,
                std::string("deliveries failed, probably because of a change of the ") +
                    (*cause == Cause::delivery_bucket ? "bucket" : "KMS key") + ": " + call_by(*change),
                {change},
                {"nothing shows that the trail itself was changed; a bucket or key that refuses CloudTrail leaves no "
                 "event of CloudTrail's"}};
}

// CloudTrail's own word of why it cannot deliver.
std::optional<Answer> stated_error(Question& question, const Circumstances& all) {
  if (question.code != Code::chain_head_stale || question.chain == nullptr) return std::nullopt;
  for (const auto& trail : all.verdict.trails) {
    if (!are_of(trail, question)) continue;
    for (const auto& status : trail.regions) {
      const std::string& error =
          status.digest_delivery_error.empty() ? status.delivery_error : status.digest_delivery_error;
      if (status.region != question.chain->region || error.empty()) continue;
      const bool key = error.find("KMS") != std::string::npos || error.find("kms") != std::string::npos;
      const bool bucket = error == "AccessDenied" || error == "NoSuchBucket";
      return Answer{
          key      ? Cause::delivery_key
          : bucket ? Cause::delivery_bucket
                   : Cause::delivery_failed,
          Confidence::high,
          "CloudTrail says that it cannot deliver: " + error,
          {},
          {"the trail's status, asked for at " +
           (all.verdict.run.settings_asked ? to_string(*all.verdict.run.settings_asked) : "an unknown time")}};
    }
  }
  return std::nullopt;
}

std::optional<Answer> healed(Question& question, const Circumstances& all) {
  if (question.chain == nullptr || !question.when) return std::nullopt;
  const auto found = all.backfilled.find(question.chain->chain);
  if (found == all.backfilled.end()) return std::nullopt;
  Seconds covered{0};
  Time reached = question.when->begin;
  for (const Interval& hour : found->second) {
    const Interval part{std::max(hour.begin, reached), std::min(hour.end, question.when->end)};
    covered += part.length();
    reached = std::max(reached, hour.end);
  }
  if (covered.count() == 0) return std::nullopt;
  if (covered < question.when->length()) {
    question.considered.push_back("backfill digests cover " + to_string(covered) + " of it");
    return std::nullopt;
  }
  return Answer{Cause::healed,
                Confidence::certain,
                "CloudTrail delivered late: backfill digests that it signed cover the whole of it",
                {},
                {}};
}

std::optional<Answer> elsewhere(Question& question, const Circumstances& all) {
  if (question.code != Code::chain_source_missing) return std::nullopt;
  Answer out{Cause::destination_changed,
             Confidence::high,
             "the trail delivered to another bucket before, as the digest behind it signs",
             {},
             {"the digest before it is " + question.subject}};
  for (const Notable& event : all.events) {
    if (!event.is("cloudtrail", "UpdateTrail") || !event.succeeded() || !names_trail(event, question)) continue;
    if (event.value("s3BucketName").empty() || !question.next) continue;
    if (event.event.at + kBefore < question.next->begin || event.event.at > question.next->end + kAfter) continue;
    if (question.trail->account.empty()) {
      question.considered.push_back(call_by(event) + "; but which account has the organization's trail is not known");
      continue;
    }
    out.confidence = Confidence::certain;
    out.sentence += "; it was changed: " + call_by(event);
    out.events = {&event};
    break;
  }
  return out;
}

}  // namespace

std::vector<Answer> explain_delivery(Question& question, const Circumstances& all) {
  std::vector<Answer> answers;
  for (const auto& explainer : {healed, elsewhere, stated_error, refused_delivery})
    if (auto one = explainer(question, all)) answers.push_back(*std::move(one));
  return answers;
}

}  // namespace trailseal::forensics
