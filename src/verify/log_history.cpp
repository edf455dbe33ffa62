#include "verify/log_history.hpp"

#include <algorithm>
#include <chrono>
#include <set>

#include "base/parallel.hpp"
#include "verify/version_judge.hpp"

namespace trailseal::verify {
namespace {

constexpr int kDays = 3;  // levels: year, month, day
constexpr std::size_t kChunk = 64;

struct Task {
  const LogHome* home;
  DatedFolder folder;
};

struct Part {
  verdict::Findings findings;
  Removed removed;
};

class Scan {
 public:
  Scan(Context& context, const Plan& plan, const ListedNames* listed)
      : context_(context), plan_(plan), listed_(listed) {}

  Part folder(const Task& task) const {
    Part out;
    const auto& home = *task.home;
    const auto scanned =
        for_each_history(*context_.sources[home.source].store, task.folder.prefix, [&](const KeyHistory& history) {
          if (!history.key.ends_with('/') && (history.deleted() || history.count > 1)) one(home, history, out);
          return !context_.progress.stop;
        });
    if (!scanned && !context_.progress.stop)
      out.findings.add(not_available(context_, home.source, task.folder.prefix, scanned.error()));
    return out;
  }

 private:
  void one(const LogHome& home, const KeyHistory& history, Part& out) const {
    const auto key = trail::parse_log_key(history.key);
    const auto when = key ? std::optional(Interval{key->time, key->time + std::chrono::minutes{1}}) : std::nullopt;
    const bool listed = is_listed(home, history.key, key);
    if (!history.deleted()) {
      if (listed) judge_overwritten(history, {"", uri(context_.buckets[home.source], history.key), when}, out.findings);
      return;
    }
    if (!listed && (!key || in_window(key->time))) out.removed.add(history, when);
  }

  bool in_window(Time stamp) const {
    return (!context_.window.since || stamp >= *context_.window.since) &&
           (!context_.window.until || stamp < *context_.window.until);
  }

  bool is_listed(const LogHome& home, const std::string& text, const std::optional<trail::LogKey>& key) const {
    if (listed_ == nullptr) return false;
    if (!key) return listed_->contains_odd(home.source, text);
    const Location place{home.source, key->root};
    const auto location = std::lower_bound(plan_.locations.begin(), plan_.locations.end(), place);
    return location != plan_.locations.end() && *location == place &&
           listed_->contains(listed_name(static_cast<std::uint32_t>(location - plan_.locations.begin()), *key));
  }

  const Context& context_;
  const Plan& plan_;
  const ListedNames* listed_;
};

}  // namespace

std::string LogHome::prefix() const { return root.key() + std::string(trail::folder_name(kind)) + "/" + region + "/"; }

std::vector<LogHome> log_homes(const Context& context, const Plan& plan, const GroupPlan& group) {
  std::set<std::uint32_t> locations;
  for (const auto& chain : group.chains)
    for (const auto& ref : chain.refs) locations.insert(ref.location);
  for (const auto& folder : group.folders) locations.insert(folder.location);
  std::vector<LogHome> homes;
  for (const auto index : locations) {
    const auto& location = plan.locations[index];
    if (!context.has_versions[location.source] || !context.selects_logs(group.account, group.region, location.root.org))
      continue;
    for (const auto kind : trail::kLogKinds) homes.push_back({location.source, location.root, kind, group.region});
  }
  return homes;
}

verdict::Finding not_available(const Context& context, std::uint32_t source, const std::string& prefix,
                               const Error& error) {
  return {.code = verdict::Code::version_unavailable,
          .subject = uri(context.buckets[source], prefix),
          .detail = std::string(to_string(error.code)) + ": " + error.message};
}

void judge_log_history(Context& context, const Plan& plan, const std::vector<LogHome>& homes,
                       const std::string& subject, const ListedNames* listed, verdict::Findings& findings) {
  std::vector<Result<std::vector<DatedFolder>>> folders(homes.size(), std::vector<DatedFolder>{});
  base::parallel_for(context.jobs, homes.size(), 1, [&](std::size_t i) {
    if (context.progress.stop) return;
    folders[i] = dated_folders(*context.sources[homes[i].source].store, homes[i].prefix(), kDays, context.window);
  });
  std::vector<Task> tasks;
  for (std::size_t i = 0; i < homes.size() && !context.progress.stop; ++i) {
    if (!folders[i]) {
      findings.add(not_available(context, homes[i].source, homes[i].prefix(), folders[i].error()));
      continue;
    }
    for (auto& folder : *folders[i]) tasks.push_back({&homes[i], std::move(folder)});
  }
  Removed removed;
  const Scan scan(context, plan, listed);
  for (std::size_t at = 0; at < tasks.size() && !context.progress.stop; at += kChunk) {
    std::vector<Part> parts(std::min(kChunk, tasks.size() - at));
    base::parallel_for(context.jobs, parts.size(), 1, [&](std::size_t i) { parts[i] = scan.folder(tasks[at + i]); });
    for (auto& part : parts) {
      findings.merge(std::move(part.findings));
      removed.merge(part.removed);
    }
  }
  if (!context.progress.stop) judge_removed_objects(removed, subject, findings);
}

}  // namespace trailseal::verify
