// HTML that cannot hold evidence unescaped, by its type.
//
// A page is made of two things: markup of ours, which is a constant of the program, and text, which is escaped. There
// is no way from a std::string to Markup but text(), so nothing that was read can open an element or leave an
// attribute; attributes are always quoted. Text passes base::printable as well: control characters, bidirectional marks
// and other characters that show nothing are written out, so that a page reads as the evidence is.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "trailseal/time.hpp"

namespace trailseal::report::html {

class Literal {
 public:
  consteval Literal(const char* markup) : markup_(markup) {}  // implicit: this is how markup is written
  std::string_view view() const { return markup_; }

 private:
  std::string_view markup_;
};

class Markup {
 public:
  Markup() = default;
  Markup(Literal literal) : html_(literal.view()) {}

  Markup& operator<<(Literal literal) {
    html_ += literal.view();
    return *this;
  }
  Markup& operator<<(const Markup& inner) {
    html_ += inner.html_;
    return *this;
  }
  Markup& text(std::string_view anything);                 // in an element or a quoted attribute
  Markup& code(std::string_view anything);                 // text in <code>
  Markup& number(std::uint64_t number);                    // with separators
  Markup& plain(std::int64_t number);                      // for attributes
  Markup& percent(std::int64_t part, std::int64_t whole);  // "12.3456%", for attributes; 0 to 100
  Markup& time(Time time);                                 // "<time ...>2026-07-01 00:13:52</time>"
  Markup& interval(const Interval& interval);              // "... to ... UTC (3h)"

  bool empty() const { return html_.empty(); }
  std::size_t size() const { return html_.size(); }
  const std::string& html() const& { return html_; }

 private:
  std::string html_;
};

inline Markup text(std::string_view anything) { return std::move(Markup().text(anything)); }

}  // namespace trailseal::report::html
