// A bucket in a directory. The directory came from somebody else, perhaps from the suspect: a link in it may point at
// our own files, a FIFO may wait for ever, and a file may change while it is read. None of that may become content.
#include "store/mirror.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "store/directory.hpp"
#include "store/metadata.hpp"

namespace trailseal::store {
namespace {

constexpr int kMostDepth = 64;  // CloudTrail's keys have about 12 components

// Whether a file may have this path: no component is empty, "." or "..".
bool is_plain(std::string_view path) {
  if (path.find('\0') != std::string_view::npos) return false;
  for (;;) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part.empty() || part == "." || part == "..") return false;
    if (slash == std::string_view::npos) return true;
    path.remove_prefix(slash + 1);
  }
}

// The same for the path of a directory: empty, or ending in "/".
bool is_plain_folder(std::string_view path) { return path.empty() || is_plain(path.substr(0, path.size() - 1)); }

Error changed() { return {Errc::io, "the file changed while it was read"}; }

Result<void> read_file(const Root& root, const std::string& path, std::size_t limit, Bytes& bytes) {
  TRY(const FileDescriptor file, root.open_beneath(path, O_RDONLY));
  struct stat status;
  if (::fstat(file.number(), &status) != 0) return error_of(errno);
  if (!S_ISREG(status.st_mode))
    return Error{Errc::access_denied,
                 S_ISDIR(status.st_mode) ? "a directory, not a regular file" : "not a regular file"};
  const std::uint64_t size = static_cast<std::uint64_t>(status.st_size);
  if (size > limit) return Error{Errc::limit, fmt::format("the object has {} bytes; the limit is {}", size, limit)};

  // One byte more than there should be: a short read then means the end of the file, without another call. The vector
  // keeps what it held, so that only its growth is set to zero.
  const std::size_t wanted = static_cast<std::size_t>(size) + 1;
  if (bytes.capacity() < wanted) bytes.clear();
  bytes.resize(wanted);
  std::size_t filled = 0;
  while (filled < wanted) {
    const ssize_t count = ::read(file.number(), bytes.data() + filled, wanted - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return error_of(errno);
    filled += static_cast<std::size_t>(count);
    if (count == 0 || filled == size) break;
  }
  if (filled != size) return changed();
  bytes.resize(filled);
  return {};
}

// What a listing says of a file. Whether it may be read is found out by reading it.
ObjectInfo describe(const Root& root, std::string key, bool sizes) {
  ObjectInfo info{.key = std::move(key)};
  struct stat status;
  if (sizes && ::fstatat(root.number(), info.key.c_str(), &status, 0) == 0 && S_ISREG(status.st_mode))
    info.size = static_cast<std::uint64_t>(status.st_size);
  return info;
}

// One listing on its way through the tree.
class Walk {
 public:
  Walk(const Root& root, bool side_files, bool sizes, std::string_view prefix, std::string_view after,
       const Visitor& visit, const TroubleVisitor& trouble)
      : root_(root),
        side_files_(side_files),
        sizes_(sizes),
        prefix_(prefix),
        after_(after),
        visit_(visit),
        trouble_(trouble) {}

  // `path` is empty or ends in "/". False: the visitor has seen enough.
  bool descend(const std::string& path, int depth) {
    if (depth > kMostDepth) {
      trouble_(path, Error{Errc::limit, fmt::format("directories in each other more than {} deep", kMostDepth)});
      return true;
    }
    const auto directory = Directory::read(root_, path);
    if (!directory) {
      if (directory.error().code != Errc::not_found) trouble_(path, directory.error());
      return true;
    }
    for (const auto& [name, error] : directory->troubles())
      if (const std::string key = path + name; key.starts_with(prefix_) && key > after_) trouble_(key, error);
    bool more = true;
    directory->for_each(side_files_, [&](std::string_view name) {
      std::string key = path;
      key += name;
      if (name.ends_with('/')) {
        const bool all_before = key < after_ && !after_.starts_with(key);
        if (!all_before && (key.starts_with(prefix_) || prefix_.starts_with(key))) more = descend(key, depth + 1);
      } else if (key.starts_with(prefix_) && key > after_) {
        more = visit_(describe(root_, std::move(key), sizes_));
      }
      return more;
    });
    return more;
  }

 private:
  const Root& root_;
  const bool side_files_;
  bool sizes_;
  std::string_view prefix_, after_;
  const Visitor& visit_;
  const TroubleVisitor& trouble_;
};

class Mirror final : public ObjectStore {
 public:
  Mirror(std::string label, Root root, bool side_files, const MirrorOptions& options)
      : label_(std::move(label)), root_(std::move(root)), side_files_(side_files), options_(options) {}

  std::string_view label() const override { return label_; }

  Result<void> list(std::string_view prefix, std::string_view after, const Visitor& visit,
                    const TroubleVisitor& trouble) const override {
    const std::size_t slash = prefix.rfind('/');
    const std::string start(prefix.substr(0, slash == std::string_view::npos ? 0 : slash + 1));
    if (is_plain_folder(start))
      Walk(root_, side_files_, options_.sizes, prefix, after, visit, trouble).descend(start, 1);
    return {};
  }

  Result<Folder> folder(std::string_view prefix, const TroubleVisitor& trouble) const override {
    if (!prefix.empty() && !prefix.ends_with('/'))
      return Error{Errc::invalid_argument, "a folder's prefix ends in \"/\""};
    Folder folder;
    if (!is_plain_folder(prefix)) return folder;
    const std::string path(prefix);
    const auto directory = Directory::read(root_, path);
    if (!directory) {
      if (directory.error().code != Errc::not_found) trouble(prefix, directory.error());
      return folder;
    }
    for (const auto& [name, error] : directory->troubles()) trouble(path + name, error);
    directory->for_each(side_files_, [&](std::string_view name) {
      std::string key = path;
      key += name;
      if (name.ends_with('/'))
        folder.folders.push_back(std::move(key));
      else
        folder.objects.push_back(describe(root_, std::move(key), options_.sizes));
      return true;
    });
    return folder;
  }

  Result<Object> get(std::string_view key, const GetOptions& options, Bytes& bytes) const override {
    if (!options.version.empty()) return Error{Errc::unsupported, "a copy without versions"};
    if (!is_plain(key)) return Error{Errc::invalid_argument, "a key that cannot be a path below a directory"};
    std::string path(key);
    if (auto read = read_file(root_, path, options.limit, bytes); !read) {
      bytes.clear();
      return std::move(read).error();
    }
    Object object;
    if (!options.with_metadata || !side_files_) return object;
    path += kSideFile;
    Bytes json;
    if (auto read = read_file(root_, path, kMostSideFileBytes, json); !read) {
      if (read.error().code != Errc::not_found) object.metadata_error = std::move(read).error();
      return object;
    }
    auto side = parse_side_file(json);
    if (side) {
      object.metadata = std::move(side->metadata);
      object.attributes = std::move(side->attributes);
    } else {
      object.metadata_error = std::move(side).error();
    }
    return object;
  }

  Result<void> versions(std::string_view, const VersionVisitor&) const override {
    return Error{Errc::unsupported, "a copy without versions"};
  }

 private:
  std::string label_;
  Root root_;
  const bool side_files_;
  MirrorOptions options_;
};

}  // namespace

Result<std::unique_ptr<ObjectStore>> open_mirror(const std::string& path, const MirrorOptions& options) {
  TRY(Root root, Root::open(path));
  return std::unique_ptr<ObjectStore>(std::make_unique<Mirror>(path, std::move(root), true, options));
}

Result<std::unique_ptr<ObjectStore>> open_mirror(const std::string& path, Resolve resolve) {
  TRY(Root root, Root::open(path, resolve));
  return std::unique_ptr<ObjectStore>(std::make_unique<Mirror>(path, std::move(root), true, MirrorOptions{}));
}

Result<std::unique_ptr<ObjectStore>> open_files(const std::string& path) {
  TRY(Root root, Root::open(path));
  return std::unique_ptr<ObjectStore>(std::make_unique<Mirror>(path, std::move(root), false, MirrorOptions{}));
}

}  // namespace trailseal::store
