#include "collect/collection_store.hpp"

#include <algorithm>

#include "collect/paths.hpp"
#include "collect/selection.hpp"
#include "store/metadata.hpp"

namespace trailseal::collect {
namespace {

Error not_looked_for() {
  return {Errc::unsupported, "the collection was made without looking for it (filters, or an unfinished run)"};
}

// What was refused when it was acquired is unknown now, whatever the reason was.
Error not_acquired(const Error& error) {
  return {error.code == Errc::not_found ? Errc::io : error.code, "not acquired: " + error.message};
}

bool comes_before(const store::Version& a, const store::Version& b) {
  if (a.object.key != b.object.key) return a.object.key < b.object.key;
  if (a.latest != b.latest) return a.latest;
  return a.object.modified.value_or(Time{}) > b.object.modified.value_or(Time{});
}

class CollectionStore final : public store::ObjectStore {
 public:
  CollectionStore(std::string label, std::unique_ptr<store::ObjectStore> files, Index index)
      : label_(std::move(label)), files_(std::move(files)), index_(std::move(index)) {
    for (const Run* run : standing(index_.runs))
      unlisted_.insert(unlisted_.end(), run->unlisted.begin(), run->unlisted.end());
  }

  std::string_view label() const override { return label_; }

  Result<void> list(std::string_view prefix, std::string_view after, const store::Visitor& visit,
                    const store::TroubleVisitor& trouble) const override {
    tell_unlisted(prefix, trouble);
    auto other = index_.objects.lower_bound(std::max(prefix, after));
    if (other != index_.objects.end() && other->first == after) ++other;
    bool more = true;
    // Emits those that come before `key`, and `key` itself only once.
    const auto others_before = [&](std::string_view key) {
      for (; more && other != index_.objects.end() && other->first.starts_with(prefix) && other->first < key; ++other)
        more = visit(store::ObjectInfo{.key = other->first});
      if (other != index_.objects.end() && other->first == key) ++other;
      return more;
    };
    TRY_VOID(files_->list(
        prefix, after,
        [&](const store::ObjectInfo& object) {
          if (is_outside_tree(object.key)) return true;
          return others_before(object.key) && (more = visit(object));
        },
        trouble));
    for (; more && other != index_.objects.end() && other->first.starts_with(prefix); ++other)
      more = visit(store::ObjectInfo{.key = other->first});
    return {};
  }

  Result<store::Folder> folder(std::string_view prefix, const store::TroubleVisitor& trouble) const override {
    tell_unlisted(prefix, trouble);
    TRY(auto folder, files_->folder(prefix, trouble));
    std::erase_if(folder.folders, [](const std::string& name) { return is_outside_tree(name); });
    std::erase_if(folder.objects, [](const store::ObjectInfo& object) { return is_outside_tree(object.key); });
    for (auto other = index_.objects.lower_bound(prefix);
         other != index_.objects.end() && other->first.starts_with(prefix); ++other) {
      const auto slash = other->first.find('/', prefix.size());
      if (slash == std::string::npos)
        folder.objects.push_back({.key = other->first});
      else
        folder.folders.push_back(other->first.substr(0, slash + 1));
    }
    std::sort(folder.folders.begin(), folder.folders.end());
    folder.folders.erase(std::unique(folder.folders.begin(), folder.folders.end()), folder.folders.end());
    const auto by_key = [](const store::ObjectInfo& a, const store::ObjectInfo& b) { return a.key < b.key; };
    std::stable_sort(folder.objects.begin(), folder.objects.end(), by_key);
    const auto same = [](const store::ObjectInfo& a, const store::ObjectInfo& b) { return a.key == b.key; };
    folder.objects.erase(std::unique(folder.objects.begin(), folder.objects.end(), same), folder.objects.end());
    return folder;
  }

  Result<store::Object> get(std::string_view key, const store::GetOptions& options, Bytes& bytes) const override {
    bytes.clear();
    if (!options.version.empty()) return get_version(key, options, bytes);
    if (const auto other = index_.objects.find(key); other != index_.objects.end())
      return get_held(other->second, options, bytes);
    if (!is_natural(key)) return absent(key);
    Index::Held natural{std::string(key), metadata_path(key), {}};
    auto object = get_held(natural, options, bytes);
    if (!object && object.error().code == Errc::not_found) return absent(key);
    return object;
  }

  Result<void> versions(std::string_view prefix, const store::VersionVisitor& visit) const override {
    if (!index_.versions) return Error{Errc::unsupported, "the collection was made without versions"};
    if (!index_.whole) return Error{Errc::corrupt, "the manifest, which names the versions, is not whole"};
    auto row = std::lower_bound(
        index_.history.begin(), index_.history.end(), prefix,
        [](const store::Version& version, std::string_view wanted) { return version.object.key < wanted; });
    for (; row != index_.history.end() && row->object.key.starts_with(prefix); ++row)
      if (!visit(*row)) break;
    return {};
  }

 private:
  Error absent(std::string_view key) const {
    return index_.looked_for(key) ? Error{Errc::not_found, "no such object"} : not_looked_for();
  }

  Result<store::Object> get_version(std::string_view key, const store::GetOptions& options, Bytes& bytes) const {
    const auto found = index_.held_versions.find({std::string(key), std::string(options.version)});
    if (found != index_.held_versions.end()) return get_held(found->second, options, bytes);
    return index_.versions && index_.looked_for(key) ? Error{Errc::not_found, "no such version"} : not_looked_for();
  }

  Result<store::Object> get_held(const Index::Held& held, const store::GetOptions& options, Bytes& bytes) const {
    if (held.error) return not_acquired(*held.error);
    TRY(store::Object object, files_->get(held.path, {.limit = options.limit}, bytes));
    if (!options.with_metadata || held.metadata_path.empty()) return object;
    Bytes json;
    const auto read = files_->get(held.metadata_path, {.limit = store::kMostSideFileBytes}, json);
    if (!read) {
      if (read.error().code != Errc::not_found) object.metadata_error = read.error();
      return object;
    }
    auto side = store::parse_side_file(json);
    if (side) {
      object.metadata = std::move(side->metadata);
      object.attributes = std::move(side->attributes);
    } else {
      object.metadata_error = std::move(side).error();
    }
    return object;
  }

  // What no run could list.
  void tell_unlisted(std::string_view prefix, const store::TroubleVisitor& trouble) const {
    for (const Trouble& one : unlisted_)
      if (one.where.starts_with(prefix) || prefix.starts_with(one.where)) trouble(one.where, not_acquired(one.error));
  }

  std::string label_;
  std::unique_ptr<store::ObjectStore> files_;
  Index index_;
  std::vector<Trouble> unlisted_;
};

}  // namespace

void Index::add(const Record& record) {
  Held held{record.path, record.metadata_path, record.error};
  const auto remember = [&](bool latest) {
    store::Version version;
    version.object = {.key = record.key,
                      .size = record.size,
                      .etag = record.attributes.etag,
                      .storage_class = record.attributes.storage_class,
                      .modified = record.attributes.modified};
    version.id = record.attributes.version_id.empty() ? "null" : record.attributes.version_id;
    version.latest = latest;
    version.delete_marker = record.kind == Kind::delete_marker;
    if (!version.delete_marker) held_versions.insert_or_assign({record.key, version.id}, held);
    history.push_back(std::move(version));
  };
  switch (record.kind) {
    case Kind::object:
      if (versions) remember(true);
      if (record.error || record.path != record.key || record.metadata_path != metadata_path(record.key))
        objects.insert_or_assign(record.key, std::move(held));
      break;
    case Kind::version:
    case Kind::delete_marker: remember(record.latest); break;
    case Kind::gone:
      // It could not be read while it was there.
      if (const auto found = objects.find(record.key); found != objects.end() && found->second.error)
        objects.erase(found);
      break;
    case Kind::changed: break;
  }
}

void Index::sort() { std::stable_sort(history.begin(), history.end(), comes_before); }

bool Index::looked_for(std::string_view key) const {
  return whole && std::any_of(runs.begin(), runs.end(), [&](const Run& run) {
           return run.listed() && covers(run.selection, key) &&
                  std::none_of(run.unlisted.begin(), run.unlisted.end(),
                               [&](const Trouble& trouble) { return key.starts_with(trouble.where); });
         });
}

std::unique_ptr<store::ObjectStore> make_collection_store(std::string label, std::unique_ptr<store::ObjectStore> files,
                                                          Index index) {
  return std::make_unique<CollectionStore>(std::move(label), std::move(files), std::move(index));
}

}  // namespace trailseal::collect
