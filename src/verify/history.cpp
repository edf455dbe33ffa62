#include "verify/history.hpp"

#include <algorithm>
#include <chrono>

namespace trailseal::verify {
namespace {

constexpr std::uint64_t kMostRows = 100'000;  // of one key that is asked for by itself

bool digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Whether the days of "2026/", "2026/07/" or "2026/07/01/" may hold what the window is about: one day more on either
// side, because a folder is named after the end of an hour or the minute of a delivery.
bool touches(std::string_view date, const Window& window) {
  using namespace std::chrono;
  const auto number = [&](std::size_t at, std::size_t count) {
    int value = 0;
    for (const char c : date.substr(at, count)) value = value * 10 + (c - '0');
    return value;
  };
  const year y{number(0, 4)};
  const bool has_month = date.size() > 5, has_day = date.size() > 8;
  const month m{has_month ? static_cast<unsigned>(number(5, 2)) : 1};
  const year_month_day first{y, m, day{has_day ? static_cast<unsigned>(number(8, 2)) : 1}};
  if (!first.ok()) return true;  // no day at all: look
  const sys_days begin = first;
  const sys_days end = has_day     ? begin + days{1}
                       : has_month ? sys_days{(y / m + months{1}) / 1}
                                   : sys_days{(y + years{1}) / January / 1};
  return (!window.since || end + days{1} > *window.since) && (!window.until || begin - days{1} < *window.until);
}

}  // namespace

void KeyHistory::add(const store::Version& row) {
  if (rows.size() == kNewest + kOldest) rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(kNewest));
  rows.push_back(row);
  ++count;
  versioned = versioned || (!row.id.empty() && row.id != "null");
}

std::string describe(const store::Version& version) {
  std::string out = version.delete_marker ? "delete marker " : "version ";
  out += version.id;
  if (version.object.modified) out += " of " + to_string(*version.object.modified);
  return out;
}

Result<void> for_each_history(const store::ObjectStore& store, std::string_view prefix, const HistoryVisitor& visit) {
  KeyHistory history;
  bool more = true;
  TRY_VOID(store.versions(prefix, [&](const store::Version& row) {
    if (history.count != 0 && row.object.key != history.key) {
      more = visit(history);
      history = {};
      if (!more) return false;
    }
    history.key = row.object.key;
    history.add(row);
    return true;
  }));
  if (more && history.count != 0) visit(history);
  return {};
}

Result<KeyHistory> history_of(const store::ObjectStore& store, std::string_view key) {
  KeyHistory history;
  history.key = key;
  TRY_VOID(store.versions(key, [&](const store::Version& row) {
    if (row.object.key != key) return false;  // a longer key
    history.add(row);
    return history.count <= kMostRows;
  }));
  if (history.count > kMostRows) return Error{Errc::limit, "more than 100,000 versions"};
  return history;
}

Result<std::vector<DatedFolder>> dated_folders(const store::ObjectStore& store, const std::string& prefix, int levels,
                                               const Window& window) {
  constexpr std::size_t kWidths[] = {4, 2, 2};
  std::vector<DatedFolder> out;
  std::vector<std::string> parents{prefix};
  for (int level = 0; level < levels; ++level) {
    std::vector<std::string> next;
    for (const auto& parent : parents) {
      TRY(auto children, store.version_folders(parent));
      for (auto& child : children) {
        const auto name = std::string_view(child).substr(parent.size(), child.size() - parent.size() - 1);
        if (name.size() != kWidths[level] || !digits(name))
          out.push_back({std::move(child), false});
        else if (touches(std::string_view(child).substr(prefix.size()), window))
          next.push_back(std::move(child));
      }
    }
    parents = std::move(next);
  }
  for (auto& folder : parents) out.push_back({std::move(folder), true});
  return out;
}

}  // namespace trailseal::verify
