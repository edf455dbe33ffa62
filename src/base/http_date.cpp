#include "base/http_date.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace trailseal::base {

Result<Time> parse_http_date(std::string_view text) {
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const Error fault{Errc::corrupt, "not a date of HTTP"};
  if (text.size() != 29 || text.substr(3, 2) != ", " || text[7] != ' ' || text[11] != ' ' || text[16] != ' ' ||
      text.substr(25) != " GMT")
    return fault;
  const auto month = std::ranges::find(kMonths, text.substr(8, 3));
  if (month == kMonths.end()) return fault;
  const auto number = static_cast<int>(month - kMonths.begin()) + 1;
  // The rest of the form, and whether there is such a day, is parse_iso_utc's to say.
  std::string iso(text.substr(12, 4));
  iso += number < 10 ? "-0" : "-";
  iso += std::to_string(number) + "-";
  iso.append(text.substr(5, 2)).append("T").append(text.substr(17, 8)).append("Z");
  auto time = parse_iso_utc(iso);
  return time ? std::move(time) : fault;
}

}  // namespace trailseal::base
