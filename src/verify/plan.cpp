#include "verify/plan.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include "verify/judge.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

std::string_view last_component(std::string_view folder) {
  folder.remove_suffix(1);
  const auto slash = folder.rfind('/');
  return slash == std::string_view::npos ? folder : folder.substr(slash + 1);
}

std::string day_text(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  const auto two = [](unsigned number) {
    return std::string{static_cast<char>('0' + number / 10), static_cast<char>('0' + number % 10)};
  };
  return std::to_string(static_cast<int>(date.year())) + "/" + two(static_cast<unsigned>(date.month())) + "/" +
         two(static_cast<unsigned>(date.day()));
}

// Walks one source. A mirror may hold anything beside the logs, so only folders are followed, and of the digest folders
// every key is read.
class Walk {
 public:
  Walk(const Request& request, std::uint32_t source, const Source& from, const Progress& progress,
       verdict::Findings& findings)
      : request_(request), source_(source), from_(from), progress_(progress), findings_(findings) {}

  struct Found {
    std::map<std::pair<Location, trail::ChainId>, std::vector<std::tuple<Time, std::int32_t, bool>>> digests;
    std::set<std::tuple<Location, trail::LogKind, std::string>> folders;  // with the region
    std::uint64_t digest_count = 0;
  };

  Found run() {
    if (!from_.prefix.empty() && last_component(from_.prefix) == "AWSLogs")
      aws_logs(from_.prefix, 0);
    else
      any(from_.prefix, 0);
    for (const auto& [tree, count] : foreign_trees_)
      findings_.add({.code = Code::digest_foreign_tree,
                     .subject = tree.first,
                     .detail = "objects of account " + tree.second.first + " inside the digest folder of account " +
                               tree.second.second,
                     .count = count});
    return std::move(found_);
  }

 private:
  store::TroubleVisitor trouble() {
    return [this](std::string_view prefix, const Error& error) {
      findings_.add(listing_fault(std::string(prefix), error));
    };
  }

  store::Folder children(const std::string& prefix) {
    auto folder = from_.store->folder(prefix, trouble());
    if (folder) return std::move(*folder);
    trouble()(prefix, folder.error());
    return {};
  }

  // S3KeyPrefix has at most 200 characters, so deeper folders hold no trail.
  static constexpr int kMaxDepth = 110;

  void any(const std::string& prefix, int depth) {
    if (depth > kMaxDepth || progress_.stop) return;
    for (const auto& folder : children(prefix).folders) {
      if (last_component(folder) == "AWSLogs")
        aws_logs(folder, depth + 1);
      else
        any(folder, depth + 1);
    }
  }

  void aws_logs(const std::string& prefix, int depth) {
    const std::string before = prefix.size() > 8 ? prefix.substr(0, prefix.size() - 9) : "";
    for (const auto& folder : children(prefix).folders) {
      const auto name = last_component(folder);
      if (trail::is_account(name)) {
        account(folder, {before, "", std::string(name)}, depth + 1);
      } else if (trail::is_org(name)) {
        for (const auto& inner : children(folder).folders) {
          if (trail::is_account(last_component(inner)))
            account(inner, {before, std::string(name), std::string(last_component(inner))}, depth + 2);
          else
            any(inner, depth + 2);
        }
      } else {
        any(folder, depth + 1);
      }
    }
  }

  void account(const std::string& prefix, const trail::Root& root, int depth) {
    for (const auto& folder : children(prefix).folders) {
      const auto name = last_component(folder);
      const auto kind = std::find_if(std::begin(trail::kLogKinds), std::end(trail::kLogKinds),
                                     [&](trail::LogKind k) { return trail::folder_name(k) == name; });
      if (name == "CloudTrail-Digest")
        digests(folder, root);
      else if (kind != std::end(trail::kLogKinds))
        logs(folder, root, *kind);
      else if (name == "AWSLogs")
        aws_logs(folder, depth + 1);
      else
        any(folder, depth + 1);
    }
  }

  void digests(const std::string& prefix, const trail::Root& root) {
    const auto visit = [&](const store::ObjectInfo& object) {
      if (!object.key.ends_with('/')) digest(object.key, root);
      return !progress_.stop;
    };
    if (auto listed = from_.store->list(prefix, "", visit, trouble()); !listed) trouble()(prefix, listed.error());
  }

  void digest(const std::string& key, const trail::Root& root) {
    if (auto parsed = trail::parse_digest_key(key)) {
      if (parsed->root.account == root.account && parsed->root.org == root.org) {
        found_.digests[{Location{source_, parsed->root}, parsed->chain}].emplace_back(parsed->end, days_of(parsed->day),
                                                                                      parsed->backfill);
        ++found_.digest_count;
        return;
      }
      if (wanted(root)) ++foreign_trees_[{parsed->root.key(), {parsed->root.account, root.account}}];
      return;
    }
    if (!wanted(root)) return;
    if (auto parsed = trail::parse_log_key(key); parsed && parsed->root != root) {
      // A prefix that leads here, of a trail of the same account.
      if (parsed->root.account == root.account && parsed->root.org == root.org) {
        found_.folders.insert({Location{source_, parsed->root}, parsed->kind, parsed->region});
        return;
      }
      ++foreign_trees_[{parsed->root.key(), {parsed->root.account, root.account}}];
      return;
    }
    findings_.add({.code = Code::digest_foreign_object, .subject = key});
  }

  void logs(const std::string& prefix, const trail::Root& root, trail::LogKind kind) {
    const auto below = children(prefix);
    if (wanted(root))
      for (const auto& object : below.objects) foreign_log(object.key);
    for (const auto& folder : below.folders) {
      if (trail::is_region(last_component(folder))) {
        found_.folders.insert({Location{source_, root}, kind, std::string(last_component(folder))});
        continue;
      }
      if (!wanted(root)) continue;
      const auto visit = [&](const store::ObjectInfo& object) {
        foreign_log(object.key);
        return !progress_.stop;
      };
      if (auto listed = from_.store->list(folder, "", visit, trouble()); !listed) trouble()(folder, listed.error());
    }
  }

  void foreign_log(const std::string& key) {
    if (!key.ends_with('/')) findings_.add({.code = Code::log_foreign_object, .subject = key});
  }

  bool wanted(const trail::Root& root) const {
    const auto has = [](const std::vector<std::string>& asked, const std::string& value) {
      return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
    };
    return has(request_.accounts, root.account) && has(request_.orgs, root.org);
  }

  const Request& request_;
  std::uint32_t source_;
  const Source& from_;
  const Progress& progress_;
  verdict::Findings& findings_;
  Found found_;
  // (tree, (its account, the folder's account)) -> objects
  std::map<std::pair<std::string, std::pair<std::string, std::string>>, std::uint64_t> foreign_trees_;
};

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

Plan make_plan(const Request& request, const std::vector<Source>& sources, const Progress& progress) {
  Plan plan;
  std::vector<Walk::Found> found;
  for (std::uint32_t i = 0; i < sources.size(); ++i) {
    plan.findings.emplace_back();
    found.push_back(Walk(request, i, sources[i], progress, plan.findings.back()).run());
    plan.digests_of_source.push_back(found.back().digest_count);
    for (const auto& [place, refs] : found.back().digests) plan.locations.push_back(place.first);
    for (const auto& folder : found.back().folders) plan.locations.push_back(std::get<0>(folder));
  }
  std::sort(plan.locations.begin(), plan.locations.end());
  plan.locations.erase(std::unique(plan.locations.begin(), plan.locations.end()), plan.locations.end());
  const auto index_of = [&](const Location& location) {
    return static_cast<std::uint32_t>(std::lower_bound(plan.locations.begin(), plan.locations.end(), location) -
                                      plan.locations.begin());
  };

  std::map<std::pair<std::string, std::string>, GroupPlan> groups;
  const auto group = [&](const std::string& account, const std::string& region) -> GroupPlan& {
    GroupPlan& made = groups[{account, region}];
    made.account = account;
    made.region = region;
    return made;
  };
  std::map<trail::ChainId, std::vector<DigestRef>> chains;
  for (auto& source : found) {
    for (auto& [place, refs] : source.digests)
      for (const auto& [end, day, backfill] : refs)
        chains[place.second].push_back({end, index_of(place.first), day, backfill});
    for (const auto& [location, kind, region] : source.folders)
      group(location.root.account, region).folders.push_back({index_of(location), kind});
    source.digests.clear();
  }
  for (auto& [id, refs] : chains) {
    std::sort(refs.begin(), refs.end());
    group(id.account, id.region).chains.push_back({id, std::move(refs)});
  }
  for (auto& [name, made] : groups) {
    std::sort(made.folders.begin(), made.folders.end());
    plan.groups.push_back(std::move(made));
  }
  return plan;
}

}  // namespace trailseal::verify
