// Whether what is older expired: by a lifecycle rule, which leaves no event when it deletes. Amazon S3 adds the rule's
// days to the time at which an object was written, and the next midnight UTC from there on the object expires (Amazon
// S3 User Guide, "Lifecycle configuration elements").
#include <algorithm>
#include <charconv>
#include <chrono>

#include "forensics/explain_words.hpp"

namespace trailseal::forensics {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using verdict::Cause;
using verdict::ChainCoverage;
using verdict::Code;
using verdict::Confidence;

constexpr auto kTogether = minutes{75};
// The deletion may come so long behind midnight.
constexpr auto kLag = hours{48};

// Rules of a bucket, from when they were put until others were, or none.
struct InForce {
  const Notable* put = nullptr;
  const Notable* ended = nullptr;  // nullptr: they are still in force
};

struct Object {
  std::string bucket, key;
};

std::optional<Object> first_digest(const ChainCoverage& chain) {
  constexpr std::string_view kScheme = "s3://";
  const auto gap = std::ranges::find_if(chain.gaps, [](const auto& each) { return each.next.has_value(); });
  if (gap == chain.gaps.end() || !gap->next->uri.starts_with(kScheme)) return std::nullopt;
  const std::string uri = gap->next->uri.substr(kScheme.size());
  const auto slash = std::min(uri.find('/'), uri.size());
  return Object{uri.substr(0, slash), uri.substr(std::min(slash + 1, uri.size()))};
}

std::vector<InForce> rules_over_time(const std::vector<Notable>& events, const std::string& bucket) {
  std::vector<InForce> out;
  for (const Notable& event : events) {
    const bool put = event.is("s3", "PutBucketLifecycle") || event.is("s3", "PutBucketLifecycleConfiguration");
    const bool ends = event.is("s3", "DeleteBucketLifecycle") || event.is("s3", "DeleteBucket");
    if ((!put && !ends) || !event.succeeded() || event.value("bucketName") != bucket) continue;
    if (!out.empty() && out.back().ended == nullptr) out.back().ended = &event;
    if (put) out.push_back({&event});
  }
  return out;
}

// The days after which the object would expire; nullopt: never, or it cannot be told. Which of several rules a filter
// belongs to the parameters do not say, so that every one of them must take the object.
std::optional<int> days_for(const Notable& event, const std::string& key) {
  constexpr std::string_view kRule = "LifecycleConfiguration.Rule.", kFilter = "Filter.";
  if (event.omitted || event.parameters.size() >= kMostParameters) return std::nullopt;
  std::optional<int> found;
  for (const Parameter& each : event.parameters) {
    if (!each.path.starts_with(kRule)) continue;
    std::string_view path = std::string_view(each.path).substr(kRule.size());
    if (path.starts_with("*.")) path.remove_prefix(2);
    if (path == "Status" && each.value != "Enabled") return std::nullopt;
    const bool prefix = path == "Prefix" || path == "Filter.Prefix" || path == "Filter.And.Prefix";
    if (prefix && !key.starts_with(each.value)) return std::nullopt;
    // A tag, or a size: what CloudTrail delivers has no tags, and how large it was is not known.
    if (path.starts_with(kFilter) && !prefix) return std::nullopt;
    if (path != "Expiration.Days") continue;
    int number = 0;
    const char* end = each.value.data() + each.value.size();
    if (std::from_chars(each.value.data(), end, number).ptr != end || number < 1) return std::nullopt;
    found = std::min(found.value_or(number), number);
  }
  return found;
}

// Why the rules cannot have taken what is not there; empty: they can.
std::string objection(const InForce& rules, int number, Time now, const Question& question, const Circumstances& all) {
  const Time until = rules.ended == nullptr ? now : std::min(now, rules.ended->event.at);
  const Time midnight = std::chrono::floor<days>(until);
  if (midnight <= rules.put->event.at)
    return "; but it was in force at no midnight UTC" + (rules.ended == nullptr ? "" : ": " + call_by(*rules.ended));
  const Time cut = midnight - days{number};
  // The newest that is missing was written when its hour was over, which is when the first that is there begins.
  if (question.next->begin > cut || question.next->end + kLag < cut)
    return "; but it would have let digests before " + to_string(cut) + " expire, and no others";
  const bool together = std::ranges::all_of(all.verdict.chains, [&](const ChainCoverage& other) {
    if (other.proven.empty()) return true;
    const Time first = other.proven.front().begin, here = question.next->begin;
    return (first < here ? here - first : first - here) <= kTogether;
  });
  return together ? "" : "; but the chains do not all begin at one time, as they would";
}

}  // namespace

std::vector<Answer> explain_expiry(Question& question, const Circumstances& all) {
  const auto now = all.verdict.run.now ? all.verdict.run.now : all.verdict.run.fresh_at;
  if (question.code != Code::chain_start_missing || question.chain == nullptr || !question.next || question.last ||
      !now)
    return {};
  const auto first = first_digest(*question.chain);
  if (!first) return {};
  std::vector<Answer> answers;
  for (const InForce& rules : rules_over_time(all.events, first->bucket)) {
    const auto number = days_for(*rules.put, first->key);
    if (!number) continue;
    const std::string rule = "a lifecycle rule of " + std::to_string(*number) + (*number == 1 ? " day" : " days") +
                             " for the bucket: " + call_by(*rules.put);
    if (auto why = objection(rules, *number, *now, question, all); !why.empty()) {
      question.considered.push_back(rule + why);
      continue;
    }
    answers.push_back(
        {Cause::lifecycle_expiry,
         Confidence::medium,
         "what was older expired, probably: " + rule,
         {rules.put},
         {"all chains begin within " + to_string(Seconds{kTogether}) +
          ", and what is missing is as old as the "
          "rule asks for; S3 leaves no event when it deletes, and not all logs since then were searched for "
          "an end of the rule"}});
  }
  return answers;
}

}  // namespace trailseal::forensics
