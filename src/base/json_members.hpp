// Reads one JSON object strictly: a name twice, or a value of another type than asked for, is an error that sticks.
// A member that is null is absent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::base {

// The members of an object. What is absent is empty, zero, false or nullopt; ask has() where that matters.
class Members {
 public:
  using Use = std::function<void(const Members&)>;

  bool has(const char* name) const;
  std::string text(const char* name) const;
  std::string key(const char* name) const;  // as it is, or in hexadecimal under NAME_hex
  std::vector<std::string> texts(const char* name) const;
  std::uint64_t number(const char* name) const;
  bool flag(const char* name) const;
  std::optional<Time> time(const char* name) const;
  std::optional<Sha256> sha256(const char* name) const;
  void inside(const char* name, const Use& use) const;  // an object, if it is there
  void each(const char* name, const Use& use) const;    // the objects of a list
  void refuse(const char* name) const;                  // makes the reading fail

 private:
  friend Result<void> read_members(std::string_view text, std::size_t limit, const Use& use);
  struct Reading;
  Members(Reading& reading, const void* object) : reading_(reading), object_(object) {}
  const void* find(const char* name) const;

  Reading& reading_;
  const void* object_;
};

// Errors: corrupt (no such object, or nested too deep), limit (more than `limit` bytes).
Result<void> read_members(std::string_view text, std::size_t limit, const Members::Use& use);

}  // namespace trailseal::base
