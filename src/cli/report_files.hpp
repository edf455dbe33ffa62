// Where reports go: standard output, or files that appear whole or not at all.
#pragma once

#include <string>
#include <vector>

#include "cli/flags.hpp"
#include "trailseal/report.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

// One --report NAME[=FILE].
struct ReportWish {
  const report::Format* format = nullptr;
  std::string path;  // empty: standard output, which "-" and "/dev/stdout" name as well
};

// Do both names lead to the same file, as far as links tell?
bool same_file(const std::string& a, const std::string& b);

// Reads the values of --report; none at all means text on standard output.
std::optional<UsageError> read_reports(const std::vector<std::string>& values, std::vector<ReportWish>& wishes);

// A report's file. It is written under a temporary name beside `path` and takes its place when it is complete; a link
// stays, and what it leads to is replaced. What is no name of a regular file (/dev/stderr, a FIFO) is written directly.
// Without commit() nothing is left behind.
class ReportFile {
 public:
  static Result<ReportFile> create(const std::string& path);
  ~ReportFile();
  ReportFile(ReportFile&& other) noexcept;
  ReportFile& operator=(ReportFile&&) = delete;

  // It takes the place of a regular file; false: what is no name of one (/dev/stderr, a FIFO). Before commit().
  bool regular() const { return descriptor_ < 0; }

  Result<void> commit(std::string_view content);

 private:
  ReportFile(std::string path, int descriptor) : path_(std::move(path)), descriptor_(descriptor) {}
  Result<void> open_temporary();

  std::string path_;
  std::string temporary_;  // while it is being written; empty for what is written directly
  int descriptor_;         // -1: not open
};

}  // namespace trailseal::cli
