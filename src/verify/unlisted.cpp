// Logs that no digest lists. A forged log file looks like any other to whoever reads the bucket (Athena, a SIEM), and
// only its absence from the signed lists gives it away. But honest buckets hold unlisted logs too: not yet sealed ones,
// those from before the trail or from its pauses, and those of trails without validation. So the stamp in the name
// decides, and nothing here is ever a violation by itself.
#include "verify/unlisted.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/parallel.hpp"

namespace trailseal::verify {
namespace {

using std::chrono::minutes;
using verdict::Code;

// A stamp differs from the delivery, which decides the digest, by up to five minutes; this is three times that.
constexpr auto kStampSlack = minutes{15};
// The next digest ends up to an hour after the newest and is delivered half an hour later; one more for bad days.
constexpr auto kPending = minutes{150};

// One day's folder, or a folder where none should be.
struct DayTask {
  const LogFolder* folder;
  std::string prefix;
  std::optional<std::chrono::sys_days> day;  // nullopt: everything below is foreign
};

// Objects that one finding stands for.
struct Heap {
  std::uint64_t count = 0;
  Time oldest{}, newest{};
  std::string newest_key;

  void add(Time stamp, const std::string& key) {
    if (count == 0 || stamp < oldest) oldest = stamp;
    if (count == 0 || stamp > newest || (stamp == newest && key > newest_key)) {
      newest = stamp;
      newest_key = key;
    }
    ++count;
  }
  void merge(const Heap& other) {
    if (other.count == 0) return;
    const auto sum = count + other.count;
    add(other.oldest, other.newest_key);
    add(other.newest, other.newest_key);
    count = sum;
  }
  std::string stamps() const { return "stamped " + to_string(oldest) + " to " + to_string(newest); }
};

struct DayResult {
  verdict::Findings findings;
  std::map<Interval, Heap> in_gap;
  Heap pending, behind_head, before_start, before_chain, no_chain, not_covered;
  std::uint64_t inside = 0;
};

bool digits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

class FolderLister {
 public:
  FolderLister(const store::ObjectStore& store, const LogFolder& folder, const std::string& bucket,
               verdict::Findings& findings, std::vector<DayTask>& tasks)
      : store_(store), folder_(folder), bucket_(bucket), findings_(findings), tasks_(tasks) {}

  // Finds the days below "…/region/".
  void run(const std::string& region) {
    for (const auto& year : below(region, 4))
      for (const auto& month : below(year, 2))
        for (const auto& day : below(month, 2)) {
          const auto text = day.substr(region.size());  // "2026/07/01/"
          const std::chrono::year_month_day date{
              std::chrono::year{std::stoi(text.substr(0, 4))},
              std::chrono::month{static_cast<unsigned>(std::stoi(text.substr(5, 2)))},
              std::chrono::day{static_cast<unsigned>(std::stoi(text.substr(8, 2)))}};
          tasks_.push_back({&folder_, day, date.ok() ? std::optional<std::chrono::sys_days>(date) : std::nullopt});
        }
  }

 private:
  std::vector<std::string> below(const std::string& prefix, std::size_t width) {
    const auto trouble = [&](std::string_view where, const Error& error) {
      findings_.add(listing_fault(uri(bucket_, where), error));
    };
    auto listed = store_.folder(prefix, trouble);
    if (!listed) {
      trouble(prefix, listed.error());
      return {};
    }
    for (const auto& object : listed->objects)
      if (!object.key.ends_with('/'))
        findings_.add({.code = Code::log_foreign_object, .subject = uri(bucket_, object.key)});
    std::vector<std::string> out;
    for (auto& folder : listed->folders) {
      if (digits(std::string_view(folder).substr(prefix.size(), folder.size() - prefix.size() - 1), width))
        out.push_back(std::move(folder));
      else
        tasks_.push_back({&folder_, folder, std::nullopt});
    }
    return out;
  }

  const store::ObjectStore& store_;
  const LogFolder& folder_;
  const std::string& bucket_;
  verdict::Findings& findings_;
  std::vector<DayTask>& tasks_;
};

class Judge {
 public:
  Judge(Context& context, const Plan& plan, const GroupPlan& group, const ListedNames& listed, const GroupCover& cover)
      : context_(context), plan_(plan), group_(group), listed_(listed), cover_(cover) {
    Time at = cover.first.value_or(Time{});
    for (const auto& interval : cover.proven) {
      if (interval.begin > at) holes_.push_back({at, interval.begin});
      at = interval.end;
    }
  }

  DayResult day(const DayTask& task) {
    DayResult out;
    const auto& location = plan_.locations[task.folder->location];
    const auto& bucket = context_.buckets[location.source];
    const bool relevant = !task.day || day_matters(*task.day);
    if (!relevant) return out;
    const auto trouble = [&](std::string_view where, const Error& error) {
      out.findings.add(listing_fault(uri(bucket, where), error));
    };
    const auto visit = [&](const store::ObjectInfo& object) {
      if (object.key.ends_with('/')) return true;
      const auto key = trail::parse_log_key(object.key);
      if (!key || !task.day || key->root != location.root || key->kind != task.folder->kind ||
          key->region != group_.region) {
        if ((!task.day || in_window_day(*task.day)) && !listed_.contains_odd(location.source, object.key))
          out.findings.add({.code = Code::log_foreign_object, .subject = uri(bucket, object.key)});
        return true;
      }
      if (!listed_.contains(listed_name(task.folder->location, *key))) judge(*key, object.key, bucket, out);
      return !context_.progress.stop;
    };
    if (auto listing = context_.sources[location.source].store->list(task.prefix, "", visit, trouble); !listing)
      trouble(task.prefix, listing.error());
    return out;
  }

 private:
  bool in_window_day(std::chrono::sys_days day) const {
    return (!context_.window.since || day + std::chrono::days{2} > *context_.window.since) &&
           (!context_.window.until || day - std::chrono::days{1} < *context_.window.until);
  }
  // Days after the window matter too: logs there that no digest follows show that digests are missing.
  bool day_matters(std::chrono::sys_days day) const {
    return in_window_day(day) || (cover_.head && day + std::chrono::days{1} > *cover_.head + kPending);
  }
  bool in_window(Time stamp) const {
    return (!context_.window.since || stamp >= *context_.window.since) &&
           (!context_.window.until || stamp < *context_.window.until);
  }

  void judge(const trail::LogKey& key, const std::string& text, const std::string& bucket, DayResult& out) const {
    const bool judged_kind = key.kind == trail::LogKind::management_and_data || listed_.lists_kind(key.kind);
    if (!judged_kind) {
      if (in_window(key.time)) out.not_covered.add(key.time, text);
      return;
    }
    const auto where = classify_unlisted(key.time, cover_);
    if (where == Unlisted::behind_head) {
      out.behind_head.add(key.time, text);
      return;
    }
    if (!in_window(key.time)) return;
    switch (where) {
      case Unlisted::inside:
        ++out.inside;
        out.findings.add({.code = Code::log_unlisted,
                          .subject = uri(bucket, text),
                          .when = Interval{key.time, key.time + minutes{1}},
                          .detail = "no digest of account " + group_.account + " in " + group_.region + " lists it"});
        break;
      case Unlisted::pending: out.pending.add(key.time, text); break;
      case Unlisted::before_start: out.before_start.add(key.time, text); break;
      case Unlisted::before_chain: out.before_chain.add(key.time, text); break;
      case Unlisted::in_gap: out.in_gap[hole_of(key.time)].add(key.time, text); break;
      case Unlisted::no_chain: out.no_chain.add(key.time, text); break;
      case Unlisted::behind_head: break;
    }
  }

  Interval hole_of(Time stamp) const {
    for (const auto& hole : holes_)
      if (stamp >= hole.begin - kStampSlack && stamp <= hole.end + kStampSlack) return hole;
    return {};
  }

  Context& context_;
  const Plan& plan_;
  const GroupPlan& group_;
  const ListedNames& listed_;
  const GroupCover& cover_;
  std::vector<Interval> holes_;
};

}  // namespace

Unlisted classify_unlisted(Time stamp, const GroupCover& cover) {
  if (!cover.head || !cover.first) return Unlisted::no_chain;
  if (stamp > *cover.head + kPending) return Unlisted::behind_head;
  if (stamp >= *cover.head - kStampSlack) return Unlisted::pending;
  if (stamp <= *cover.first + kStampSlack)
    return cover.first_is_starting ? Unlisted::before_start : Unlisted::before_chain;
  const bool inside = std::any_of(cover.proven.begin(), cover.proven.end(), [&](const Interval& interval) {
    return stamp > interval.begin + kStampSlack && stamp < interval.end - kStampSlack;
  });
  return inside ? Unlisted::inside : Unlisted::in_gap;
}

void judge_unlisted(Context& context, const Plan& plan, const GroupPlan& group, const ListedNames& listed,
                    const GroupCover& cover, verdict::Tally& tally, verdict::Findings& findings) {
  std::vector<DayTask> tasks;
  for (const auto& folder : group.folders) {
    const auto& location = plan.locations[folder.location];
    if (!context.selects_logs(group.account, group.region, location.root.org)) continue;
    FolderLister(*context.sources[location.source].store, folder, context.buckets[location.source], findings, tasks)
        .run(location.root.key() + std::string(trail::folder_name(folder.kind)) + "/" + group.region + "/");
  }
  DayResult sum;
  std::map<trail::LogKind, Heap> not_covered;
  Judge judge(context, plan, group, listed, cover);
  constexpr std::size_t kChunk = 64;
  for (std::size_t at = 0; at < tasks.size() && !context.progress.stop; at += kChunk) {
    std::vector<DayResult> results(std::min(kChunk, tasks.size() - at));
    base::parallel_for(context.jobs, results.size(), 1, [&](std::size_t i) { results[i] = judge.day(tasks[at + i]); });
    for (std::size_t i = 0; i < results.size(); ++i) {
      auto& day = results[i];
      findings.merge(std::move(day.findings));
      for (const auto& [hole, heap] : day.in_gap) sum.in_gap[hole].merge(heap);
      sum.pending.merge(day.pending);
      sum.behind_head.merge(day.behind_head);
      sum.before_start.merge(day.before_start);
      sum.before_chain.merge(day.before_chain);
      sum.no_chain.merge(day.no_chain);
      not_covered[tasks[at + i].folder->kind].merge(day.not_covered);
      sum.inside += day.inside;
    }
  }
  if (context.progress.stop) return;

  const auto folder = group.account + "/" + group.region;
  const auto report = [&](Code code, const Heap& heap, std::optional<Interval> when, std::string expected = "") {
    if (heap.count == 0) return;
    findings.add({.code = code,
                  .subject = folder,
                  .when = when ? when : std::optional(Interval{heap.oldest, heap.newest + minutes{1}}),
                  .expected = std::move(expected),
                  .detail = std::to_string(heap.count) + (heap.count == 1 ? " file, " : " files, ") + heap.stamps() +
                            "; the newest is " + heap.newest_key,
                  .count = heap.count});
  };
  tally.logs_unlisted += sum.inside;
  tally.logs_pending += sum.pending.count;
  for (const auto& [hole, heap] : sum.in_gap)
    report(Code::log_in_gap, heap, hole == Interval{} ? std::nullopt : std::optional(hole));
  report(Code::log_pending, sum.pending, std::nullopt);
  report(Code::log_before_start, sum.before_start, std::nullopt);
  report(Code::log_before_chain, sum.before_chain, std::nullopt);
  report(Code::log_no_chain, sum.no_chain, std::nullopt);
  if (cover.head)
    report(Code::chain_head_behind_logs, sum.behind_head, std::nullopt,
           "digests up to the newest log; the newest proven digest ends " + to_string(*cover.head));
  for (const auto& [kind, heap] : not_covered) {
    tally.logs_not_covered += heap.count;
    report(Code::log_kind_not_covered, heap, std::nullopt);
  }
}

}  // namespace trailseal::verify
