#include "verify/witness_check.hpp"

#include <algorithm>

#include "base/parallel.hpp"

namespace trailseal::verify {
namespace {

// Each costs a listing; an evidence that lacks more than these has said enough.
constexpr std::size_t kMostLookups = 10'000;

// "s3://bucket/key" -> bucket and key
std::pair<std::string_view, std::string_view> split(std::string_view uri) {
  uri.remove_prefix(std::string_view("s3://").size());
  const auto slash = uri.find('/');
  return {uri.substr(0, slash), uri.substr(slash + 1)};
}

// Whether this run would have come across the object, if it is there.
bool in_scope(const Context& context, const Source& source, std::string_view key) {
  if (!key.starts_with(source.prefix)) return false;
  if (const auto log = trail::parse_log_key(key)) {
    const auto& window = context.window;
    return context.selects_logs(log->root.account, log->region, log->root.org) &&
           (!window.since || log->time >= *window.since) && (!window.until || log->time < *window.until);
  }
  const auto digest = trail::parse_digest_key(key);
  return digest && context.selects(digest->chain) &&
         context.window.contains(Interval{digest->end - std::chrono::hours{1}, digest->end});
}

Presence look_for(const Context& context, const std::string& uri) {
  const auto [bucket, key] = split(uri);
  const auto source = context.source_of_bucket.find(std::string(bucket));
  if (source == context.source_of_bucket.end() || !in_scope(context, context.sources[source->second], key))
    return Presence::out_of_scope;
  bool there = false, trouble = false;
  const auto listed = context.sources[source->second].store->list(
      key, "",
      [&](const store::ObjectInfo& object) {
        there = object.key == key;
        return false;
      },
      [&](std::string_view, const Error&) { trouble = true; });
  if (there) return Presence::there;
  return !listed || trouble ? Presence::unknown : Presence::absent;
}

}  // namespace

void check_witnesses(Context& context, const GroupResult& sum, verdict::Verdict& verdict) {
  auto& facts = context.witness_facts;
  facts.seal();
  const auto names = facts.unseen();
  std::vector<Presence> answers(names.size(), Presence::unknown);
  base::parallel_for(context.jobs, std::min(names.size(), kMostLookups), 1, [&](std::size_t i) {
    if (!context.progress.stop) answers[i] = look_for(context, facts.uri(names[i]));
  });
  std::map<ObjectName, Presence> presence;
  for (std::size_t i = 0; i < names.size(); ++i) presence.emplace(names[i], answers[i]);
  auto judged = judge_witnesses(facts, presence, {sum.covers, context.window, verdict.chains});
  verdict.findings.merge(std::move(judged.findings));
  verdict.kms_keys = std::move(judged.keys);
  verdict.kms_readers = std::move(judged.readers);
  verdict.kms_reads = facts.reads;
}

}  // namespace trailseal::verify
