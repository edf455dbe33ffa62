// Result<T>: a value or an Error. Our code does not throw; see src/README.md, "Errors".
//
// The member names are those of std::expected (C++23), which GCC 12 has not got in C++20 mode, so that the day the
// compilers have it this file becomes an alias.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace trailseal {

// What went wrong, as far as somebody branches on it. An Error is trouble, never tampering: only the judges in
// src/verify turn one into a finding.
enum class Errc {
  not_found,         // the store says that there is no such object
  access_denied,     // it exists or may exist, and we may not read it
  archived,          // it exists in a storage class that must be restored first
  io,                // the transport failed: connection, disk
  corrupt,           // the bytes are not what their format demands
  unsupported,       // well-formed, but of a kind that this program does not implement
  authentication,    // a tag, an unwrap or a credential was refused
  limit,             // one of our own limits was reached; says nothing about the evidence
  invalid_argument,  // the caller's or the user's mistake
};

// One lower-case word for each Errc, for messages ("not found", "access denied", ...).
const char* to_string(Errc code) noexcept;

struct Error {
  Errc code = Errc::io;
  std::string message;  // lower case, no full stop, no secrets; may carry evidence: escape it before printing

  bool operator==(const Error&) const = default;
};

// Holds a T or an Error; never empty. value() and error() demand that the right one is held (a wrong call is a bug
// and ends the program through std::variant's own exception).
template <class T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const noexcept { return state_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  T& value() & { return std::get<0>(state_); }
  const T& value() const& { return std::get<0>(state_); }
  T&& value() && { return std::get<0>(std::move(state_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  const Error& error() const& { return std::get<1>(state_); }
  Error&& error() && { return std::get<1>(std::move(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const noexcept { return !error_; }
  explicit operator bool() const noexcept { return has_value(); }
  // NOLINTBEGIN(bugprone-unchecked-optional-access): the contract of the class
  const Error& error() const& { return error_.value(); }
  Error&& error() && { return std::move(error_).value(); }
  // NOLINTEND(bugprone-unchecked-optional-access)

 private:
  std::optional<Error> error_;
};

}  // namespace trailseal

// TRY(auto value, expression): value = *expression, or return its Error from the enclosing function.
// TRY_VOID(expression): the same for a Result<void>.
// The only control-flow macros in the code.
#define TRAILSEAL_CONCAT2(a, b) a##b
#define TRAILSEAL_CONCAT(a, b) TRAILSEAL_CONCAT2(a, b)
#define TRY(declaration, ...)                                                                        \
  auto TRAILSEAL_CONCAT(try_, __LINE__) = (__VA_ARGS__);                                             \
  if (!TRAILSEAL_CONCAT(try_, __LINE__)) return std::move(TRAILSEAL_CONCAT(try_, __LINE__)).error(); \
  declaration = std::move(TRAILSEAL_CONCAT(try_, __LINE__)).value()
#define TRY_VOID(...)                                                                           \
  if (auto TRAILSEAL_CONCAT(try_, __LINE__) = (__VA_ARGS__); !TRAILSEAL_CONCAT(try_, __LINE__)) \
  return std::move(TRAILSEAL_CONCAT(try_, __LINE__)).error()
