#include "verify/version_judge.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "verify/judge.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;
using verdict::Finding;

std::string number_of(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string error_text(const Error& error) { return std::string(to_string(error.code)) + ": " + error.message; }

// "3 versions, 1 delete marker"; of a flood, those that were kept.
std::string census(const KeyHistory& history) {
  const auto markers = static_cast<std::uint64_t>(std::count_if(
      history.rows.begin(), history.rows.end(), [](const store::Version& row) { return row.delete_marker; }));
  const std::uint64_t kept = history.rows.size();
  std::string out = number_of(kept - markers, "version") + ", " + number_of(markers, "delete marker");
  if (history.count > kept) out += "; " + std::to_string(history.count - kept) + " more in between were not looked at";
  return out;
}

std::string current_of(const KeyHistory& history) {
  return history.rows.empty() ? "no version and no delete marker" : describe(history.rows.front());
}

// All of them of the same bytes as stored, as far as their ETags say.
bool same_bytes(const KeyHistory& history) {
  const store::Version* first = nullptr;
  for (const auto& row : history.rows) {
    if (row.delete_marker) continue;
    if (row.object.etag.empty()) return false;
    if (first == nullptr) first = &row;
    if (row.object.etag != first->object.etag || row.object.size != first->object.size) return false;
  }
  return first != nullptr;
}

Finding start(Code code, const VersionContext& context) {
  return {.code = code, .chain = context.chain, .subject = context.subject, .when = context.when};
}

std::string with(std::string text, const std::string& more) { return more.empty() ? text : text + "; " + more; }

// What is open where no version is good: nothing, if all could be looked at.
std::optional<Finding> unavailable(const Recovery& recovery, const VersionContext& context) {
  if (!recovery.error) {
    if (recovery.good || recovery.history.count <= recovery.history.rows.size()) return std::nullopt;
    Finding finding = start(Code::version_unavailable, context);
    finding.found = current_of(recovery.history);
    finding.detail = census(recovery.history) + "; the signed one may be among those";
    return finding;
  }
  Finding finding = start(Code::version_unavailable, context);
  finding.detail = recovery.unreadable ? describe(*recovery.unreadable) + ": " + error_text(*recovery.error)
                                       : error_text(*recovery.error);
  return finding;
}

}  // namespace

void judge_recovery(const Recovery& recovery, const VersionContext& context, const std::string& more,
                    verdict::Findings& findings) {
  if (auto open = unavailable(recovery, context)) {
    findings.add(std::move(*open));
    return;
  }
  Finding finding = start(recovery.good ? Code::version_recoverable : Code::version_lost, context);
  if (recovery.good) finding.expected = describe(*recovery.good);
  finding.found = current_of(recovery.history);
  finding.detail = with(census(recovery.history), more);
  findings.add(std::move(finding));
}

void judge_deleted_digest(const Recovery& recovery, const VersionContext& context, const std::string& more,
                          verdict::Findings& findings) {
  if (auto open = unavailable(recovery, context)) {
    findings.add(std::move(*open));
    return;
  }
  Finding finding = start(recovery.good ? Code::version_digest_deleted : Code::version_digest_removed, context);
  if (recovery.good) finding.expected = describe(*recovery.good);
  finding.found = current_of(recovery.history);
  finding.detail = with(census(recovery.history),
                        recovery.good ? more : "none of the versions is a digest that a trusted key signed");
  findings.add(std::move(finding));
}

void judge_overwritten(const KeyHistory& history, const VersionContext& context, verdict::Findings& findings) {
  if (history.count < 2 || history.deleted()) return;
  Finding finding = start(Code::version_overwritten, context);
  finding.expected = describe(history.rows.back());
  finding.found = describe(history.rows.front());
  finding.detail = with(census(history), same_bytes(history) ? "all have the same ETag, so the same bytes" : "");
  findings.add(std::move(finding));
}

void Removed::add(const KeyHistory& history, std::optional<Interval> when) {
  Removed one;
  one.count = 1;
  one.newest = history;
  one.span = when;
  merge(one);
}

void Removed::merge(const Removed& other) {
  if (other.count == 0) return;
  const auto rank = [](const KeyHistory& history) {
    return std::make_tuple(history.rows.front().object.modified, std::cref(history.key));
  };
  if (count == 0 || rank(newest) < rank(other.newest)) newest = other.newest;
  if (other.span)
    span =
        span ? Interval{std::min(span->begin, other.span->begin), std::max(span->end, other.span->end)} : *other.span;
  count += other.count;
}

void judge_removed_digests(const Removed& removed, const std::string& chain, const std::string& bucket,
                           bool some_are_left, const Recovery* newest, verdict::Findings& findings) {
  if (removed.count == 0) return;
  Finding finding{.code = Code::version_digest_removed,
                  .chain = chain,
                  .subject = uri(bucket, removed.newest.key),
                  .when = removed.span,
                  .found = current_of(removed.newest),
                  .count = removed.count};
  finding.detail =
      number_of(removed.count, "deleted digest") +
      (some_are_left ? ", all older than the oldest proven one that is left, as after expiry by a lifecycle rule"
                     : "; no digest of the chain that could be proven is left") +
      (removed.count == 1 ? "" : "; this one was deleted last");
  if (newest != nullptr && newest->good) {
    finding.expected = describe(*newest->good);
    finding.detail += "; that version of it is signed";
  }
  findings.add(std::move(finding));
}

void judge_removed_objects(const Removed& removed, const std::string& subject, verdict::Findings& findings) {
  if (removed.count == 0) return;
  findings.add({.code = Code::version_removed,
                .subject = subject,
                .when = removed.span,
                .detail = number_of(removed.count, "object") + "; deleted last was " + removed.newest.key + ", with " +
                          describe(removed.newest.rows.front()),
                .count = removed.count});
}

}  // namespace trailseal::verify
