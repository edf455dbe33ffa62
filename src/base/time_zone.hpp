// Times as a person reads them: UTC, the local time, or that of a named zone.
#pragma once

#include <string>
#include <string_view>

#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::base {

class TimeZone {
 public:
  static TimeZone utc() { return TimeZone(Kind::utc); }
  // The zone of the system, or of the environment variable TZ.
  static TimeZone local();
  // A zone of the tz database: "Europe/Berlin". There is one such zone in a program, and local() is then that one.
  // Errors: not_found.
  static Result<TimeZone> named(const std::string& name);

  bool is_utc() const { return kind_ == Kind::utc; }
  std::string iso(Time time) const;    // "2026-07-01T02:13:04Z", "2026-07-01T04:13:04+02:00"
  std::string plain(Time time) const;  // "2026-07-01 02:13:04", "2026-07-01 04:13:04 +02:00"

 private:
  enum class Kind { utc, local };
  explicit TimeZone(Kind kind) : kind_(kind) {}
  std::string text(Time time, char between, std::string_view before_offset) const;

  Kind kind_;
};

}  // namespace trailseal::base
