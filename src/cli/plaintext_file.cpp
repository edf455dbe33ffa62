#include "cli/plaintext_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

namespace trailseal::cli {
namespace {

namespace fs = std::filesystem;

Error last_error(const std::string& path) {
  const int number = errno;
  return Error{number == EACCES || number == EPERM ? Errc::access_denied : Errc::io,
               fmt::format("{}: {}", path, std::generic_category().message(number))};
}

std::string folder_of(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  return folder.empty() ? "." : folder.string();
}

}  // namespace

Result<PlaintextFile> PlaintextFile::create(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
    return Error{Errc::invalid_argument, path + ": is there, and is no regular file"};
  const int nameless = ::open(folder_of(path).c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (nameless >= 0) return PlaintextFile(path, {}, nameless);
  std::string temporary = path + ".XXXXXX";
  const int named = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (named < 0) return last_error(path);
  return PlaintextFile(path, temporary, named);
}

PlaintextFile::PlaintextFile(PlaintextFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::exchange(other.temporary_, {})),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PlaintextFile::~PlaintextFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> PlaintextFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error(path_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> PlaintextFile::commit() {
  if (::fsync(descriptor_) != 0) return last_error(path_);
  if (temporary_.empty()) {
    // A link cannot replace a file, so the last step is a rename here too.
    temporary_ = fmt::format("{}.{}", path_, ::getpid());
    const std::string nameless = fmt::format("/proc/self/fd/{}", descriptor_);
    if (::linkat(AT_FDCWD, nameless.c_str(), AT_FDCWD, temporary_.c_str(), AT_SYMLINK_FOLLOW) != 0) {
      const Error error = last_error(temporary_);
      temporary_.clear();
      return error;
    }
  }
  if (::close(std::exchange(descriptor_, -1)) != 0) return last_error(path_);
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) return last_error(path_);
  temporary_.clear();
  return {};
}

}  // namespace trailseal::cli
