// What became of objects that CloudTrail signed and that are not there, or are not what it signed; and what only lacks
// a key.
#include <algorithm>
#include <chrono>
#include <set>

#include "forensics/explain_words.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::forensics {
namespace {

using verdict::Cause;
using verdict::Code;
using verdict::Confidence;

struct Place {
  std::string_view bucket, key;
};

std::optional<Place> place_of(std::string_view uri) {
  constexpr std::string_view kScheme = "s3://";
  if (!uri.starts_with(kScheme)) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  const auto slash = uri.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  return Place{uri.substr(0, slash), uri.substr(slash + 1)};
}

bool is_missing(Code code) { return code == Code::digest_missing || code == Code::log_missing; }

bool is_changed(Code code) {
  switch (code) {
    case Code::log_hash_mismatch:
    case Code::log_not_gzip:
    case Code::log_truncated:
    case Code::log_corrupt:
    case Code::log_trailing_data:
    case Code::digest_not_gzip:
    case Code::digest_truncated:
    case Code::digest_corrupt:
    case Code::digest_trailing_data:
    case Code::digest_malformed:
    case Code::digest_signature_invalid:
    case Code::digest_signature_malformed:
    case Code::digest_moved:
    case Code::digest_key_foreign:
    case Code::chain_link_mismatch: return true;
    default: return false;
  }
}

// Is it the object in question, or one of the digests of the chain in that stretch?
bool is_of(const Question& question, const Place& place) {
  if (const auto subject = place_of(question.subject))
    if (subject->bucket == place.bucket && subject->key == place.key) return true;
  if (question.chain == nullptr || question.code != Code::digest_missing || !question.when) return false;
  const auto digest = trail::parse_digest_key(place.key);
  return digest && digest->chain.to_string() == question.chain->chain && digest->end > question.when->begin &&
         digest->end <= question.when->end;
}

// Later than it was written.
bool could_be(const Notable& event, const Question& question) {
  return !question.when || event.event.at > question.when->begin;
}

std::vector<const Notable*> calls_on(Question& question, const Circumstances& all,
                                     std::initializer_list<std::string_view> names) {
  std::vector<const Notable*> found;
  for (const Notable& event : all.events) {
    if (event.event.source != "s3.amazonaws.com" || std::ranges::find(names, event.event.name) == names.end()) continue;
    if (!is_of(question, {event.value("bucketName"), event.value("key")}) || !could_be(event, question)) continue;
    if (event.succeeded())
      found.push_back(&event);
    else
      question.considered.push_back(refused(event));
  }
  return found;
}

bool of_versions(Code code) {
  return code == Code::version_recoverable || code == Code::version_lost || code == Code::version_digest_deleted ||
         code == Code::version_overwritten;
}

// What the versions of the object show, if they were asked for.
std::vector<std::string> versions_of(const Question& question, const Circumstances& all, bool deleted) {
  std::vector<std::string> facts;
  for (const verdict::Finding& finding : all.verdict.findings.sorted()) {
    const auto place = place_of(finding.subject);
    if (!place || !is_of(question, *place)) continue;
    const bool marker = finding.found.find("delete marker") != std::string::npos;
    if (!of_versions(finding.code) || marker != deleted) continue;
    facts.push_back("of " + finding.subject + " the bucket has " + finding.found +
                    (finding.expected.empty() ? "" : "; what was signed is " + finding.expected));
  }
  return facts;
}

std::string sum_up(const std::vector<const Notable*>& events, const char* done) {
  std::string out = std::string(done) + " at " + to_string(events.front()->event.at) + " by " + who(*events.front());
  if (events.size() > 1) out += "; " + std::to_string(events.size()) + " such calls are recorded";
  return out;
}

// Of digests in a row: do the calls and versions name every one of them? Each stands for the hour before its end.
bool names_all(const Question& question, const Circumstances& all, const std::vector<const Notable*>& calls) {
  if (question.code != Code::digest_missing || !question.when) return true;
  std::set<Time> ends;
  const auto add = [&](std::string_view key) {
    if (const auto digest = trail::parse_digest_key(key)) ends.insert(digest->end);
  };
  for (const Notable* call : calls) add(call->value("key"));
  for (const verdict::Finding& finding : all.verdict.findings.sorted())
    if (const auto place = place_of(finding.subject); place && of_versions(finding.code) && is_of(question, *place))
      add(place->key);
  Time reached = question.when->begin;
  for (const Time end : ends)
    if (end - std::chrono::hours{1} <= reached) reached = std::max(reached, end);
  return reached >= question.when->end;
}

std::optional<Answer> deleted(Question& question, const Circumstances& all) {
  Answer out{Cause::deleted, Confidence::certain, "", calls_on(question, all, {"DeleteObject"}),
             versions_of(question, all, true)};
  if (!out.events.empty()) {
    out.sentence =
        sum_up(out.events, question.code == Code::digest_missing ? "digests were deleted" : "it was deleted");
  } else if (!out.facts.empty()) {
    out.sentence = "it was deleted: the bucket has a delete marker; by whom is not recorded";
  } else {
    // Such a call does not record which objects it named.
    for (const Notable& event : all.events)
      if (event.is("s3", "DeleteObjects") && event.succeeded() && could_be(event, question) &&
          all.scope.buckets.contains(std::string(event.value("bucketName"))))
        question.considered.push_back(call_by(event) + ", which does not record what objects it deleted");
    return std::nullopt;
  }
  out.facts.push_back("CloudTrail signed that it existed");
  if (!names_all(question, all, out.events)) {
    out.confidence = Confidence::medium;
    out.sentence = "not all that is missing is accounted for: " + out.sentence;
    out.facts.push_back(
        "what is recorded names only some of the digests in this stretch; what became of the others is not "
        "known");
  }
  return out;
}

std::optional<Answer> replaced(Question& question, const Circumstances& all) {
  Answer out{Cause::replaced, Confidence::certain, "",
             calls_on(question, all, {"PutObject", "CopyObject", "CompleteMultipartUpload"}),
             versions_of(question, all, false)};
  if (!out.events.empty())
    out.sentence = sum_up(out.events, "it was written over");
  else if (!out.facts.empty())
    out.sentence = "it was written over: the bucket has several versions; by whom is not recorded";
  else
    return std::nullopt;
  return out;
}

}  // namespace

std::vector<Answer> explain_objects(Question& question, const Circumstances& all) {
  std::vector<Answer> answers;
  if (question.code == Code::digest_key_unknown)
    answers.push_back({Cause::key_unavailable,
                       Confidence::certain,
                       "the public key that signed is not among the trusted ones: nothing can be said, and nothing "
                       "points to tampering",
                       {},
                       {}});
  std::optional<Answer> one;
  if (is_missing(question.code)) one = deleted(question, all);
  if (is_changed(question.code)) one = replaced(question, all);
  if (one) answers.push_back(*std::move(one));
  return answers;
}

}  // namespace trailseal::forensics
