#include "verify/digest_history.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "base/parallel.hpp"
#include "verify/history_walk.hpp"
#include "verify/recover.hpp"
#include "verify/version_judge.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

constexpr int kMonths = 2;  // levels: year, month. A month holds 744 digests of each trail: one page of a listing.
constexpr std::size_t kChunk = 64;

struct Task {
  const DigestHome* home;
  DatedFolder folder;
};

struct Part {
  verdict::Findings findings;
  std::map<trail::ChainId, Removed> digests;  // deleted, and none older is left
  std::map<std::string, Removed> objects;     // deleted, and never digests; by "account/region"
  bool any = false, versioned = false;

  void merge(Part other) {
    findings.merge(std::move(other.findings));
    for (const auto& [chain, removed] : other.digests) digests[chain].merge(removed);
    for (const auto& [place, removed] : other.objects) objects[place].merge(removed);
    any = any || other.any;
    versioned = versioned || other.versioned;
  }
};

class Scan {
 public:
  Scan(Context& context, const ChainsSeen& seen) : context_(context), seen_(seen) {}

  Part folder(const Task& task) const {
    Part out;
    const auto& home = *task.home;
    const auto scanned =
        for_each_history(*context_.sources[home.source].store, task.folder.prefix, [&](const KeyHistory& history) {
          out.any = true;
          out.versioned = out.versioned || history.versioned;
          if (!history.key.ends_with('/') && (history.deleted() || history.count > 1)) one(home, history, out);
          return !context_.progress.stop;
        });
    if (!scanned && !context_.progress.stop)
      out.findings.add(not_available(context_, home.source, task.folder.prefix, scanned.error()));
    return out;
  }

 private:
  void one(const DigestHome& home, const KeyHistory& history, Part& out) const {
    const auto key = trail::parse_digest_key(history.key);
    if (!key || key->root != home.root || key->chain.region != home.region) {
      if (history.deleted()) out.objects[home.root.account + "/" + home.region].add(history, std::nullopt);
      return;
    }
    const DigestRef ref{key->end, 0, days_of(key->day), key->backfill};
    if (!context_.selects(key->chain) || !context_.window.contains(ref)) return;
    const auto& bucket = context_.buckets[home.source];
    const VersionContext context{key->chain.to_string(), uri(bucket, history.key),
                                 Interval{key->end - std::chrono::hours{1}, key->end}};
    if (!history.deleted()) {
      judge_overwritten(history, context, out.findings);
      return;
    }
    // A rule that expires objects takes the oldest first. A backfill digest is written long after its hour.
    const auto oldest = seen_.oldest.find(key->chain);
    const bool older_is_left =
        oldest != seen_.oldest.end() && (key->backfill ? oldest->second <= key->end : oldest->second < key->end);
    if (!older_is_left) {
      out.digests[key->chain].add(history, context.when);
      return;
    }
    if (seen_.sought.contains({bucket, history.key})) return;
    DigestFacts found;
    const auto recovery = recover_digest(context_, home.source, history, key->root.account, {}, found);
    judge_deleted_digest(recovery, context, recovery.good ? remains_of(context_, *found.digest).to_string() : "",
                         out.findings);
  }

  Context& context_;
  const ChainsSeen& seen_;
};

bool in_plan(const Plan& plan, const LogHome& home) {
  return std::any_of(plan.groups.begin(), plan.groups.end(), [&](const GroupPlan& group) {
    return group.account == home.root.account && group.region == home.region;
  });
}

void judge_source(Context& context, const Plan& plan, const ChainsSeen& seen, std::uint32_t source,
                  verdict::Findings& findings) {
  const auto homes = find_homes(context, source, findings);
  std::vector<Result<std::vector<DatedFolder>>> folders(homes.digests.size(), std::vector<DatedFolder>{});
  base::parallel_for(context.jobs, folders.size(), 1, [&](std::size_t i) {
    if (context.progress.stop) return;
    folders[i] = dated_folders(*context.sources[source].store, homes.digests[i].prefix(), kMonths, context.window);
  });
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < folders.size(); ++i) {
    if (!folders[i])
      findings.add(not_available(context, source, homes.digests[i].prefix(), folders[i].error()));
    else
      for (auto& folder : *folders[i]) tasks.push_back({&homes.digests[i], std::move(folder)});
  }
  Part sum;
  const Scan scan(context, seen);
  for (std::size_t at = 0; at < tasks.size() && !context.progress.stop; at += kChunk) {
    std::vector<Part> parts(std::min(kChunk, tasks.size() - at));
    base::parallel_for(context.jobs, parts.size(), 1, [&](std::size_t i) { parts[i] = scan.folder(tasks[at + i]); });
    for (auto& part : parts) sum.merge(std::move(part));
  }
  findings.merge(std::move(sum.findings));
  if (context.progress.stop) return;

  for (const auto& [chain, removed] : sum.digests) {
    DigestFacts found;
    const auto newest = recover_digest(context, source, removed.newest, chain.account, {}, found);
    judge_removed_digests(removed, chain.to_string(), context.buckets[source], seen.oldest.contains(chain), &newest,
                          findings);
  }
  for (const auto& [place, removed] : sum.objects) judge_removed_objects(removed, place, findings);
  if (sum.any && !sum.versioned)
    findings.add({.code = Code::version_none,
                  .subject = std::string(context.sources[source].store->label()),
                  .detail = "no digest has a version id: the bucket never had versioning, or not when they came"});

  std::map<std::string, std::vector<LogHome>> forgotten;
  for (const auto& home : homes.logs)
    if (!in_plan(plan, home)) forgotten[home.root.account + "/" + home.region].push_back(home);
  for (const auto& [place, list] : forgotten) judge_log_history(context, plan, list, place, nullptr, findings);
}

}  // namespace

std::vector<bool> ask_for_versions(const std::vector<Source>& sources, verdict::Findings& findings) {
  std::vector<bool> has;
  for (const auto& source : sources) {
    const auto asked = source.store->version_folders(source.prefix);
    has.push_back(asked.has_value());
    if (asked) continue;
    const bool none = asked.error().code == Errc::unsupported;
    const std::string why = std::string(to_string(asked.error().code)) + ": " + asked.error().message;
    findings.add({.code = none ? Code::version_none : Code::version_unavailable,
                  .subject = std::string(source.store->label()),
                  .detail = none ? "a copy of the current objects alone"
                                 : why + "; to list versions needs s3:ListBucketVersions"});
  }
  return has;
}

void ChainsSeen::add(ChainsSeen other) {
  for (const auto& [chain, end] : other.oldest) {
    const auto [place, added] = oldest.emplace(chain, end);
    if (!added) place->second = std::min(place->second, end);
  }
  sought.merge(other.sought);
}

void judge_histories(Context& context, const Plan& plan, const ChainsSeen& seen, verdict::Findings& findings) {
  for (std::uint32_t source = 0; source < context.sources.size() && !context.progress.stop; ++source)
    if (context.has_versions[source]) judge_source(context, plan, seen, source, findings);
}

}  // namespace trailseal::verify
