// What stands in a parsed record, for those who need not know which parser read it.
#pragma once

#include <cstddef>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace trailseal::trail {

// A value of parsed JSON: a view, valid during the visit it was handed to. What is not there is a value too, and has
// nothing in it, so that record["userIdentity"]["arn"].text() needs no checks on the way.
class JsonValue {
 public:
  enum class Kind { absent, null, boolean, number, text, list, object };

  JsonValue() = default;

  Kind kind() const noexcept;
  explicit operator bool() const noexcept { return document_ != nullptr; }  // it is there, be it null
  // Of an object: the member of that name, of several the first.
  JsonValue operator[](std::string_view name) const noexcept;
  std::string_view text() const noexcept;  // of a text; else empty
  std::optional<bool> boolean() const noexcept;
  std::string to_json() const;  // minified; empty: absent

  // The elements of a list, or the values of an object's members, in order; of anything else nothing.
  class Iterator;
  Iterator begin() const noexcept;
  Iterator end() const noexcept;
  std::size_t size() const noexcept;

 private:
  friend struct JsonAccess;
  JsonValue(const void* document, std::size_t index) noexcept : document_(document), index_(index) {}

  const void* document_ = nullptr;  // nullptr: absent
  std::size_t index_ = 0;
};

class JsonValue::Iterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = JsonValue;
  using difference_type = std::ptrdiff_t;
  using pointer = const JsonValue*;
  using reference = JsonValue;

  JsonValue operator*() const noexcept;
  std::string_view name() const noexcept;  // of an object's member; else empty
  Iterator& operator++() noexcept;
  void operator++(int) noexcept { ++*this; }
  bool operator==(const Iterator& other) const noexcept { return index_ == other.index_; }

 private:
  friend class JsonValue;
  const void* document_ = nullptr;
  std::size_t index_ = 0;
  bool named_ = false;
};

}  // namespace trailseal::trail
