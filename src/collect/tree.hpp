// Writing beneath one directory. A file appears whole and synchronized or not at all, nothing that stands there is ever
// overwritten unless it is said to be ours, and no symbolic link on the way is followed.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "store/beneath.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::collect {

enum class Placed {
  written,  // it was not there
  same,     // it was there, with these bytes
  taken,    // something else is there, or stands in the way
};

class Tree {
 public:
  // Makes the directory if it is not there (its parent must be). Errors: not_found, access_denied, invalid_argument,
  // io.
  static Result<Tree> open(const std::string& path);

  // `path` has plain components only. Thread-safe. Errors: access_denied, io (a full disk, too).
  Result<Placed> place(const std::string& path, ByteView bytes) const;

  // A file that is ours: the old one, if there is one, becomes `keep_as` (unless empty).
  Result<void> replace(const std::string& path, const std::function<Result<void>(int descriptor)>& write,
                       const std::string& keep_as) const;

  // Gives a file another name, if it is there; nothing is overwritten.
  Result<void> move(const std::string& from, const std::string& to) const;

  // Opens it with these flags for open(2), making the directories above it. Never follows a link.
  Result<store::FileDescriptor> open_file(const std::string& path, int flags) const;

  // The size of a regular file, without following links. Errors: not_found, and those of the system.
  Result<std::uint64_t> size_of(const std::string& path) const;
  Result<void> remove(const std::string& path) const;
  // What a run that was ended by force left half written, and the directory of such files.
  Result<void> clear_temporary() const;
  bool is_empty() const;
  Result<void> sync() const;  // all that was written is on the disk

  int number() const { return directory_.number(); }

 private:
  explicit Tree(store::FileDescriptor directory) : directory_(std::move(directory)) {}
  Result<store::FileDescriptor> parent_of(const std::string& path, bool make) const;

  store::FileDescriptor directory_;
};

Result<void> write_all(int descriptor, std::string_view text);

// Collects small writes.
class Writer {
 public:
  explicit Writer(int descriptor) : descriptor_(descriptor) {}
  void add(std::string_view text);  // an Error is kept and told by finish()
  Result<void> finish();

 private:
  int descriptor_;
  std::string waiting_;
  Result<void> state_;
};

}  // namespace trailseal::collect
