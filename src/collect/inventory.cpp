#include "collect/inventory.hpp"

#include <algorithm>
#include <optional>

#include "collect/selection.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::collect {
namespace {

constexpr int kMostDepth = 110;                       // S3KeyPrefix has at most 200 characters
constexpr std::size_t kMostTroubles = 250;            // kept, so that they fit in a line of the journal
constexpr auto kPending = std::chrono::minutes{150};  // logs so much younger than the newest digest are evidence, too

std::string_view last_component(std::string_view folder) {
  folder.remove_suffix(1);
  const auto slash = folder.rfind('/');
  return slash == std::string_view::npos ? folder : folder.substr(slash + 1);
}

bool is_digits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

store::TroubleVisitor Inventory::trouble() {
  return [this](std::string_view prefix, const Error& error) {
    if (troubles_.size() < kMostTroubles)
      troubles_.push_back({std::string(prefix), error});
    else if (troubles_.size() == kMostTroubles)  // wherever the others are, nothing there may be called missing
      troubles_.push_back({selection_.prefix, Error{Errc::limit, "more parts than are named here"}});
  };
}

void Inventory::count_pages(std::uint64_t rows) {
  constexpr std::uint64_t kPage = 1000;
  requests_ += 1 + rows / kPage;
}

store::Folder Inventory::children(const std::string& prefix) {
  auto folder = store_.folder(prefix, trouble());
  count_pages(folder ? folder->folders.size() + folder->objects.size() : 0);
  if (folder) return std::move(folder).value();
  trouble()(prefix, folder.error());
  return {};
}

void Inventory::take(Wanted wanted) {
  if (wanted.kind == Kind::object) note_digest(wanted.object.key);
  if (!take_(std::move(wanted))) stopped_ = true;
}

bool Inventory::run() {
  const std::string& prefix = selection_.prefix;
  const bool is_root = !prefix.empty() && last_component(prefix) == "AWSLogs";
  // Where all that there was has been deleted, no folder is left to show it.
  if (selection_.versions) versions(is_root ? prefix : prefix + "AWSLogs/");
  if (is_root)
    aws_logs(prefix, 0);
  else
    any(prefix, 0);
  return !ended();
}

void Inventory::any(const std::string& prefix, int depth) {
  if (depth > kMostDepth || ended()) return;
  for (const auto& folder : children(prefix).folders) {
    if (last_component(folder) == "AWSLogs") {
      if (selection_.versions) versions(folder);
      aws_logs(folder, depth + 1);
    } else {
      any(folder, depth + 1);
    }
  }
}

void Inventory::aws_logs(const std::string& prefix, int depth) {
  if (ended()) return;
  for (const auto& folder : children(prefix).folders) {
    if (trail::is_account(last_component(folder))) {
      account(folder, depth + 1);
    } else if (trail::is_org(last_component(folder))) {
      for (const auto& inner : children(folder).folders)
        trail::is_account(last_component(inner)) ? account(inner, depth + 2) : any(inner, depth + 2);
    } else {
      any(folder, depth + 1);
    }
  }
}

void Inventory::account(const std::string& prefix, int depth) {
  if (ended()) return;
  auto folders = children(prefix).folders;
  // Digests first: which logs are younger than all digests depends on them.
  std::stable_partition(folders.begin(), folders.end(),
                        [](const std::string& folder) { return last_component(folder) == "CloudTrail-Digest"; });
  const bool wanted = selects_account(selection_, last_component(prefix));
  for (const auto& folder : folders) {
    const auto name = last_component(folder);
    const bool digests = name == "CloudTrail-Digest";
    const bool logs = std::any_of(std::begin(trail::kLogKinds), std::end(trail::kLogKinds),
                                  [&](trail::LogKind one) { return trail::folder_name(one) == name; });
    if (digests || logs) {
      if (wanted) kind(folder, digests);
    } else if (name == "AWSLogs") {
      aws_logs(folder, depth + 1);
    } else {
      any(folder, depth + 1);
    }
  }
}

void Inventory::kind(const std::string& prefix, bool digests) {
  if (ended()) return;
  auto below = children(prefix);
  for (auto& object : below.objects) {
    if (ended()) return;
    take({.object = std::move(object)});
  }
  const bool whole = !selection_.since && !selection_.until;
  for (const auto& folder : below.folders) {
    const auto name = last_component(folder);
    const bool region = trail::is_region(name);
    if (region && !selects_region(selection_, name)) continue;
    if (whole || !region)
      all_below(folder);
    else if (digests)
      digests_around(folder, name);
    else
      logs_of_days(folder, place_of(folder)->account, name, 0);
  }
}

void Inventory::all_below(const std::string& prefix) {
  std::uint64_t rows = 0;
  const auto visit = [&](const store::ObjectInfo& object) {
    ++rows;
    take({.object = object});
    return !ended();
  };
  if (auto listed = store_.list(prefix, "", visit, trouble()); !listed) trouble()(prefix, listed.error());
  count_pages(rows);
}

// Of the digests outside the days that are wanted, those that verification needs: the nearest on both sides of every
// chain, for the links at the borders, and the newest, for freshness.
void Inventory::digests_around(const std::string& prefix, std::string_view region) {
  struct Neighbours {
    std::optional<store::ObjectInfo> before, after, newest;
  };
  std::map<trail::ChainId, Neighbours> chains;
  std::uint64_t rows = 0;
  const auto visit = [&](const store::ObjectInfo& object) {
    ++rows;
    const auto place = place_of(object.key);
    const auto key = trail::parse_digest_key(object.key);
    if (key && !key->backfill) {
      auto& end = newest_[{key->root.account, std::string(region)}];
      end = std::max(end, key->end);
    }
    if (!place || !place->day || selects_day(selection_, *place->day)) {
      take({.object = object});
    } else if (key && !key->backfill) {
      auto& near = chains[key->chain];
      const bool is_before = selection_.since && *place->day < *selection_.since;
      if (is_before)
        near.before = object;
      else if (!near.after)
        near.after = object;
      else
        near.newest = object;
    }
    return !ended();
  };
  if (auto listed = store_.list(prefix, "", visit, trouble()); !listed) trouble()(prefix, listed.error());
  count_pages(rows);
  for (auto& [chain, near] : chains)
    for (auto* object : {&near.before, &near.after, &near.newest})
      if (*object && !ended()) take({.object = std::move(**object)});
}

// Of the logs outside the days that are wanted, those that are younger than the newest digest.
void Inventory::logs_of_days(const std::string& prefix, std::string_view account, std::string_view region, int depth) {
  if (ended()) return;
  constexpr int kDayDepth = 3;
  if (depth == kDayDepth) {
    const auto place = place_of(prefix);
    const auto newest = newest_.find({std::string(account), std::string(region)});
    const bool behind =
        place->day && newest != newest_.end() && *place->day + std::chrono::days{1} > newest->second + kPending;
    if (!place->day || behind || selects_day(selection_, *place->day)) all_below(prefix);
    return;
  }
  auto below = children(prefix);
  for (auto& object : below.objects) {
    if (ended()) return;
    take({.object = std::move(object)});
  }
  for (const auto& folder : below.folders) {
    if (is_digits(last_component(folder), depth == 0 ? 4 : 2))
      logs_of_days(folder, account, region, depth + 1);
    else
      all_below(folder);
  }
}

void Inventory::versions(const std::string& prefix) {
  // One inside another was listed with it.
  const bool done =
      std::any_of(roots_.begin(), roots_.end(), [&](const std::string& root) { return prefix.starts_with(root); });
  if (done || ended()) return;
  roots_.insert(prefix);
  std::uint64_t rows = 0;
  const auto visit = [&](const store::Version& version) {
    ++rows;
    if (version.latest && !version.delete_marker) return !ended();
    if (covers(selection_, version.object.key))
      take({.kind = version.delete_marker ? Kind::delete_marker : Kind::version,
            .object = version.object,
            .version = version.id,
            .latest = version.latest});
    return !ended();
  };
  if (auto listed = store_.versions(prefix, visit); !listed) {
    Error error = listed.error();
    error.message = "versions: " + error.message;
    trouble()(prefix, error);
  }
  count_pages(rows);
}

void Inventory::note_digest(const std::string& key) {
  const auto parsed = trail::parse_digest_key(key);
  if (!parsed) return;
  const auto [place, added] = regions_.emplace(parsed->chain.region, parsed->end);
  if (!added) place->second = std::min(place->second, parsed->end);
}

}  // namespace trailseal::collect
