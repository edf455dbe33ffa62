// Logs that no digest lists. A forged log file looks like any other to whoever reads the bucket (Athena, a SIEM), and
// only its absence from the signed lists gives it away. But honest buckets hold unlisted logs too: not yet sealed ones,
// those from before the trail or from its pauses, and those of trails without validation. So the stamp in the name
// decides, and nothing here is ever a violation by itself.
#include "verify/unlisted.hpp"

#include <algorithm>
#include <chrono>
#include <optional>

#include "base/parallel.hpp"
#include "verify/log_days.hpp"
#include "verify/scan.hpp"

namespace trailseal::verify {
namespace {

using std::chrono::minutes;
using verdict::Code;

// A stamp differs from the delivery, which decides the digest, by up to five minutes; this is three times that.
constexpr auto kStampSlack = minutes{15};
// The next digest ends up to an hour after the newest and is delivered half an hour later; one more for bad days.
constexpr auto kPending = minutes{150};

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

// The names of one day's logs.
std::string names_of(const trail::Root& root, trail::LogKind kind, const std::string& region,
                     std::chrono::sys_days day) {
  std::string text = day_text(static_cast<std::int32_t>(day.time_since_epoch().count()));
  std::erase(text, '/');
  return root.account + "_" + std::string(trail::folder_name(kind)) + "_" + region + "_" + text + "T";
}

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

  DayResult day(const LogDay& task) const {
    DayResult out;
    const auto& location = plan_.locations[task.folder->location];
    const auto& bucket = context_.buckets[location.source];
    const auto trouble = [&](std::string_view where, const Error& error) {
      out.findings.add(listing_fault(uri(bucket, where), error));
    };
    const auto visit = [&](const store::ObjectInfo& object, bool) {
      if (object.key.ends_with('/')) return Seen::foreign;
      const auto key = trail::parse_log_key(object.key);
      if (!key || !task.day || key->root != location.root || key->kind != task.folder->kind ||
          key->region != group_.region) {
        if (context_.request.unsealing.has_keys && is_instruction_file(object.key)) return Seen::ours;
        const bool odd = listed_.contains_odd(location.source, object.key);
        if (!odd && (!task.day || in_window(*task.day, *task.day)))
          out.findings.add({.code = Code::log_foreign_object, .subject = uri(bucket, object.key)});
        return odd ? Seen::ours : Seen::foreign;
      }
      if (listed_.contains(listed_name(task.folder->location, *key))) return Seen::ours;
      judge(*key, object.key, bucket, out);
      if (context_.request.unverified_log) hand_out(*key, object.key, location.source);
      return Seen::ours;
    };
    const std::string names =
        task.day ? names_of(location.root, task.folder->kind, group_.region, *task.day) : std::string();
    const FolderZones of_day(task.prefix, {{names, names}});
    const NoZones none;
    const Zones& zones = task.day ? static_cast<const Zones&>(of_day) : none;
    const auto listing = scan(
        {*context_.sources[location.source].store, task.prefix, {}, {}, zones, context_.progress.stop}, visit, trouble);
    if (!listing) {
      trouble(task.prefix, listing.error());
      return out;
    }
    if (listing->jumps > 0)
      out.findings.add({.code = Code::log_foreign_object,
                        .subject = uri(bucket, task.prefix),
                        .detail = "so many that they were passed over, the first time behind " + listing->first_jump});
    if (!listing->left.empty())
      trouble(task.prefix, Error{Errc::limit, "more names than can be CloudTrail's; those behind " +
                                                  listing->left.front() + " were not listed"});
    return out;
  }

  // Days after the window matter too: logs there that no digest follows show that digests are missing.
  bool days_matter(std::chrono::sys_days first, std::chrono::sys_days last) const {
    return in_window(first, last) || (cover_.head && last + std::chrono::days{1} > *cover_.head + kPending);
  }

 private:
  bool in_window(std::chrono::sys_days first, std::chrono::sys_days last) const {
    return (!context_.window.since || last + std::chrono::days{2} > *context_.window.since) &&
           (!context_.window.until || first - std::chrono::days{1} < *context_.window.until);
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

  Code code_of(const trail::LogKey& key) const {
    if (key.kind != trail::LogKind::management_and_data && !listed_.lists_kind(key.kind))
      return Code::log_kind_not_covered;
    switch (classify_unlisted(key.time, cover_)) {
      case Unlisted::inside: return Code::log_unlisted;
      case Unlisted::pending: return Code::log_pending;
      case Unlisted::behind_head: return Code::chain_head_behind_logs;
      case Unlisted::before_start: return Code::log_before_start;
      case Unlisted::before_chain: return Code::log_before_chain;
      case Unlisted::in_gap: return Code::log_in_gap;
      case Unlisted::no_chain: return Code::log_no_chain;
    }
    return Code::log_unlisted;
  }

  void hand_out(const trail::LogKey& key, const std::string& text, std::uint32_t source) const {
    if (!in_window(key.time) || context_.progress.stop) return;
    const auto use = [&](const LogFacts&, ByteView content) {
      context_.request.unverified_log({context_.buckets[source], text, code_of(key), {}, content});
    };
    context_.readers->borrow()->read_log(*context_.sources[source].store, text, {.use = use});
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
  const Judge judge(context, plan, group, listed, cover);
  const auto tasks = find_log_days(
      context, plan, group, [&](auto first, auto last) { return judge.days_matter(first, last); }, findings);
  DayResult sum;
  std::map<trail::LogKind, Heap> not_covered;
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
