// The run, as a table of contents: plan, name the buckets, verify each account and region, fold.
#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/parallel.hpp"
#include "kms/judge.hpp"
#include "trailseal/verify.hpp"
#include "verify/bucket_name.hpp"
#include "verify/context.hpp"
#include "verify/digest_history.hpp"
#include "verify/filter.hpp"
#include "verify/group.hpp"
#include "verify/plan.hpp"
#include "verify/settings.hpp"
#include "verify/witness_check.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

// The oldest of the times at which the sources were acquired, when all of them state one.
std::optional<Time> acquired_at(const std::vector<Source>& sources) {
  std::optional<Time> oldest;
  for (const Source& source : sources) {
    if (!source.acquired) return std::nullopt;
    oldest = std::min(oldest.value_or(*source.acquired), *source.acquired);
  }
  return oldest;
}

// T and N of trailseal-checks(7), "Freshness".
Freshness freshness_of(const Request& request, const std::vector<Source>& sources) {
  const auto present = request.now ? request.now : acquired_at(sources);
  Freshness out;
  out.at = request.until ? request.until : present;
  out.now_from_clock = !present;
  out.now = present.value_or(std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
  out.max_head_age = request.max_head_age;
  return out;
}

verdict::RunInfo describe(const Request& request, const std::vector<Source>& sources,
                          const std::vector<BucketName>& names) {
  verdict::RunInfo info;
  for (std::size_t i = 0; i < sources.size(); ++i)
    info.sources.push_back(
        {std::string(sources[i].store->label()), names[i].name, names[i].origin, sources[i].provenance});
  info.since = request.since;
  info.until = request.until;
  info.now = request.now;
  const auto acquired = acquired_at(sources);
  const std::string present = request.now ? "--now" : acquired ? "manifest" : "";
  info.fresh_at = request.until ? request.until : request.now ? request.now : acquired;
  info.fresh_at_origin = request.until ? "--until" : present;
  info.clock_origin = present.empty() ? "system clock" : present;
  info.max_head_age = request.max_head_age;
  info.strict = request.strict;
  info.versions = request.versions;
  info.accounts = request.accounts;
  info.regions = request.regions;
  info.trails = request.trails;
  info.orgs = request.orgs;
  info.expected_kms_key = request.expected_kms_key;
  return info;
}

std::vector<verdict::KeyUse> trusted(const trail::PublicKeySet& keys) {
  std::vector<verdict::KeyUse> out;
  for (const auto& entry : keys.entries())
    out.push_back({.fingerprint = entry->key.fingerprint,
                   .encoding = entry->key.encoding,
                   .origin = entry->key.origin,
                   .bits = static_cast<std::uint32_t>(entry->key.key.bits()),
                   .validity = entry->key.validity,
                   .digests_verified = 0});
  return out;
}

// Asks while the sources are read: the answer comes in a few round trips, from elsewhere.
class SettingsQuestion {
 public:
  SettingsQuestion(const Request& request, std::vector<trail::ChainId> chains)
      : request_(request), chains_(std::move(chains)) {
    try {
      thread_ = std::jthread([this] { ask(); });
    } catch (const std::system_error&) {  // no thread is to be had: it is asked later, by this one
    }
  }

  SettingsAnswer answer() {
    if (thread_.joinable())
      thread_.join();
    else
      ask();
    return std::move(answer_);
  }

 private:
  void ask() { answer_ = request_.trail_settings(chains_); }

  const Request& request_;
  const std::vector<trail::ChainId> chains_;
  SettingsAnswer answer_;
  std::jthread thread_;  // last: it uses what is above
};

std::vector<trail::ChainId> chains_wanted(const Context& context, const Plan& plan) {
  std::vector<trail::ChainId> ids;
  for (const GroupPlan& group : plan.groups)
    for (const ChainPlan& chain : group.chains)
      if (context.selects(chain.id)) ids.push_back(chain.id);
  std::ranges::sort(ids);
  return ids;
}

void add_settings(const Context& context, const std::vector<BucketName>& names, SettingsAnswer answer,
                  verdict::Verdict& verdict) {
  SettingsInput input{context.request, answer, verdict.chains, {}};
  for (std::size_t i = 0; i < names.size(); ++i) input.places.push_back({names[i].name, context.sources[i].prefix});
  // Half of a run shows half of the chains.
  if (!context.progress.stop) judge_settings(input, verdict.findings);
  verdict.run.settings_asked = answer.asked;
  verdict.trails = std::move(answer.trails);
  std::ranges::sort(verdict.trails);
}

// How a source's objects are named in findings before its bucket is known by name.
std::string prefix_of(const Source& source, const BucketName& name) {
  if (!name.name.empty()) return "s3://" + name.name + "/";
  std::string label(source.store->label());
  return label.ends_with('/') ? label : label + "/";
}

bool wanted(const Context& context, const GroupPlan& group) {
  return std::any_of(group.chains.begin(), group.chains.end(),
                     [&](const ChainPlan& chain) { return context.selects(chain.id); });
}

// Do the filters leave chains out?
bool sees_part(const Request& request) {
  return !request.accounts.empty() || !request.regions.empty() || !request.trails.empty() || !request.orgs.empty();
}

// Of the answers about keys, if there are any, and of what the logs themselves tell.
void judge_keys(const Context& context, verdict::Verdict& verdict) {
  kms::Witnessed witnessed{context.witness_facts.key_events, {}, context.witness_facts.keyed_trails};
  for (const auto& each : verdict.kms_keys) witnessed.keys.insert(each.key);
  kms::judge_keys(context.request.kms.value_or(kms::Answers{}), witnessed, sees_part(context.request), verdict);
}

}  // namespace

Result<verdict::Verdict> run(const Request& request, const std::vector<Source>& sources,
                             const trail::PublicKeySet& keys, const crypto::Backend& backend,
                             verdict::Findings findings, Progress& progress) {
  Context context{.request = request,
                  .sources = sources,
                  .keys = keys,
                  .backend = backend,
                  .progress = progress,
                  .jobs = base::job_count(request.jobs),
                  .readers = nullptr,
                  .window = {request.since, request.until},
                  .freshness = freshness_of(request, sources),
                  .buckets = {},
                  .source_of_bucket = {},
                  .has_versions = std::vector<bool>(sources.size()),
                  .witness_facts = WitnessFacts(request.expected_kms_key)};
  TRY(context.readers, Readers::make(backend, request.unsealing, context.jobs));
  if (request.versions) context.has_versions = ask_for_versions(sources, findings);

  auto plan = make_plan(request, sources, context.jobs, progress);
  if (request.need_keys) findings.merge(request.need_keys(keys_needed(plan, findings)));
  std::optional<SettingsQuestion> settings;
  if (request.trail_settings && !progress.stop) settings.emplace(request, chains_wanted(context, plan));
  std::vector<BucketName> names;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    TRY(auto name, name_bucket(context, plan, i));
    if (!name.name.empty() && !context.source_of_bucket.emplace(name.name, i).second)
      return Error{Errc::invalid_argument, "two sources are the bucket " + name.name};
    context.buckets.push_back(name.name);
    names.push_back(std::move(name));
  }

  verdict::Verdict verdict;
  verdict.run = describe(request, sources, names);
  verdict.keys = trusted(keys);
  verdict.findings = std::move(findings);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const auto totals = plan.findings[i].totals();
    const bool listed = !totals.contains(Code::source_unreadable) && !totals.contains(Code::source_credentials_refused);
    plan.findings[i].prefix_subjects(prefix_of(sources[i], names[i]));
    verdict.findings.merge(std::move(plan.findings[i]));
    if (plan.digests_of_source[i] == 0 && listed && !progress.stop)
      verdict.findings.add({.code = Code::source_no_digests, .subject = std::string(sources[i].store->label())});
  }
  if (!progress.stop) judge_filters(context, plan, verdict.findings);

  for (const auto& group : plan.groups) {
    if (!wanted(context, group)) continue;
    for (const auto& chain : group.chains)
      progress.digests_total += static_cast<std::uint64_t>(std::count_if(
          chain.refs.begin(), chain.refs.end(), [&](const DigestRef& ref) { return context.window.contains(ref); }));
  }

  // Accounts and regions side by side: the fold does not care in which order they come.
  GroupResult sum;
  std::mutex mutex;
  base::parallel_for(context.jobs, plan.groups.size(), 1, [&](std::size_t i) {
    if (progress.stop) return;
    auto part = verify_group(context, plan, plan.groups[i]);
    const std::lock_guard lock(mutex);
    sum.add(std::move(part));
  });
  for (const auto& [source, other] : sum.other_names)
    if (names[source].origin == "named by its valid digests")
      return two_names(sources[source].store->label(), names[source].name, other);
  // A copy of what lies below a prefix, without the prefix: a mistake of the hand that copied, not of the evidence.
  for (const auto& [source, prefix] : sum.prefixes)
    if (!sum.in_place.contains(source))
      return Error{Errc::invalid_argument,
                   std::string(sources[source].store->label()) + " is a copy of what lies below " + prefix +
                       " in its bucket; move it to " + prefix + " below the folder that is given as the source"};
  sum.verdict.run = verdict.run;
  verdict = merge(std::move(verdict), std::move(sum.verdict));
  for (const auto source : sum.sources_read)
    if (!sum.sources_with_metadata.contains(source))
      verdict.findings.add({.code = Code::source_no_metadata, .subject = std::string(sources[source].store->label())});
  verdict.findings.fold(Code::source_credentials_refused, "the credentials");
  verdict.findings.merge(context.opened.findings(sources));
  if (settings) add_settings(context, names, settings->answer(), verdict);
  if (!progress.stop) judge_histories(context, plan, sum.seen, verdict.findings);
  if (!progress.stop) check_witnesses(context, sum, verdict);
  if (progress.stop) {
    verdict.complete = false;
    verdict.findings.add({.code = Code::run_interrupted});
  }
  if (!progress.stop) judge_keys(context, verdict);
  return verdict;
}

}  // namespace trailseal::verify
