// Nothing is judged here: each clause repeats a cause, a finding or an event that the report holds in full below, and
// two are tied together by nothing but their times.
#include "report/narrative.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>

#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::Cause;
using verdict::Code;
using verdict::EventRef;
using verdict::Explanation;
using verdict::Verdict;

constexpr std::size_t kMostCauses = 3;

// What was deleted by somebody who then stopped the trail lies in the hours before the gap.
constexpr auto kJustBefore = std::chrono::hours{3};

constexpr Code kMissingDigests[] = {Code::digest_missing};
constexpr Code kMissingLogs[] = {Code::log_missing};
constexpr Code kChangedLogs[] = {Code::log_hash_mismatch, Code::log_not_gzip,      Code::log_truncated,
                                 Code::log_corrupt,       Code::log_trailing_data, Code::log_envelope_broken};
constexpr Code kAddedLogs[] = {Code::log_unlisted};

// One of each cause, the surest first, then in order of time.
std::vector<const Explanation*> causes_of(const verdict::Forensics& forensics) {
  std::vector<const Explanation*> causes;
  std::set<std::pair<Cause, std::string_view>> told;
  for (const Explanation& each : forensics.explanations)
    if (each.cause != Cause::unexplained && told.emplace(each.cause, each.sentence).second) causes.push_back(&each);
  std::ranges::stable_sort(causes, [](const Explanation* a, const Explanation* b) {
    const auto begin = [](const Explanation* each) { return each->when ? each->when->begin : Time::max(); };
    return std::pair{b->confidence, begin(a)} < std::pair{a->confidence, begin(b)};
  });
  return causes;
}

std::string sentence_of(const Explanation& cause) {
  auto standing = verdict::Standing::verified;
  for (const EventRef& event : cause.events) standing = std::max(standing, event.standing);
  std::string out = capitalized(cause.sentence) + " (" + std::string(to_string(cause.confidence));
  if (standing != verdict::Standing::verified) out += ", and by a record that is " + std::string(to_string(standing));
  return out + ").";
}

// How whoever did it came by the credentials.
std::string access_to(const Explanation& cause) {
  for (auto given = cause.events.begin(); given != cause.events.end(); ++given) {
    if (given->source != "sts.amazonaws.com" || std::next(given) == cause.events.end()) continue;
    std::string out = "The credentials for that were given out by " + given->name + " at " + readable(given->at) +
                      " UTC, called by " +
                      (given->actor.empty() ? std::string("somebody whom the record does not name") : given->actor);
    if (given->source_ip.empty()) return out + ".";
    const bool same = std::next(given)->source_ip == given->source_ip;
    return out + " from " + (same ? "the same address, " : "") + given->source_ip + ".";
  }
  return {};
}

std::string joined(const std::string& a, const std::string& b) {
  return a + (a.empty() || b.empty() ? "" : " and ") + b;
}

// What is not as CloudTrail signed it.
class Objects {
 public:
  explicit Objects(const Verdict& verdict) : totals_(verdict.findings.totals()) {
    add("gone, of what CloudTrail signed: ",
        joined(count(kMissingDigests, "digest", "digests"), count(kMissingLogs, "log file", "log files")));
    add("not what CloudTrail signed: ", count(kChangedLogs, "log file", "log files"));
    add("listed by no digest: ", count(kAddedLogs, "log file", "log files"));
    for (const verdict::Finding& finding : verdict.findings.sorted()) {
      if (!finding.when || !codes_.contains(finding.code)) continue;
      when_ = when_ ? Interval{std::min(when_->begin, finding.when->begin), std::max(when_->end, finding.when->end)}
                    : *finding.when;
    }
    for (const Explanation& each : verdict.forensics.explanations)
      if (codes_.contains(each.code)) (each.cause == Cause::unexplained ? unknown_ : known_) = true;
  }

  // `gap`: what is not proven for the cause that was told first.
  std::string sentences(const std::optional<Interval>& gap) const {
    if (told_.empty()) return {};
    std::string out = capitalized(told_) + ".";
    if (when_) {
      out += " That concerns the time from " + readable(*when_);
      if (gap && when_->end <= gap->begin && gap->begin - when_->end <= kJustBefore) out += ", just before the gap";
      out += ".";
    }
    if (unknown_) out += known_ ? " Not all of it is explained by events." : " No event tells who did that.";
    return out;
  }

 private:
  void add(std::string_view what, const std::string& objects) {
    if (!objects.empty()) told_.append(told_.empty() ? "" : "; ").append(what).append(objects);
  }

  std::string count(std::span<const Code> codes, std::string_view one, std::string_view many) {
    std::uint64_t number = 0;
    for (const Code code : codes)
      if (const auto total = totals_.find(code); total != totals_.end()) {
        number += total->second;
        codes_.insert(code);
      }
    return number == 0 ? std::string() : counted(number, one, many);
  }

  std::map<Code, std::uint64_t> totals_;
  std::set<Code> codes_;
  std::string told_;
  std::optional<Interval> when_;
  bool known_ = false, unknown_ = false;
};

}  // namespace

std::vector<std::string> narrative(const Verdict& verdict) {
  std::vector<std::string> out;
  if (!verdict.forensics.explained) return out;
  const auto causes = causes_of(verdict.forensics);
  for (std::size_t i = 0; i < std::min(causes.size(), kMostCauses); ++i) {
    out.push_back(sentence_of(*causes[i]));
    if (auto access = access_to(*causes[i]); !access.empty()) out.push_back(std::move(access));
  }
  if (causes.size() > kMostCauses)
    out.push_back(counted(causes.size() - kMostCauses, "more cause follows", "more causes follow") + ".");
  if (auto objects = Objects(verdict).sentences(causes.empty() ? std::nullopt : causes.front()->when); !objects.empty())
    out.push_back(std::move(objects));
  return out;
}

bool is_founding(const verdict::TamperingEvent& tampering, const Verdict& verdict) {
  constexpr auto kFirstDigest = std::chrono::hours{1};
  const auto proven = proven_extent(verdict);
  return proven && std::ranges::any_of(verdict.forensics.tampering, [&](const verdict::TamperingEvent& each) {
           return each.rule == "create-trail" && each.event.error.empty() &&
                  each.event.standing == verdict::Standing::verified && tampering.event.at < each.event.at &&
                  each.event.at <= proven->begin + kFirstDigest;
         });
}

}  // namespace trailseal::report
