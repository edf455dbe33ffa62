#include "cli/report_files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/escape.hpp"
#include "cli/command.hpp"

namespace trailseal::cli {
namespace {

Error last_error(const std::string& path) {
  return {Errc::io, fmt::format("{}: {}", path, std::generic_category().message(errno))};
}

// Where a report really goes: the end of a chain of links, which need not exist yet.
struct Target {
  std::string path;
  bool open_file = false;  // reached through /proc, as /dev/stderr is: an open file, not a name that may be replaced
};

Target follow_links(const std::string& path) {
  namespace fs = std::filesystem;
  constexpr int kMostLinks = 40;  // as Linux follows
  std::error_code problem;
  fs::path at = path;
  for (int links = 0; links < kMostLinks; ++links) {
    const fs::path folder = fs::canonical(at.has_parent_path() ? at.parent_path() : ".", problem);
    if (problem) break;
    at = folder / at.filename();
    const fs::path next = fs::read_symlink(at, problem);
    if (problem) break;
    if (at.native().starts_with("/proc/")) return {path, true};
    at = next.is_absolute() ? next : folder / next;
  }
  return {at.string()};
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

bool same_file(const std::string& a, const std::string& b) { return follow_links(a).path == follow_links(b).path; }

std::optional<UsageError> read_reports(const std::vector<std::string>& values, std::vector<ReportWish>& wishes) {
  for (const std::string& value : values) {
    const std::size_t equals = value.find('=');
    const std::string name = value.substr(0, equals);
    std::string path = equals == std::string::npos ? "" : value.substr(equals + 1);
    const report::Format* format = report::find_format(name);
    if (format == nullptr) return unknown_report(name);
    if (equals != std::string::npos && path.empty()) return UsageError{"no file behind '" + value + "'", ""};
    if (path == "-" || path == "/dev/stdout") path.clear();
    const auto same = [&path](const ReportWish& wish) {
      return wish.path.empty() || path.empty() ? wish.path == path : same_file(wish.path, path);
    };
    if (std::ranges::any_of(wishes, same)) {
      return path.empty() ? UsageError{"two reports for standard output", "give one a file: --report NAME=FILE"}
                          : UsageError{"two reports for one file: '" + base::printable(path) + "'", ""};
    }
    wishes.push_back({format, path});
  }
  if (wishes.empty()) wishes.push_back({report::find_format("text"), ""});
  return std::nullopt;
}

Result<ReportFile> ReportFile::create(const std::string& wished) {
  const auto [path, open_file] = follow_links(wished);
  struct stat status {};
  const bool exists = ::stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) return Error{Errc::invalid_argument, wished + ": is a directory"};
  if (exists && (open_file || !S_ISREG(status.st_mode))) {
    const int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    if (descriptor < 0) return last_error(wished);
    return ReportFile(wished, descriptor);
  }
  // A file that may not be written must not be replaced either, though its folder would allow it.
  if (::access(path.c_str(), W_OK) != 0 && errno != ENOENT) return last_error(wished);
  // Only tried: whoever ends the program by force in the middle of the run finds nothing left over.
  ReportFile file(path, -1);
  TRY_VOID(file.open_temporary());
  ::close(std::exchange(file.descriptor_, -1));
  ::unlink(std::exchange(file.temporary_, {}).c_str());
  return file;
}

Result<void> ReportFile::open_temporary() {
  temporary_ = path_ + ".XXXXXX";
  descriptor_ = ::mkostemp(temporary_.data(), O_CLOEXEC);
  if (descriptor_ < 0) {
    temporary_.clear();
    return last_error(path_);
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  ::fchmod(descriptor_, 0666 & ~mask);
  return {};
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
  if (descriptor_ < 0) TRY_VOID(open_temporary());
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
