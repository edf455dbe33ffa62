#include "store/beneath.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

namespace trailseal::store {
namespace {

// Neither waiting, nor a controlling terminal, nor a descriptor for child processes.
constexpr int kAlways = O_CLOEXEC | O_NONBLOCK | O_NOCTTY;

int open_at(int directory, const char* path, int flags) {
  int number;
  do number = ::openat(directory, path, flags | O_CLOEXEC);
  while (number < 0 && errno == EINTR);
  return number;
}

int open_by_kernel(int directory, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed while the kernel resolved a "..", so that it could not be sure.
  for (int attempt = 0;; ++attempt) {
    const long number = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (number >= 0 || (errno != EINTR && (errno != EAGAIN || attempt >= 8))) return static_cast<int>(number);
  }
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) ::close(number_);
}

Error error_of(int error_number) {
  switch (error_number) {
    case ENOENT:
    case ENOTDIR: return {Errc::not_found, "no such file"};
    case EACCES:
    case EPERM: return {Errc::access_denied, "permission denied"};
    case EXDEV: return {Errc::access_denied, "symbolic link leaves the mirror"};
    case ELOOP: return {Errc::access_denied, "too many symbolic links, or links in a circle"};
    case ENXIO:
    case ENODEV: return {Errc::access_denied, "not a regular file"};
    case ENAMETOOLONG: return {Errc::invalid_argument, "the name is too long for a file"};
    case EMFILE:
    case ENFILE: return {Errc::io, "too many open files"};
    case EIO: return {Errc::io, "input/output error of the disk"};
    default: return {Errc::io, fmt::format("system error {}", error_number)};
  }
}

Result<Root> Root::open(const std::string& path) {
  TRY(Root root, open(path, Resolve::kernel));
  const FileDescriptor probe(open_by_kernel(root.number(), ".", O_PATH));
  if (probe.number() < 0) root.resolve_ = Resolve::walk;  // ENOSYS before Linux 5.6, EPERM in some sandboxes
  return root;
}

Result<Root> Root::open(const std::string& path, Resolve resolve) {
  if (path.find('\0') != std::string::npos) return Error{Errc::invalid_argument, "the path contains a zero byte"};
  FileDescriptor directory(open_at(AT_FDCWD, path.c_str(), O_PATH | O_DIRECTORY));
  if (directory.number() < 0) {
    if (errno == ENOTDIR) return Error{Errc::invalid_argument, "not a directory"};
    return errno == ENOENT ? Error{Errc::not_found, "no such directory"} : error_of(errno);
  }
  return Root(std::move(directory), resolve);
}

Result<FileDescriptor> Root::open_beneath(const std::string& path, int flags) const {
  if ((flags & O_PATH) == 0) flags |= kAlways;  // openat2 refuses the pair
  if (resolve_ == Resolve::walk) return walk(path, flags);
  FileDescriptor file(open_by_kernel(number(), path.c_str(), flags));
  if (file.number() >= 0) return file;
  const int error_number = errno;
  if (error_number == ENOENT && leads_nowhere(path)) return Error{Errc::access_denied, "symbolic link leads nowhere"};
  return error_of(error_number);
}

Result<FileDescriptor> Root::walk(const std::string& path, int flags) const {
  std::string_view rest = path;
  FileDescriptor parent;
  for (;;) {
    const int here = parent.number() >= 0 ? parent.number() : number();
    const std::size_t slash = rest.find('/');
    const bool last = slash == std::string_view::npos || slash + 1 == rest.size();
    const std::string name(rest.substr(0, slash));
    FileDescriptor next(open_at(here, name.c_str(), O_NOFOLLOW | (last ? flags : O_PATH | O_DIRECTORY)));
    // O_PATH opens a link itself, and O_DIRECTORY calls it no directory.
    struct stat status;
    const bool unclear = next.number() >= 0 ? last && (flags & O_PATH) != 0 : errno == ENOTDIR || errno == ELOOP;
    const int error_number = next.number() >= 0 ? 0 : errno;
    if (unclear && ::fstatat(here, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode))
      return Error{Errc::access_denied, "symbolic link: this system has no openat2, so that links are not followed"};
    if (next.number() < 0) return error_of(error_number);
    if (last) return next;
    parent = std::move(next);
    rest.remove_prefix(slash + 1);
  }
}

// After ENOENT: is a link to blame? What a link leads to may exist in the bucket, so the object cannot be called
// missing.
bool Root::leads_nowhere(std::string_view path) const {
  while (!path.empty()) {
    const std::string part(path.ends_with('/') ? path.substr(0, path.size() - 1) : path);
    struct stat status;
    if (::fstatat(number(), part.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0)
      return S_ISLNK(status.st_mode) && ::fstatat(number(), part.c_str(), &status, 0) != 0;
    const std::size_t slash = part.rfind('/');
    path = slash == std::string::npos ? std::string_view() : path.substr(0, slash);
  }
  return false;
}

}  // namespace trailseal::store
