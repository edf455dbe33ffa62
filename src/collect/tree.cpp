#include "collect/tree.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "collect/paths.hpp"

namespace trailseal::collect {
namespace {

using store::FileDescriptor;

constexpr mode_t kFileMode = 0666, kFolderMode = 0777;  // as the umask allows

Error error_of(int number) {
  if (number == ENOSPC || number == EDQUOT) return {Errc::io, "no space left on the disk"};
  if (number == EROFS) return {Errc::access_denied, "the file system is read only"};
  return store::error_of(number);
}

// Errors that mean: something of another kind stands where a directory or a file should.
bool is_in_the_way(int number) {
  return number == ENOTDIR || number == ELOOP || number == EISDIR || number == EEXIST || number == ENAMETOOLONG;
}

FileDescriptor open_at(int directory, const std::string& name, int flags) {
  return FileDescriptor(::openat(directory, name.c_str(), flags | O_NOFOLLOW | O_CLOEXEC | O_NOCTTY, kFileMode));
}

std::string last_component(const std::string& path) { return path.substr(path.rfind('/') + 1); }

// Does the open file hold exactly these bytes?
Result<bool> holds(int file, ByteView bytes) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return error_of(errno);
  if (!S_ISREG(status.st_mode) || static_cast<std::uint64_t>(status.st_size) != bytes.size()) return false;
  std::vector<char> piece(1u << 16);
  std::size_t at = 0;
  for (;;) {
    const ssize_t got = ::read(file, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return error_of(errno);
    if (got == 0) return at == bytes.size();
    const auto size = static_cast<std::size_t>(got);
    if (size > bytes.size() - at || std::memcmp(piece.data(), bytes.data() + at, size) != 0) return false;
    at += size;
  }
}

// Renames unless something has that name already: 0, or what errno says. Where the file system cannot, a link does.
int rename_new(int from_folder, const std::string& from, int to_folder, const std::string& to) {
  if (::renameat2(from_folder, from.c_str(), to_folder, to.c_str(), RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (::linkat(from_folder, from.c_str(), to_folder, to.c_str(), 0) != 0) return errno;
  ::unlinkat(from_folder, from.c_str(), 0);
  return 0;
}

std::string temporary_name() {
  static std::atomic<std::uint64_t> counter{0};
  return fmt::format("{}/{}-{}", kTemporary, ::getpid(), ++counter);
}

}  // namespace

Result<Tree> Tree::open(const std::string& path) {
  if (path.find('\0') != std::string::npos) return Error{Errc::invalid_argument, "the path contains a zero byte"};
  if (::mkdir(path.c_str(), kFolderMode) != 0 && errno != EEXIST)
    return errno == ENOENT ? Error{Errc::not_found, "the directory above it is not there"} : error_of(errno);
  // The operator names the directory, so that a link to one is followed here.
  FileDescriptor directory(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.number() < 0)
    return errno == ENOTDIR ? Error{Errc::invalid_argument, "not a directory"} : error_of(errno);
  return Tree(std::move(directory));
}

Result<FileDescriptor> Tree::parent_of(const std::string& path, bool make) const {
  FileDescriptor here(::fcntl(number(), F_DUPFD_CLOEXEC, 0));
  if (here.number() < 0) return error_of(errno);
  for (std::size_t begin = 0;;) {
    const auto slash = path.find('/', begin);
    if (slash == std::string::npos) return here;
    const std::string name = path.substr(begin, slash - begin);
    FileDescriptor next = open_at(here.number(), name, O_RDONLY | O_DIRECTORY);
    if (next.number() < 0 && errno == ENOENT && make) {
      if (::mkdirat(here.number(), name.c_str(), kFolderMode) != 0 && errno != EEXIST) return error_of(errno);
      next = open_at(here.number(), name, O_RDONLY | O_DIRECTORY);
    }
    if (next.number() < 0) {
      if (is_in_the_way(errno)) return Error{Errc::invalid_argument, "a file stands where a directory should"};
      return error_of(errno);
    }
    here = std::move(next);
    begin = slash + 1;
  }
}

Result<FileDescriptor> Tree::open_file(const std::string& path, int flags) const {
  TRY(const FileDescriptor parent, parent_of(path, (flags & O_CREAT) != 0));
  FileDescriptor file = open_at(parent.number(), last_component(path), flags);
  if (file.number() < 0) return error_of(errno);
  return file;
}

Result<Placed> Tree::place(const std::string& path, ByteView bytes) const {
  auto parent = parent_of(path, true);
  if (!parent) {
    if (parent.error().code == Errc::invalid_argument) return Placed::taken;
    return std::move(parent).error();
  }
  const std::string name = last_component(path);
  const FileDescriptor there = open_at(parent->number(), name, O_RDONLY | O_NONBLOCK);
  if (there.number() >= 0) {
    TRY(const bool same, holds(there.number(), bytes));
    return same ? Placed::same : Placed::taken;
  }
  if (errno != ENOENT) return is_in_the_way(errno) ? Result<Placed>(Placed::taken) : Result<Placed>(error_of(errno));

  const std::string temporary = temporary_name();
  {
    TRY(const FileDescriptor file, open_file(temporary, O_WRONLY | O_CREAT | O_EXCL));
    auto written = write_all(file.number(), as_text(bytes));
    if (written && ::fsync(file.number()) != 0) written = error_of(errno);
    if (!written) {
      (void)remove(temporary);
      return std::move(written).error();
    }
  }
  const int problem = rename_new(number(), temporary, parent->number(), name);
  if (problem == 0) return Placed::written;
  (void)remove(temporary);
  if (is_in_the_way(problem)) return Placed::taken;
  return error_of(problem);
}

Result<void> Tree::move(const std::string& from, const std::string& to) const {
  TRY(const FileDescriptor old, parent_of(from, true));
  TRY(const FileDescriptor parent, parent_of(to, true));
  const int problem = rename_new(old.number(), last_component(from), parent.number(), last_component(to));
  if (problem != 0 && problem != ENOENT) return error_of(problem);
  return {};
}

Result<void> Tree::replace(const std::string& path, const std::function<Result<void>(int)>& write,
                           const std::string& keep_as) const {
  const std::string temporary = temporary_name();
  {
    TRY(const FileDescriptor file, open_file(temporary, O_WRONLY | O_CREAT | O_EXCL));
    TRY_VOID(write(file.number()));
    if (::fsync(file.number()) != 0) return error_of(errno);
  }
  if (!keep_as.empty()) TRY_VOID(move(path, keep_as));
  TRY(const FileDescriptor parent, parent_of(path, true));
  if (::renameat(number(), temporary.c_str(), parent.number(), last_component(path).c_str()) != 0)
    return error_of(errno);
  if (::fsync(parent.number()) != 0) return error_of(errno);
  return {};
}

Result<std::uint64_t> Tree::size_of(const std::string& path) const {
  TRY(const FileDescriptor parent, parent_of(path, false));
  struct stat status {};
  if (::fstatat(parent.number(), last_component(path).c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return error_of(errno);
  if (!S_ISREG(status.st_mode)) return Error{Errc::invalid_argument, "not a regular file"};
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> Tree::remove(const std::string& path) const {
  TRY(const FileDescriptor parent, parent_of(path, false));
  if (::unlinkat(parent.number(), last_component(path).c_str(), 0) != 0 && errno != ENOENT) return error_of(errno);
  return {};
}

Result<void> Tree::clear_temporary() const {
  auto folder = open_file(std::string(kTemporary), O_RDONLY | O_DIRECTORY);
  if (!folder) return folder.error().code == Errc::not_found ? Result<void>() : std::move(folder).error();
  const int number = folder->number();
  DIR* const stream = ::fdopendir(folder->release());
  if (stream == nullptr) return error_of(errno);
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") ::unlinkat(number, entry->d_name, 0);
  }
  ::closedir(stream);
  ::unlinkat(this->number(), std::string(kTemporary).c_str(), AT_REMOVEDIR);
  return {};
}

bool Tree::is_empty() const {
  DIR* const stream = ::fdopendir(::openat(number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (stream == nullptr) return false;
  bool empty = true;
  while (const dirent* entry = ::readdir(stream)) {
    const std::string_view name = entry->d_name;
    if (name != "." && name != ".." && name != "lost+found") empty = false;
  }
  ::closedir(stream);
  return empty;
}

Result<void> Tree::sync() const {
  if (::syncfs(number()) != 0) return error_of(errno);
  return {};
}

Result<void> write_all(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return error_of(errno);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

void Writer::add(std::string_view text) {
  waiting_ += text;
  if (waiting_.size() < (1u << 18) || !state_) return;
  state_ = write_all(descriptor_, waiting_);
  waiting_.clear();
}

Result<void> Writer::finish() {
  if (state_) state_ = write_all(descriptor_, waiting_);
  waiting_.clear();
  return std::move(state_);
}

}  // namespace trailseal::collect
