// Opening files that must stand beneath one directory, whatever symbolic links the evidence brings along.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "trailseal/result.hpp"

namespace trailseal::store {

class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int number) : number_(number) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }

  int number() const { return number_; }
  // The caller closes it from now on.
  int release() { return std::exchange(number_, -1); }

 private:
  int number_ = -1;
};

// What an errno value means for the reader of a mirror.
Error error_of(int error_number);

// How a path is resolved: `kernel` (openat2) follows links that stay beneath; `walk`, for kernels and sandboxes without
// it, follows none.
enum class Resolve { kernel, walk };

class Root {
 public:
  // Errors: not_found, access_denied, invalid_argument (not a directory).
  static Result<Root> open(const std::string& path);
  static Result<Root> open(const std::string& path, Resolve resolve);

  // `flags` as for open(2). `path` is relative, and has neither empty components nor "." nor "..", except that "." is
  // the directory itself and a last "/" is allowed. Never waits for a FIFO's other end. Errors: not_found;
  // access_denied, also for a link that leaves the directory or leads nowhere; invalid_argument; io.
  Result<FileDescriptor> open_beneath(const std::string& path, int flags) const;

  int number() const { return directory_.number(); }

 private:
  Root(FileDescriptor directory, Resolve resolve) : directory_(std::move(directory)), resolve_(resolve) {}

  Result<FileDescriptor> walk(const std::string& path, int flags) const;
  bool leads_nowhere(std::string_view path) const;

  FileDescriptor directory_;
  Resolve resolve_;
};

}  // namespace trailseal::store
