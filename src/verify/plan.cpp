#include "verify/plan.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

#include "verify/scan.hpp"
#include "verify/search.hpp"

namespace trailseal::verify {
namespace {

// AWS has fewer regions, and each costs a question to CloudTrail.
constexpr std::size_t kMostRegions = 64;

}  // namespace

std::int32_t days_of(std::string_view day) {
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (std::size_t i = at; i < at + digits; ++i) value = value * 10 + (day[i] - '0');
    return value;
  };
  const std::chrono::sys_days days = std::chrono::year{number(0, 4)} /
                                     std::chrono::month{static_cast<unsigned>(number(5, 2))} /
                                     std::chrono::day{static_cast<unsigned>(number(8, 2))};
  return static_cast<std::int32_t>(days.time_since_epoch().count());
}

std::string Plan::key_of(const ChainPlan& chain, const DigestRef& ref) const {
  return trail::DigestKey{locations[ref.location].root, chain.id, ref.end, ref.backfill, day_text(ref.day)}.key();
}

Plan make_plan(const Request& request, const std::vector<Source>& sources, unsigned jobs, const Progress& progress) {
  Plan plan;
  std::vector<SourceListing> found;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    found.push_back(search(request, sources[i], jobs, progress));
    plan.findings.push_back(std::move(found.back().findings));
    plan.digests_of_source.push_back(found.back().digest_count);
    for (const auto& [id, chain] : found.back().chains) plan.locations.push_back({i, id.first});
    for (const auto& folder : found.back().folders) plan.locations.push_back({i, std::get<0>(folder)});
  }
  std::sort(plan.locations.begin(), plan.locations.end());
  plan.locations.erase(std::unique(plan.locations.begin(), plan.locations.end()), plan.locations.end());

  std::map<std::pair<std::string, std::string>, GroupPlan> groups;
  const auto group = [&](const std::string& account, const std::string& region) -> GroupPlan& {
    GroupPlan& made = groups[{account, region}];
    made.account = account;
    made.region = region;
    return made;
  };
  std::map<trail::ChainId, ChainPlan> chains;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    const auto index_of = [&](const trail::Root& root) {
      const Location location{i, root};
      return static_cast<std::uint32_t>(std::lower_bound(plan.locations.begin(), plan.locations.end(), location) -
                                        plan.locations.begin());
    };
    for (auto& [id, listed] : found[i].chains) {
      const auto location = index_of(id.first);
      auto& chain = chains[id.second];
      chain.bytes += listed.bytes;
      for (const auto& digest : listed.digests)
        chain.refs.push_back({digest.end, location, digest.day, digest.backfill});
      for (const auto day : listed.unlisted) chain.unlisted.push_back({day, location});
      listed = {};
    }
    for (const auto& [root, kind, region] : found[i].folders)
      group(root.account, region).folders.push_back({index_of(root), kind});
  }
  for (auto& [id, chain] : chains) {
    chain.id = id;
    std::sort(chain.refs.begin(), chain.refs.end());
    std::sort(chain.unlisted.begin(), chain.unlisted.end());
    group(id.account, id.region).chains.push_back(std::move(chain));
  }
  for (auto& [name, made] : groups) {
    std::sort(made.folders.begin(), made.folders.end());
    plan.groups.push_back(std::move(made));
  }
  return plan;
}

std::vector<KeyNeed> keys_needed(const Plan& plan, verdict::Findings& findings) {
  std::map<std::string, Time> earliest;
  const auto lower = [&](const std::string& region, Time end) {
    const auto [place, added] = earliest.emplace(region, end);
    if (!added) place->second = std::min(place->second, end);
  };
  for (const GroupPlan& group : plan.groups)
    for (const ChainPlan& chain : group.chains) {
      for (const DigestRef& ref : chain.refs) lower(group.region, ref.end);
      if (!chain.unlisted.empty())
        lower(group.region, Time{std::chrono::sys_days{std::chrono::days{chain.unlisted.front().day}}});
    }
  std::vector<KeyNeed> needs;
  for (const bool known : {true, false})
    for (const auto& [region, end] : earliest)
      if (is_known_region(region) == known) needs.push_back({region, end});
  if (needs.size() > kMostRegions) {
    findings.add({.code = verdict::Code::source_unreadable,
                  .subject = "regions",
                  .detail = "limit: digests of " + std::to_string(needs.size()) + " regions; the keys of " +
                            std::to_string(kMostRegions) + " are asked for"});
    needs.resize(kMostRegions);
  }
  std::sort(needs.begin(), needs.end(), [](const KeyNeed& a, const KeyNeed& b) { return a.region < b.region; });
  return needs;
}

}  // namespace trailseal::verify
