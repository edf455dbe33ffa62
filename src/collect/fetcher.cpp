#include "collect/fetcher.hpp"

#include <algorithm>

#include "base/gunzip.hpp"
#include "base/hex.hpp"
#include "collect/hashing.hpp"
#include "collect/paths.hpp"
#include "collect/side_file.hpp"

namespace trailseal::collect {
namespace {

// What verify reads, too; CloudTrail's own files stay far below.
constexpr std::size_t kMostObject = 256u << 20;
constexpr std::size_t kMostHeld = 512u << 20;
constexpr std::size_t kLeastShare = 64u << 10;
constexpr base::GunzipLimits kContentLimits{.max_output = 2ull << 30};

std::size_t share_of(std::uint64_t size) { return std::max<std::size_t>(size, kLeastShare); }

Error taken(const std::string& path) {
  return {Errc::io, "another file stands in the place of what is acquired: " + path};
}

// Puts the bytes at the first of the paths that is free or holds them already.
Result<std::string> place(const Tree& tree, const std::vector<std::string>& paths, ByteView bytes) {
  for (const std::string& path : paths) {
    TRY(const Placed placed, tree.place(path, bytes));
    if (placed != Placed::taken) return path;
  }
  return taken(paths.back());
}

Result<Sha256> hash_of_text(const std::string& text, const crypto::Backend& backend) {
  return hash_of(as_bytes(text), backend);
}

}  // namespace

Budget::Share::Share(Budget& from, std::size_t size) : from_(from), size_(std::min(size, from.most_)) {
  std::unique_lock lock(from_.mutex_);
  from_.freed_.wait(lock, [&] { return from_.used_ + size_ <= from_.most_; });
  from_.used_ += size_;
}

Budget::Share::~Share() {
  {
    const std::lock_guard lock(from_.mutex_);
    from_.used_ -= size_;
  }
  from_.freed_.notify_all();
}

Fetcher::Fetcher(const store::ObjectStore& store, const Tree& tree, const Journal& journal,
                 const crypto::Backend& backend, const std::function<Time()>& clock, verify::Progress& progress)
    : store_(store),
      tree_(tree),
      journal_(journal),
      backend_(backend),
      clock_(clock),
      progress_(progress),
      budget_(kMostHeld) {}

bool Fetcher::is_there(const Record& record) const {
  const auto size = tree_.size_of(record.path);
  return size && *size == record.size && (record.metadata_path.empty() || tree_.size_of(record.metadata_path));
}

Result<Fetcher::Got> Fetcher::get(const Wanted& wanted) const {
  Got got;
  // As much as was set aside for it. An object that has grown since it was listed is another one: the next run's.
  const bool size_known = !wanted.object.etag.empty();
  const store::GetOptions options{.limit = size_known ? share_of(wanted.object.size) : kMostObject,
                                  .with_metadata = true,
                                  .version = wanted.version};
  TRY(const auto object, store_.get(wanted.object.key, options, got.bytes));
  if (object.metadata_error) return *object.metadata_error;
  got.record.kind = wanted.kind;
  got.record.key = wanted.object.key;
  got.record.attributes = object.attributes;
  if (got.record.attributes.storage_class.empty()) got.record.attributes.storage_class = wanted.object.storage_class;
  if (got.record.attributes.version_id.empty()) got.record.attributes.version_id = wanted.version;
  got.record.acquired = clock_();
  got.record.size = got.bytes.size();
  if (object.metadata) got.side = side_file(object, got.bytes.size());
  return got;
}

Result<void> Fetcher::describe(Got& got) const {
  TRY(got.record.sha256, hash_of(got.bytes, backend_));
  if (!got.side.empty()) {
    TRY(got.record.metadata_sha256, hash_of_text(got.side, backend_));
  }
  TRY(const auto hasher, backend_.hasher(crypto::Hash::sha256));
  base::Gunzip gunzip;
  const auto fault = gunzip.pieces(got.bytes, kContentLimits, [&](ByteView piece) { hasher->update(piece); });
  Sha256 content{};
  TRY_VOID(hasher->finish(content));
  if (fault)
    got.record.content_fault = fault->detail.empty() ? "no gzip file" : fault->detail;
  else
    got.record.content_sha256 = content;
  return {};
}

Result<void> Fetcher::place_object(Got& got) const {
  Record& record = got.record;
  TRY(const Sha256 key, hash_of_text(record.key, backend_));
  TRY(record.path, place(tree_, object_paths(record.key, key, record.sha256), got.bytes));
  if (got.side.empty()) return {};
  TRY(record.metadata_path, place(tree_, metadata_paths(record.key, key, record.metadata_sha256), as_bytes(got.side)));
  return {};
}

Result<void> Fetcher::place_version(Got& got) const {
  Record& record = got.record;
  std::string name = record.key;
  name += '\0';
  if (record.kind == Kind::version)
    name += record.attributes.version_id;
  else
    name.append(as_text(record.sha256)).append(as_text(record.metadata_sha256));
  TRY(const Sha256 hash, hash_of_text(name, backend_));
  const std::string path = version_path(hash);
  const std::string spare = path + "-" + base::to_hex(record.sha256);
  TRY(record.path, place(tree_, {path, spare}, got.bytes));
  if (got.side.empty()) return {};
  TRY(record.metadata_path, place(tree_, {path + ".json", spare + ".json"}, as_bytes(got.side)));
  return {};
}

Result<Fetched> Fetcher::fetch(const Wanted& wanted) {
  if (progress_.stop) return Fetched{};
  Record listed;
  listed.kind = wanted.kind;
  listed.key = wanted.object.key;
  listed.attributes.version_id = wanted.version;
  listed.attributes.etag = wanted.object.etag;
  listed.attributes.storage_class = wanted.object.storage_class;
  listed.attributes.modified = wanted.object.modified;
  listed.size = wanted.object.size;
  listed.latest = wanted.latest;
  listed.acquired = clock_();
  TRY(auto old, journal_.find(listed.id()));
  if (wanted.kind == Kind::delete_marker) {
    if (old && old->latest == listed.latest) return Fetched{.kept = true};
    return Fetched{.record = std::move(listed)};
  }
  const bool had = old && !old->error;
  if (had && is_there(*old)) {
    if (wanted.kind == Kind::version) return Fetched{.kept = true};
    // A listing that says nothing proves nothing.
    const bool unchanged = !listed.attributes.etag.empty() && old->attributes.etag == listed.attributes.etag &&
                           old->size == listed.size && old->attributes.modified == listed.attributes.modified;
    if (unchanged) return Fetched{.kept = true};
  }

  if (listed.size > kMostObject) {
    if (had) return Fetched{.failed = true};
    listed.error =
        Error{Errc::limit, "the object has " + std::to_string(listed.size) + " bytes, more than is acquired"};
    return Fetched{.record = std::move(listed), .failed = true};
  }
  const Budget::Share share(budget_, share_of(listed.size));
  auto got = get(wanted);
  if (!got) {
    if (progress_.stop) return Fetched{};
    if (had) return Fetched{.failed = true};
    listed.error = std::move(got).error();
    return Fetched{.record = std::move(listed), .failed = true};
  }
  TRY_VOID(describe(*got));
  progress_.bytes_done += got->bytes.size();
  Fetched fetched;
  if (had && wanted.kind == Kind::object) {
    fetched.restored = got->record.sha256 == old->sha256 && got->record.metadata_sha256 == old->metadata_sha256;
    if (!fetched.restored) got->record.kind = Kind::changed;
    if (got->record.kind == Kind::changed) {
      TRY(const auto known, journal_.find(got->record.id()));
      if (known && is_there(*known)) return Fetched{.kept = true};
    }
  }
  TRY_VOID(got->record.kind == Kind::object ? place_object(*got) : place_version(*got));
  fetched.record = std::move(got->record);
  return fetched;
}

}  // namespace trailseal::collect
