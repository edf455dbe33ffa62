#include "base/csv.hpp"

#include <algorithm>
#include <array>

#include "base/escape.hpp"

namespace trailseal::base {
namespace {

// OWASP, "CSV Injection"; the full-width forms are what some spreadsheets fold to the plain ones.
constexpr std::array<std::string_view, 10> kFormula = {
    "=", "+", "-", "@", "\t", "\r", "\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell = printable(text);
  if (std::ranges::any_of(kFormula, [&](std::string_view start) { return text.starts_with(start); }))
    cell.insert(0, 1, '\'');
  if (cell.find_first_of(",\"' ") == std::string::npos) return cell;
  if (cell.find('"') == std::string::npos) return '"' + cell + '"';
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace trailseal::base
