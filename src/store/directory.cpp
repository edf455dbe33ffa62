#include "store/directory.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include "store/metadata.hpp"

namespace trailseal::store {
namespace {

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

// Links to directories are followed this many times on one path, so that directories full of links to each other
// cannot make an endless tree.
constexpr int kMostLinksOnPath = 4;

// Why a link in the directory `path` to the directory `target` must not be followed; nullopt if it may.
std::optional<Error> refusal(const Root& root, const std::string& path, const struct stat& target) {
  int links = 0;
  for (std::size_t end = 0;; end = path.find('/', end) + 1) {
    const std::string above = end == 0 ? "." : path.substr(0, end - 1);
    struct stat status;
    if (::fstatat(root.number(), above.c_str(), &status, 0) == 0 && status.st_dev == target.st_dev &&
        status.st_ino == target.st_ino)
      return Error{Errc::access_denied, "symbolic link to a directory that it stands in"};
    if (::fstatat(root.number(), above.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode)) ++links;
    if (end == path.size()) break;
  }
  if (links >= kMostLinksOnPath) return Error{Errc::limit, "too many symbolic links to directories in each other"};
  return std::nullopt;
}

}  // namespace

Result<Directory> Directory::read(const Root& root, const std::string& path) {
  TRY(FileDescriptor file, root.open_beneath(path.empty() ? "." : path, O_RDONLY | O_DIRECTORY));
  const int number = file.number();
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(number));
  if (!stream) return error_of(errno);
  file.release();

  Directory directory;
  for (;;) {
    errno = 0;
    const dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) break;
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    unsigned char type = entry->d_type;
    if (type == DT_UNKNOWN) {
      struct stat status;
      if (::fstatat(number, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0) type = IFTODT(status.st_mode);
    }
    if (type == DT_LNK)
      directory.add_link(root, path, std::string(name));
    else if (type == DT_REG || type == DT_DIR || name.ends_with(".gz"))
      directory.add(name, type == DT_DIR);
    else  // a FIFO, a device: it may stand where a directory should; named like an object, reading it tells
      directory.troubles_.push_back({std::string(name), Error{Errc::access_denied, "not a regular file"}});
  }
  if (errno != 0) return error_of(errno);

  std::sort(directory.slices_.begin(), directory.slices_.end(),
            [&](Slice a, Slice b) { return directory.name(a) < directory.name(b); });
  std::sort(directory.troubles_.begin(), directory.troubles_.end(),
            [](const Trouble& a, const Trouble& b) { return a.name < b.name; });
  return directory;
}

void Directory::add(std::string_view name, bool is_directory) {
  slices_.push_back({text_.size(), name.size() + is_directory});
  text_ += name;
  if (is_directory) text_ += '/';
}

void Directory::add_link(const Root& root, const std::string& path, const std::string& name) {
  const auto target = root.open_beneath(path + name, O_PATH);
  struct stat status;
  if (!target) {
    troubles_.push_back({name, target.error()});
  } else if (::fstat(target->number(), &status) != 0) {
    troubles_.push_back({name, error_of(errno)});
  } else if (!S_ISDIR(status.st_mode)) {
    add(name, false);
  } else if (auto error = refusal(root, path, status)) {
    troubles_.push_back({name, *std::move(error)});
  } else {
    add(name, true);
  }
}

bool Directory::has(std::string_view wanted) const {
  const auto found = std::lower_bound(slices_.begin(), slices_.end(), wanted,
                                      [this](Slice slice, std::string_view text) { return name(slice) < text; });
  return found != slices_.end() && name(*found) == wanted;
}

void Directory::for_each(bool side_files, const std::function<bool(std::string_view)>& visit) const {
  for (const Slice slice : slices_) {
    std::string_view text = name(slice);
    // A side file without its object is shown: it is foreign, and nothing must hide behind a name.
    if (side_files && text.size() > kSideFile.size() && text.ends_with(kSideFile) &&
        has(text.substr(0, text.size() - kSideFile.size())))
      continue;
    if (!visit(text)) return;
  }
}

}  // namespace trailseal::store
