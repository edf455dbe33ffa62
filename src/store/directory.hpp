// One directory of a mirror, as S3 would list it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "store/beneath.hpp"
#include "trailseal/result.hpp"

namespace trailseal::store {

class Directory {
 public:
  struct Trouble {
    std::string name;
    Error error;
  };

  // `path` is relative to the root: empty, or ending in "/". Errors: those of Root::open_beneath.
  static Result<Directory> read(const Root& root, const std::string& path);

  // The names in the byte order of S3 keys, without the side files of present objects if there are side files; the name
  // of a directory ends in "/". Everything that is no directory counts as an object, FIFOs and sockets too: reading one
  // tells.
  void for_each(bool side_files, const std::function<bool(std::string_view name)>& visit) const;  // false ends it

  // Links that could not be followed, in byte order.
  const std::vector<Trouble>& troubles() const { return troubles_; }

 private:
  struct Slice {
    std::size_t begin, size;
  };

  void add(std::string_view name, bool is_directory);
  void add_link(const Root& root, const std::string& path, const std::string& name);
  std::string_view name(Slice slice) const { return std::string_view(text_).substr(slice.begin, slice.size); }
  bool has(std::string_view name) const;

  std::string text_;  // all names in one piece: a directory may hold a million
  std::vector<Slice> slices_;
  std::vector<Trouble> troubles_;
};

}  // namespace trailseal::store
