// A bucket in memory that can be told to fail: the store of the tests.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trailseal/store.hpp"

namespace trailseal::test {

enum class Operation { list, outline, folder, get, versions };

class MemoryStore final : public store::ObjectStore {
 public:
  // Called before each operation with its key or prefix, one call at a time; an Error is what the operation returns.
  // Counting calls makes "the n-th call fails".
  using Fault = std::function<std::optional<Error>(Operation, std::string_view key)>;

  struct Entry {
    Bytes bytes;
    std::optional<store::Metadata> metadata = {};  // absent: the store holds none for this object
    std::optional<Error> metadata_error = {};
  };

  explicit MemoryStore(std::string label = "memory") : label_(std::move(label)) {}

  void put(std::string key, Bytes bytes, std::optional<store::Metadata> metadata = {}) {
    Entry entry{std::move(bytes), std::move(metadata), {}};
    if (versioned_) remember(key, entry);
    objects_.insert_or_assign(std::move(key), std::move(entry));
  }
  void put(std::string key, std::string_view text, std::optional<store::Metadata> metadata = {}) {
    put(std::move(key), Bytes(text.begin(), text.end()), std::move(metadata));
  }
  void erase(std::string_view key) {
    if (const auto found = objects_.find(key); found != objects_.end()) objects_.erase(found);
    if (versioned_) remember(std::string(key), std::nullopt);
  }

  // From here on `put` and `erase` keep what was there before. What is there now becomes the version "null"; later ones
  // are "v1", "v2", ... and a second apart. Not for objects that are changed in place.
  void keep_versions() {
    for (const auto& [key, entry] : objects_) history_[key] = {{"null", kFirstVersion, entry}};
    versioned_ = true;
  }
  // Removes a version or a delete marker for good.
  void erase_version(std::string_view key, std::string_view id) {
    auto& kept = history_.find(key)->second;
    std::erase_if(kept, [&](const Kept& one) { return one.id == id; });
    if (kept.empty() || !kept.back().entry)
      objects_.erase(std::string(key));
    else
      objects_.insert_or_assign(std::string(key), *kept.back().entry);
    if (kept.empty()) history_.erase(history_.find(key));
  }

  // All objects by key, to mutate in place. Not while another thread reads.
  std::map<std::string, Entry, std::less<>>& objects() { return objects_; }

  void on_call(Fault fault) { fault_ = std::move(fault); }
  // Every operation on exactly this key or prefix fails.
  void fail(std::string key, Error error) { failures_.insert_or_assign(std::move(key), std::move(error)); }
  // Handed to the TroubleVisitor of every listing that covers this prefix; the keys below it are then not listed.
  void hide(std::string prefix, Error error) { hidden_.insert_or_assign(std::move(prefix), std::move(error)); }

  std::string_view label() const override { return label_; }

  Result<void> list(std::string_view prefix, std::string_view after, const store::Visitor& visit,
                    const store::TroubleVisitor& trouble) const override {
    TRY_VOID(before(Operation::list, prefix));
    for (const auto& [hidden, error] : hidden_)
      if (hidden.starts_with(prefix) || prefix.starts_with(hidden)) trouble(hidden, error);
    std::size_t names = 0;
    for (auto it = objects_.lower_bound(std::max(prefix, after)); it != objects_.end() && it->first.starts_with(prefix);
         ++it) {
      if (it->first <= after || is_hidden(it->first)) continue;
      ++names;
      if (!visit(store::ObjectInfo{it->first, it->second.bytes.size()})) break;
    }
    count_pages(names);
    return {};
  }

  Result<void> outline(std::string_view prefix, std::string_view after, std::string_view delimiter,
                       const store::OutlineVisitor& visit, const store::TroubleVisitor& trouble) const override {
    TRY_VOID(before(Operation::outline, prefix));
    for (const auto& [hidden, error] : hidden_)
      if (prefix.starts_with(hidden) || (delimiter != "/" && hidden.starts_with(prefix))) trouble(hidden, error);
    std::size_t names = 0;
    bool more = true;
    for (auto it = objects_.lower_bound(std::max(prefix, after));
         more && it != objects_.end() && it->first.starts_with(prefix);) {
      const auto found = it->first.find(delimiter, prefix.size());
      const bool hidden = is_hidden(delimiter == "/" ? prefix : std::string_view(it->first));
      if (found == std::string::npos) {
        if (it->first > after && !is_hidden(it->first)) {
          ++names;
          more = visit(store::ObjectInfo{it->first, it->second.bytes.size()}, false);
        }
        ++it;
        continue;
      }
      std::string cut = it->first.substr(0, found + delimiter.size());
      if (!hidden && !after.starts_with(cut)) {
        ++names;
        more = visit(store::ObjectInfo{cut}, true);
      }
      ++cut.back();
      it = objects_.lower_bound(cut);
    }
    count_pages(names);
    return {};
  }

  // How many requests S3 would have needed for the listings so far.
  std::uint64_t list_requests() const { return list_requests_; }

  Result<store::Folder> folder(std::string_view prefix, const store::TroubleVisitor& trouble) const override {
    TRY_VOID(before(Operation::folder, prefix));
    if (!prefix.empty() && !prefix.ends_with('/'))
      return Error{Errc::invalid_argument, "a folder's prefix ends in \"/\""};
    for (const auto& [hidden, error] : hidden_)
      if (prefix.starts_with(hidden)) trouble(hidden, error);
    if (is_hidden(prefix)) return store::Folder{};
    store::Folder result;
    for (auto it = objects_.lower_bound(prefix); it != objects_.end() && it->first.starts_with(prefix); ++it) {
      const std::size_t slash = it->first.find('/', prefix.size());
      if (slash == std::string::npos) {
        if (!is_hidden(it->first)) result.objects.push_back({it->first, it->second.bytes.size()});
        continue;
      }
      std::string name = it->first.substr(0, slash + 1);
      if (result.folders.empty() || result.folders.back() != name) result.folders.push_back(std::move(name));
    }
    return result;
  }

  Result<store::Object> get(std::string_view key, const store::GetOptions& options, Bytes& bytes) const override {
    TRY_VOID(before(Operation::get, key));
    const Entry* there = find(key, options.version);
    if (there == nullptr) return Error{Errc::not_found, "no such object"};
    const Entry& entry = *there;
    if (entry.bytes.size() > options.limit)
      return Error{Errc::limit, "the object has " + std::to_string(entry.bytes.size()) + " bytes"};
    bytes = entry.bytes;
    if (!options.with_metadata) return store::Object{};
    return store::Object{entry.metadata, entry.metadata_error};
  }

  Result<void> versions(std::string_view prefix, const store::VersionVisitor& visit) const override {
    TRY_VOID(before(Operation::versions, prefix));
    if (!versioned_) return Error{Errc::unsupported, "no versions"};
    for (auto it = history_.lower_bound(prefix); it != history_.end() && it->first.starts_with(prefix); ++it)
      for (auto kept = it->second.rbegin(); kept != it->second.rend(); ++kept) {
        store::Version version{.object = {.key = it->first, .modified = kept->modified},
                               .id = kept->id,
                               .latest = kept == it->second.rbegin(),
                               .delete_marker = !kept->entry};
        if (kept->entry) version.object.size = kept->entry->bytes.size();
        if (!visit(version)) return {};
      }
    return {};
  }

 private:
  void count_pages(std::size_t names) const { list_requests_ += std::max<std::size_t>(1, (names + 999) / 1000); }

  struct Kept {
    std::string id;
    Time modified;
    std::optional<Entry> entry;  // absent: a delete marker
  };
  static constexpr Time kFirstVersion{std::chrono::sys_days{std::chrono::year{2026} / 7 / 1}};

  void remember(const std::string& key, std::optional<Entry> entry) {
    ++last_version_;
    history_[key].push_back(
        {"v" + std::to_string(last_version_), kFirstVersion + Seconds{last_version_}, std::move(entry)});
  }

  const Entry* find(std::string_view key, std::string_view version) const {
    if (version.empty()) {
      const auto found = objects_.find(key);
      return found == objects_.end() ? nullptr : &found->second;
    }
    const auto kept = history_.find(key);
    if (kept == history_.end()) return nullptr;
    for (const Kept& one : kept->second)
      if (one.id == version && one.entry) return &*one.entry;
    return nullptr;
  }

  Result<void> before(Operation operation, std::string_view key) const {
    if (const auto found = failures_.find(key); found != failures_.end()) return found->second;
    if (!fault_) return {};
    const std::lock_guard lock(fault_mutex_);
    if (auto error = fault_(operation, key)) return *std::move(error);
    return {};
  }

  bool is_hidden(std::string_view key) const {
    for (const auto& [hidden, error] : hidden_)
      if (key.starts_with(hidden)) return true;
    return false;
  }

  std::string label_;
  std::map<std::string, Entry, std::less<>> objects_;
  std::map<std::string, Error, std::less<>> failures_;
  std::map<std::string, Error, std::less<>> hidden_;
  std::map<std::string, std::vector<Kept>, std::less<>> history_;  // of each key, oldest first
  bool versioned_ = false;
  int last_version_ = 0;
  Fault fault_;
  mutable std::atomic<std::uint64_t> list_requests_{0};
  mutable std::mutex fault_mutex_;
};

}  // namespace trailseal::test
