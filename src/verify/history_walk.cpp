#include "verify/history_walk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "base/parallel.hpp"

namespace trailseal::verify {
namespace {

constexpr int kMaxDepth = 110;  // an S3KeyPrefix has at most 200 characters

// What a folder is, by the names on the way to it.
enum class Kind { any, aws_logs, organization, account, digests, logs };

struct Node {
  std::string prefix;
  Kind kind = Kind::any;
  trail::Root root{};
  trail::LogKind log_kind = trail::LogKind::management_and_data;
  int depth = 0;
};

std::string_view name_of(std::string_view folder) {
  folder.remove_suffix(1);
  return folder.substr(folder.rfind('/') + 1);
}

Node child_of(const Node& parent, std::string prefix) {
  const std::string name(name_of(prefix));
  Node child{std::move(prefix), Kind::any, parent.root};
  child.depth = parent.depth + 1;
  const bool may_be_account = parent.kind == Kind::aws_logs || parent.kind == Kind::organization;
  if (may_be_account && trail::is_account(name)) {
    child.kind = Kind::account;
    child.root.account = name;
  } else if (parent.kind == Kind::aws_logs && trail::is_org(name)) {
    child.kind = Kind::organization;
    child.root.org = name;
  } else if (parent.kind == Kind::account && name == "CloudTrail-Digest") {
    child.kind = Kind::digests;
  } else if (const auto* kind = std::find_if(std::begin(trail::kLogKinds), std::end(trail::kLogKinds),
                                             [&](trail::LogKind k) { return trail::folder_name(k) == name; });
             parent.kind == Kind::account && kind != std::end(trail::kLogKinds)) {
    child.kind = Kind::logs;
    child.log_kind = *kind;
  } else if (name == "AWSLogs") {
    child.kind = Kind::aws_logs;
    const auto size = child.prefix.size();
    child.root = {child.prefix.substr(0, size > 8 ? size - 9 : 0), "", ""};
  }
  return child;
}

}  // namespace

std::string DigestHome::prefix() const { return root.key() + "CloudTrail-Digest/" + region + "/"; }

Homes find_homes(Context& context, std::uint32_t source, verdict::Findings& findings) {
  const auto& from = context.sources[source];
  Homes homes;
  Node top{from.prefix};
  if (!from.prefix.empty()) top = child_of({}, from.prefix);
  // Depth first and a few at a time, so that a planted million of folders is not held level by level.
  constexpr std::size_t kAtOnce = 64;
  std::vector<Node> waiting{std::move(top)};
  while (!waiting.empty() && !context.progress.stop) {
    const auto from_here = waiting.end() - static_cast<std::ptrdiff_t>(std::min(kAtOnce, waiting.size()));
    const std::vector<Node> nodes(std::make_move_iterator(from_here), std::make_move_iterator(waiting.end()));
    waiting.erase(from_here, waiting.end());
    std::vector<Result<std::vector<std::string>>> below(nodes.size(), std::vector<std::string>{});
    base::parallel_for(context.jobs, nodes.size(), 1, [&](std::size_t i) {
      if (!context.progress.stop) below[i] = from.store->version_folders(nodes[i].prefix);
    });
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const Node& node = nodes[i];
      if (!below[i]) {
        findings.add(not_available(context, source, node.prefix, below[i].error()));
        continue;
      }
      for (auto& folder : *below[i]) {
        if (node.kind != Kind::digests && node.kind != Kind::logs) {
          if (node.depth < kMaxDepth) waiting.push_back(child_of(node, std::move(folder)));
          continue;
        }
        std::string region(name_of(folder));
        if (!trail::is_region(region) || !context.selects_logs(node.root.account, region, node.root.org)) continue;
        if (node.kind == Kind::digests)
          homes.digests.push_back({source, node.root, std::move(region)});
        else
          homes.logs.push_back({source, node.root, node.log_kind, std::move(region)});
      }
    }
  }
  return homes;
}

}  // namespace trailseal::verify
