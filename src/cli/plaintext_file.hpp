// The file for what an envelope held: nothing of it has a name before all of it has passed.
#pragma once

#include <string>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

// Written without a name in the folder of `path` where the file system can do that, else under a temporary one,
// readable for the user alone. commit() gives it its name, in place of a file that was there. Without commit() nothing
// is left.
class PlaintextFile {
 public:
  // Errors: those of the file system; invalid_argument if `path` is something else than a regular file.
  static Result<PlaintextFile> create(const std::string& path);
  ~PlaintextFile();
  PlaintextFile(PlaintextFile&& other) noexcept;
  PlaintextFile& operator=(PlaintextFile&&) = delete;

  Result<void> write(ByteView bytes);
  Result<void> commit();

 private:
  PlaintextFile(std::string path, std::string temporary, int descriptor)
      : path_(std::move(path)), temporary_(std::move(temporary)), descriptor_(descriptor) {}

  std::string path_;
  std::string temporary_;  // empty while it has no name
  int descriptor_;
};

}  // namespace trailseal::cli
