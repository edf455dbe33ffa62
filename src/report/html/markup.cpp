#include "report/html/markup.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/escape.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {

Markup& Markup::text(std::string_view anything) {
  // As the JSON report has it: U+FFFD for what is no UTF-8.
  for (const char c : base::printable(base::to_utf8(anything))) {
    switch (c) {
      case '&': html_ += "&amp;"; break;
      case '<': html_ += "&lt;"; break;
      case '>': html_ += "&gt;"; break;
      case '"': html_ += "&quot;"; break;
      case '\'': html_ += "&#39;"; break;
      default: html_ += c;
    }
  }
  return *this;
}

Markup& Markup::code(std::string_view anything) { return (*this << "<code>").text(anything) << "</code>"; }

Markup& Markup::number(std::uint64_t number) {
  html_ += thousands(number);
  return *this;
}

Markup& Markup::plain(std::int64_t number) {
  html_ += std::to_string(number);
  return *this;
}

Markup& Markup::percent(std::int64_t part, std::int64_t whole) {
  // In integers, so that no locale and no rounding of a library has a say.
  whole = std::max<std::int64_t>(whole, 1);
  const std::int64_t parts = (std::clamp<std::int64_t>(part, 0, whole) * 1'000'000 + whole / 2) / whole;
  fmt::format_to(std::back_inserter(html_), "{}.{:04}%", parts / 10'000, parts % 10'000);
  return *this;
}

Markup& Markup::time(Time time) {
  html_ += "<time datetime=\"" + to_string(time) + "\">" + readable(time) + "</time>";
  return *this;
}

Markup& Markup::interval(const Interval& interval) {
  html_ += readable(interval);
  return *this;
}

}  // namespace trailseal::report::html
