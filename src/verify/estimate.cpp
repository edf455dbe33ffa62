#include "trailseal/estimate.hpp"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>

#include "base/parallel.hpp"
#include "verify/context.hpp"
#include "verify/plan.hpp"
#include "verify/scan.hpp"

namespace trailseal::verify {
namespace {

constexpr std::uint64_t kPage = 1000;

// Another store, seen from outside: how many requests would its listings take?
class CountingStore final : public store::ObjectStore {
 public:
  CountingStore(const store::ObjectStore& store, std::atomic<std::uint64_t>& pages) : store_(store), pages_(pages) {}

  std::string_view label() const override { return store_.label(); }
  Result<void> list(std::string_view prefix, std::string_view after, const store::Visitor& visit,
                    const store::TroubleVisitor& trouble) const override {
    std::uint64_t names = 0;
    auto done = store_.list(
        prefix, after, [&](const store::ObjectInfo& object) { return ++names, visit(object); }, trouble);
    count(names);
    return done;
  }
  Result<void> outline(std::string_view prefix, std::string_view after, std::string_view delimiter,
                       const store::OutlineVisitor& visit, const store::TroubleVisitor& trouble) const override {
    std::uint64_t names = 0;
    auto done = store_.outline(
        prefix, after, delimiter, [&](const store::ObjectInfo& name, bool cut) { return ++names, visit(name, cut); },
        trouble);
    count(names);
    return done;
  }
  Result<store::Folder> folder(std::string_view prefix, const store::TroubleVisitor& trouble) const override {
    auto level = store_.folder(prefix, trouble);
    count(level ? level->folders.size() + level->objects.size() : 0);
    return level;
  }
  Result<store::Object> get(std::string_view, const store::GetOptions&, Bytes&) const override {
    return Error{Errc::unsupported, "a dry run reads no object"};
  }
  Result<void> versions(std::string_view, const store::VersionVisitor&) const override {
    return Error{Errc::unsupported, "a dry run reads no versions"};
  }

 private:
  void count(std::uint64_t names) const { pages_ += std::max<std::uint64_t>(1, (names + kPage - 1) / kPage); }
  const store::ObjectStore& store_;
  std::atomic<std::uint64_t>& pages_;
};

std::string day_name(Time time) { return to_string(time).substr(0, 10); }

bool selected(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

// Days of a window's logs, one more on either side because a stamp is not the delivery.
void count_logs(const Request& request, const store::ObjectStore& store, const Location& location, trail::LogKind kind,
                const std::string& region, const std::atomic<bool>& stop, std::map<std::string, Amount>& days,
                verdict::Findings& findings) {
  const std::string folder(trail::folder_name(kind));
  const std::string prefix = location.root.key() + folder + "/" + region + "/";
  const auto day_of = [](Time time) {
    return static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
  };
  const auto edge = [&](const std::optional<Time>& time, int days_off) {
    return time ? prefix + day_text(day_of(*time) + days_off) + "/" : std::string();
  };
  const std::string begin = edge(request.since, 0), end = edge(request.until, 1);
  const auto trouble = [&](std::string_view where, const Error& error) {
    findings.add(listing_fault(std::string(store.label()) + "/" + std::string(where), error));
  };
  const DayZones zones(prefix, location.root.account + "_" + folder + "_" + region + "_");
  const auto listed = scan(
      {store, prefix, begin, {}, zones, stop},
      [&](const store::ObjectInfo& object, bool) {
        if (!end.empty() && object.key >= end) return Seen::enough;
        const auto key = trail::parse_log_key(object.key);
        if (!key) return Seen::foreign;
        if ((!request.since || key->time >= *request.since) && (!request.until || key->time < *request.until))
          days[day_name(key->time)].add({1, object.size});
        return Seen::ours;
      },
      trouble);
  if (!listed) trouble(prefix, listed.error());
}

}  // namespace

Amount Estimate::digests() const {
  Amount sum;
  for (const auto& [chain, amount] : chains) sum.add(amount);
  return sum;
}

Amount Estimate::log_files() const {
  Amount sum;
  for (const auto& [group, days] : logs)
    for (const auto& [day, amount] : days) sum.add(amount);
  return sum;
}

std::uint64_t Estimate::get_requests() const {
  constexpr std::uint64_t kAround = 3;  // before the window, behind it, and the newest
  return digests().objects + log_files().objects + kAround * chains.size();
}

Estimate estimate(const Request& request, const std::vector<Source>& sources, const Progress& progress) {
  Estimate out;
  std::atomic<std::uint64_t> pages{0};
  std::vector<Source> counted;
  for (const Source& source : sources) {
    Source same{std::make_unique<CountingStore>(*source.store, pages), source.bucket, source.prefix};
    same.search_limit = source.search_limit;
    counted.push_back(std::move(same));
  }
  const unsigned jobs = base::job_count(request.jobs);
  auto plan = make_plan(request, counted, jobs, progress);
  for (std::size_t i = 0; i < counted.size(); ++i) {
    plan.findings[i].prefix_subjects(std::string(counted[i].store->label()) + "/");
    out.findings.merge(std::move(plan.findings[i]));
  }
  const Window window{request.since, request.until};
  std::mutex mutex;
  base::parallel_for(jobs, plan.groups.size(), 1, [&](std::size_t i) {
    const GroupPlan& group = plan.groups[i];
    if (!selected(request.accounts, group.account) || !selected(request.regions, group.region)) return;
    std::map<std::string, Amount> chains, days;
    verdict::Findings findings;
    for (const ChainPlan& chain : group.chains) {
      if (!selected(request.trails, chain.id.trail) || !selected(request.orgs, chain.id.org)) continue;
      const auto count = std::count_if(chain.refs.begin(), chain.refs.end(),
                                       [&](const DigestRef& ref) { return window.contains(ref); });
      chains[chain.id.to_string()] = {static_cast<std::uint64_t>(count), chain.bytes};
    }
    // Logs without any chain are listed by a run, and never read.
    for (const LogFolder& folder : group.folders) {
      const Location& location = plan.locations[folder.location];
      if (chains.empty() || folder.kind != trail::LogKind::management_and_data ||
          !selected(request.orgs, location.root.org))
        continue;
      count_logs(request, *counted[location.source].store, location, folder.kind, group.region, progress.stop, days,
                 findings);
    }
    const std::lock_guard lock(mutex);
    out.chains.merge(chains);
    if (!days.empty()) out.logs[{group.account, group.region}] = std::move(days);
    out.findings.merge(std::move(findings));
  });
  out.list_requests = pages;
  return out;
}

}  // namespace trailseal::verify
