#include "base/time_zone.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>

namespace trailseal::base {
namespace {

constexpr std::string_view kDatabase = "/usr/share/zoneinfo/";

// Names lead nowhere but into the database.
bool is_zone_name(std::string_view name) {
  return !name.empty() && name.front() != '/' && name.front() != '.' && name.find("..") == std::string_view::npos;
}

}  // namespace

TimeZone TimeZone::local() {
  ::tzset();
  return TimeZone(Kind::local);
}

Result<TimeZone> TimeZone::named(const std::string& name) {
  std::error_code ignored;
  // For a zone that it does not know the C library would silently take UTC.
  if (!is_zone_name(name) || !std::filesystem::is_regular_file(std::string(kDatabase) + name, ignored))
    return Error{Errc::not_found, "no such time zone: " + name};
  ::setenv("TZ", (":" + name).c_str(), 1);
  return local();
}

std::string TimeZone::text(Time time, char between, std::string_view before_offset) const {
  const std::time_t seconds = time.time_since_epoch().count();
  std::tm parts{};
  if (is_utc() || ::localtime_r(&seconds, &parts) == nullptr) {
    std::string text = to_string(time);
    text[text.find('T')] = between;
    if (between == ' ') text.pop_back();
    return text;
  }
  const long minutes = parts.tm_gmtoff / 60;
  return fmt::format("{:04}-{:02}-{:02}{}{:02}:{:02}:{:02}{}{}{:02}:{:02}", parts.tm_year + 1900, parts.tm_mon + 1,
                     parts.tm_mday, between, parts.tm_hour, parts.tm_min, parts.tm_sec, before_offset,
                     minutes < 0 ? '-' : '+', std::abs(minutes) / 60, std::abs(minutes) % 60);
}

std::string TimeZone::iso(Time time) const { return text(time, 'T', ""); }

std::string TimeZone::plain(Time time) const { return text(time, ' ', " "); }

}  // namespace trailseal::base
