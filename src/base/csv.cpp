#include "base/csv.hpp"

#include <algorithm>

#include "base/escape.hpp"

namespace trailseal::base {
namespace {

// OWASP, "CSV Injection"; the full-width forms are what some spreadsheets fold to the plain ones.
bool begins_formula(std::string_view text) {
  constexpr std::string_view kPlain = "=+-@\t\r";
  constexpr std::string_view kWide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  if (text.empty()) return false;
  if (text.front() != kWide[0].front()) return kPlain.find(text.front()) != std::string_view::npos;
  return std::ranges::any_of(kWide, [&](std::string_view start) { return text.starts_with(start); });
}

bool needs_quotes(std::string_view cell) {
  return std::ranges::any_of(cell, [](char c) { return c == ',' || c == '"' || c == '\'' || c == ' '; });
}

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell = printable(text);
  if (begins_formula(text)) cell.insert(0, 1, '\'');
  if (!needs_quotes(cell)) return cell;
  if (cell.find('"') == std::string::npos) return '"' + cell + '"';
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace trailseal::base
