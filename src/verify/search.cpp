// The folders of a source are taken in rounds, all of one round in parallel: first those above the logs, then the
// accounts, then their digests. Nothing below depends on which answer comes first.
//
// Folders beside the logs may hold a trail's S3KeyPrefix. They are searched level by level, up to a number of folders
// that the caller gives; what is left out by that is said.
#include "verify/search.hpp"

#include <algorithm>
#include <iterator>

#include "base/parallel.hpp"
#include "verify/judge.hpp"
#include "verify/scan.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;

// S3KeyPrefix has at most 200 characters, so deeper folders hold no trail.
constexpr int kMaxDepth = 110;
// AWS has fewer than fifty regions; an organization has some ten thousand accounts at the very most.
constexpr std::size_t kMostForeignFolders = 100;
constexpr std::size_t kMostRegions = 256, kMostAccounts = 100'000;

constexpr std::string_view kRegions[] = {
    "af-south-1",     "ap-east-1",      "ap-east-2",      "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1",     "ap-south-2",     "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4",
    "ap-southeast-5", "ap-southeast-6", "ap-southeast-7", "ca-central-1",   "ca-west-1",      "cn-north-1",
    "cn-northwest-1", "eu-central-1",   "eu-central-2",   "eu-north-1",     "eu-south-1",     "eu-south-2",
    "eu-west-1",      "eu-west-2",      "eu-west-3",      "eusc-de-east-1", "il-central-1",   "me-central-1",
    "me-south-1",     "mx-central-1",   "sa-east-1",      "us-east-1",      "us-east-2",      "us-gov-east-1",
    "us-gov-west-1",  "us-west-1",      "us-west-2"};

enum class Kind { any, aws_logs, organization, account, digest_folder, digest_region, log_folder, log_foreign };

struct Task {
  Kind kind;
  std::string prefix;
  int depth = 0;
  trail::Root root = {};
  std::string region = {};
  trail::LogKind logs = {};
};

struct Answer {
  std::vector<Task> tasks;
  DigestListing digests;
  std::set<std::tuple<trail::Root, trail::LogKind, std::string>> folders;
  verdict::Findings findings;
};

std::string_view last_component(std::string_view folder) {
  folder.remove_suffix(1);
  const auto slash = folder.rfind('/');
  return slash == std::string_view::npos ? folder : folder.substr(slash + 1);
}

bool asked(const std::vector<std::string>& filter, const std::string& value) {
  return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

// One folder.
class Visit {
 public:
  Visit(const Request& request, const Source& from, const std::atomic<bool>& stop, const Task& task)
      : request_(request), from_(from), stop_(stop), task_(task) {}

  Answer run() {
    switch (task_.kind) {
      case Kind::any: any(); break;
      case Kind::aws_logs: aws_logs(); break;
      case Kind::organization: organization(); break;
      case Kind::account: account(); break;
      case Kind::digest_folder: digest_folder(); break;
      case Kind::digest_region: digests(task_.prefix, task_.region); break;
      case Kind::log_folder: log_folder(); break;
      case Kind::log_foreign: log_foreign(); break;
    }
    return std::move(out_);
  }

 private:
  store::TroubleVisitor trouble() {
    return [this](std::string_view where, const Error& error) {
      out_.findings.add(listing_fault(std::string(where), error));
    };
  }

  // `ours` is told of the folders of one level, and returns whether it is one of CloudTrail's.
  ScanEnd level(const Zones& zones, const std::function<bool(const std::string& folder, std::string_view name)>& ours,
                const std::function<void(const store::ObjectInfo&)>& object = nullptr) {
    auto end = scan(
        {*from_.store, task_.prefix, {}, "/", zones, stop_},
        [&](const store::ObjectInfo& name, bool cut) {
          if (cut) return ours(name.key, last_component(name.key)) ? Seen::ours : Seen::foreign;
          if (object) object(name);
          return Seen::foreign;
        },
        trouble());
    if (end) return *std::move(end);
    trouble()(task_.prefix, end.error());
    return {};
  }

  void passed_over(const ScanEnd& end, const char* what) {
    if (end.jumps == 0 && end.left.empty()) return;
    trouble()(
        task_.prefix,
        Error{Errc::limit, std::string("thousands of folders that are not CloudTrail's were passed over; ") + what});
  }

  void add(Kind kind, const std::string& prefix, trail::Root root = {}, std::string region = {}) {
    out_.tasks.push_back({kind, prefix, task_.depth + 1, std::move(root), std::move(region), task_.logs});
  }

  static constexpr const char* kGivePrefix =
      "if a trail delivers below one of them, give its prefix: s3://BUCKET/PREFIX";

  void any() {
    if (task_.depth > kMaxDepth) return;
    const FolderZones zones(task_.prefix, {{"AWSLogs", "AWSLogs"}});
    passed_over(level(zones,
                      [&](const std::string& folder, std::string_view name) {
                        add(name == "AWSLogs" ? Kind::aws_logs : Kind::any, folder);
                        return name == "AWSLogs";
                      }),
                kGivePrefix);
  }

  void aws_logs() {
    const auto& prefix = task_.prefix;
    const std::string before = prefix.size() > 8 ? prefix.substr(0, prefix.size() - 9) : "";
    accounts(before, "", true);
  }

  void organization() { accounts(task_.root.prefix, std::string(last_component(task_.prefix)), false); }

  void accounts(const std::string& before, const std::string& org, bool organizations) {
    const FolderZones zones(task_.prefix, FolderZones::accounts());
    std::size_t count = 0;
    const auto end = level(zones, [&](const std::string& folder, std::string_view name) {
      if (trail::is_account(name)) {
        if (++count > kMostAccounts) return false;
        add(Kind::account, folder, {before, org, std::string(name)});
        return true;
      }
      if (organizations && trail::is_org(name)) {
        add(Kind::organization, folder, {before, "", ""});
        return true;
      }
      add(Kind::any, folder);
      return false;
    });
    passed_over(end, kGivePrefix);
    if (count <= kMostAccounts && end.left.empty()) return;
    if (count > kMostAccounts)
      trouble()(task_.prefix, Error{Errc::limit, "more than " + std::to_string(kMostAccounts) +
                                                     " accounts; of the others only those of --account are read"});
    for (const auto& wanted : request_.accounts)
      if (std::none_of(out_.tasks.begin(), out_.tasks.end(),
                       [&](const Task& task) { return task.kind == Kind::account && task.root.account == wanted; }))
        add(Kind::account, task_.prefix + wanted + "/", {before, org, wanted});
  }

  void account() {
    const FolderZones zones(task_.prefix, {{"AWSLogs", "AWSLogs"}, {"CloudTrail", "CloudTrail"}});
    passed_over(level(zones,
                      [&](const std::string& folder, std::string_view name) {
                        const auto kind = std::find_if(std::begin(trail::kLogKinds), std::end(trail::kLogKinds),
                                                       [&](trail::LogKind k) { return trail::folder_name(k) == name; });
                        if (name == "CloudTrail-Digest") {
                          add(Kind::digest_folder, folder, task_.root);
                        } else if (kind != std::end(trail::kLogKinds)) {
                          out_.tasks.push_back({Kind::log_folder, folder, task_.depth + 1, task_.root, {}, *kind});
                        } else if (name == "AWSLogs") {
                          add(Kind::aws_logs, folder);
                        } else {
                          // Another service's logs, by the million: only what would be a prefix is looked for.
                          add(Kind::aws_logs, folder + "AWSLogs/");
                          return false;
                        }
                        return true;
                      }),
                kGivePrefix);
  }

  // The regions of a digest or log folder; `other` is told of folders that are none.
  void regions(const std::function<void(const std::string& folder, const std::string& region)>& found,
               const std::function<void(const std::string& folder)>& other,
               const std::function<void(const store::ObjectInfo&)>& object) {
    const FolderZones zones(task_.prefix, FolderZones::regions());
    std::size_t unknown = 0;
    std::set<std::string, std::less<>> known;
    const auto end = level(
        zones,
        [&](const std::string& folder, std::string_view name) {
          if (!trail::is_region(name)) {
            other(folder);
            return false;
          }
          if (is_known_region(name))
            known.emplace(name);
          else if (++unknown > kMostRegions)
            return false;
          found(folder, std::string(name));
          return true;
        },
        object);
    if (unknown > kMostRegions)
      trouble()(task_.prefix, Error{Errc::limit, "more than " + std::to_string(kMostRegions) +
                                                     " folders named like regions that are unknown"});
    passed_over(end, "regions that are unknown may be among them");
    // A name that was listed so late that it was passed over is asked for.
    if (end.jumps > 0 || !end.left.empty())
      for (const auto name : kRegions)
        if (!known.contains(name)) found(task_.prefix + std::string(name) + "/", std::string(name));
  }

  DigestFolder folder_of(const std::string& prefix, const std::string& region) const {
    return {*from_.store, task_.root,
            prefix,       region,
            wanted(),     {request_.since, request_.until},
            stop_,        request_.unsealing.has_keys};
  }

  void too_many(std::size_t others) {
    if (others > kMostForeignFolders)
      trouble()(task_.prefix, Error{Errc::limit, std::to_string(others) + " folders that are no region's; the first " +
                                                     std::to_string(kMostForeignFolders) + " were listed"});
  }

  void digest_folder() {
    std::size_t others = 0;
    regions(
        [&](const std::string& folder, const std::string& region) {
          add(Kind::digest_region, folder, task_.root, region);
        },
        [&](const std::string& folder) {
          if (++others <= kMostForeignFolders) add(Kind::digest_region, folder, task_.root);
        },
        [&](const store::ObjectInfo& object) { add_digest_key(folder_of(task_.prefix, ""), object, out_.digests); });
    too_many(others);
  }

  void digests(const std::string& prefix, const std::string& region) {
    out_.digests = list_digests(folder_of(prefix, region));
  }

  void log_folder() {
    std::size_t others = 0;
    regions(
        [&](const std::string&, const std::string& region) {
          out_.folders.insert({task_.root, task_.logs, region});
        },
        [&](const std::string& folder) {
          if (wanted() && ++others <= kMostForeignFolders)
            out_.tasks.push_back({Kind::log_foreign, folder, task_.depth + 1, task_.root, {}, {}});
        },
        [&](const store::ObjectInfo& object) {
          if (wanted()) foreign_log(object.key);
        });
    too_many(others);
  }

  void log_foreign() {
    const NoZones zones;
    const auto end = scan(
        {*from_.store, task_.prefix, {}, {}, zones, stop_},
        [&](const store::ObjectInfo& object, bool) {
          foreign_log(object.key);
          return Seen::foreign;
        },
        trouble());
    if (!end)
      trouble()(task_.prefix, end.error());
    else if (end->jumps > 0)
      out_.findings.add({.code = Code::log_foreign_object,
                         .subject = task_.prefix,
                         .detail = "so many that those behind " + end->first_jump + " were passed over"});
  }

  void foreign_log(const std::string& key) {
    if (!key.ends_with('/')) out_.findings.add({.code = Code::log_foreign_object, .subject = key});
  }

  bool wanted() const { return asked(request_.accounts, task_.root.account) && asked(request_.orgs, task_.root.org); }

  const Request& request_;
  const Source& from_;
  const std::atomic<bool>& stop_;
  const Task& task_;
  Answer out_;
};

}  // namespace

bool is_known_region(std::string_view name) {
  return std::binary_search(std::begin(kRegions), std::end(kRegions), name);
}

SourceListing search(const Request& request, const Source& source, unsigned jobs, const Progress& progress) {
  SourceListing out;
  std::map<std::pair<std::string, std::pair<std::string, std::string>>, std::uint64_t> foreign_trees;
  const bool below_logs = !source.prefix.empty() && last_component(source.prefix) == "AWSLogs";
  std::vector<Task> round{{below_logs ? Kind::aws_logs : Kind::any, source.prefix}};
  std::uint64_t searched = 0, left_out = 0;
  while (!round.empty() && !progress.stop) {
    std::vector<Task> next;
    constexpr std::size_t kChunk = 1024;
    for (std::size_t at = 0; at < round.size() && !progress.stop; at += kChunk) {
      std::vector<Answer> answers(std::min(kChunk, round.size() - at));
      base::parallel_for(jobs, answers.size(), 1, [&](std::size_t i) {
        if (!progress.stop) answers[i] = Visit(request, source, progress.stop, round[at + i]).run();
      });
      for (auto& answer : answers) {
        out.findings.merge(std::move(answer.findings));
        out.findings.merge(std::move(answer.digests.findings));
        out.folders.merge(answer.folders);
        out.digest_count += answer.digests.digest_count;
        for (auto& [root, folders] : answer.digests.log_folders)
          for (const auto& [folder, found] : folders) out.folders.insert({root, folder.first, folder.second});
        for (auto& [id, chain] : answer.digests.chains) {
          auto& whole = out.chains[id];
          whole.bytes += chain.bytes;
          whole.digests.insert(whole.digests.end(), chain.digests.begin(), chain.digests.end());
          whole.unlisted.insert(whole.unlisted.end(), chain.unlisted.begin(), chain.unlisted.end());
        }
        for (const auto& [tree, count] : answer.digests.foreign_trees) foreign_trees[tree] += count;
        for (auto& task : answer.tasks) {
          if (task.kind == Kind::any && ++searched > source.search_limit) {
            ++left_out;
            continue;
          }
          next.push_back(std::move(task));
        }
      }
    }
    round = std::move(next);
  }
  if (left_out > 0)
    out.findings.add({.code = Code::source_unreadable,
                      .subject = source.prefix,
                      .detail = "limit: " + std::to_string(source.search_limit) +
                                " folders beside the logs were searched for more; if a trail delivers below another, "
                                "give its prefix: s3://BUCKET/PREFIX"});
  for (const auto& [tree, count] : foreign_trees)
    out.findings.add({.code = Code::digest_foreign_tree,
                      .subject = tree.first,
                      .detail = "objects of account " + tree.second.first + " inside the digest folder of account " +
                                tree.second.second,
                      .count = count});
  return out;
}

}  // namespace trailseal::verify
