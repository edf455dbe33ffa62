#include "cli/report_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

#include "base/escape.hpp"
#include "cli/command.hpp"

namespace trailseal::cli {
namespace {

Error last_error(const std::string& path) {
  return {Errc::io, fmt::format("{}: {}", path, std::generic_category().message(errno))};
}

UsageError unknown_report(const std::string& name) {
  std::vector<std::string_view> names;
  std::string list;
  for (const report::Format& format : report::formats()) {
    names.push_back(format.name);
    list += (list.empty() ? "" : ", ") + std::string(format.name);
  }
  const auto meant = suggest(name, names);
  return {"unknown report '" + base::printable(name) + "'",
          meant ? "did you mean '" + *meant + "'?" : "there are: " + list};
}

}  // namespace

std::optional<UsageError> read_reports(const std::vector<std::string>& values, std::vector<ReportWish>& wishes) {
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    const std::string name = value.substr(0, equals);
    const std::string path = equals == std::string::npos ? "" : value.substr(equals + 1);
    const report::Format* format = report::find_format(name);
    if (format == nullptr) return unknown_report(name);
    if (equals != std::string::npos && path.empty()) return UsageError{"no file behind '" + value + "'", ""};
    if (std::ranges::find(wishes, path, &ReportWish::path) != wishes.end()) {
      return path.empty() ? UsageError{"two reports for standard output", "give one a file: --report NAME=FILE"}
                          : UsageError{"two reports for one file: '" + base::printable(path) + "'", ""};
    }
    wishes.push_back({format, path});
  }
  if (wishes.empty()) wishes.push_back({report::find_format("text"), ""});
  return std::nullopt;
}

Result<ReportFile> ReportFile::create(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
    return Error{Errc::invalid_argument, path + ": is a directory"};
  }
  if (::stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (descriptor < 0) return last_error(path);
    return ReportFile(path, "", descriptor);
  }
  // A file that may not be written must not be replaced either, though its folder would allow it.
  if (::access(path.c_str(), W_OK) != 0 && errno != ENOENT) return last_error(path);
  std::string temporary = path + ".XXXXXX";
  const int descriptor = ::mkostemp(temporary.data(), O_CLOEXEC);
  if (descriptor < 0) return last_error(path);
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor, 0666 & ~mask);
  return ReportFile(path, temporary, descriptor);
}

ReportFile::ReportFile(ReportFile&& other) noexcept
    : path_(std::move(other.path_)), temporary_(std::move(other.temporary_)), descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
  other.temporary_.clear();
}

ReportFile::~ReportFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
  if (!temporary_.empty()) ::unlink(temporary_.c_str());
}

Result<void> ReportFile::commit(std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor_, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return last_error(path_);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  const int closed = ::close(descriptor_);
  descriptor_ = -1;
  if (closed != 0) return last_error(path_);
  if (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0) return last_error(path_);
  temporary_.clear();
  return {};
}

}  // namespace trailseal::cli
