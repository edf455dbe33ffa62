#include "base/csv.hpp"

#include <algorithm>

#include "base/escape.hpp"

namespace trailseal::base {
namespace {

// OWASP, "CSV Injection"; the full-width forms are what some spreadsheets fold to the plain ones.
bool begins_formula(std::string_view text) {
  constexpr std::string_view kPlain = "=+-@";
  constexpr std::string_view kWide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
  if (text.empty()) return false;
  if (text.front() != kWide[0].front()) return kPlain.find(text.front()) != std::string_view::npos;
  return std::ranges::any_of(kWide, [&](std::string_view start) { return text.starts_with(start); });
}

// A spreadsheet that parts cells at semicolons does not see the quotes in the midst of what it takes for a cell: there
// a formula may begin behind any of them, and behind the spaces and quotes that follow.
std::string without_formulas(std::string_view text) {
  std::string out;
  bool cell_begins = true;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (cell_begins && begins_formula(text.substr(i))) out += '\'';
    cell_begins = c == ';' || c == ',' || (cell_begins && (c == ' ' || c == '"'));
    out += c;
  }
  return out;
}

bool needs_quotes(std::string_view cell) { return cell.find_first_of(",;\"' ") != std::string_view::npos; }

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell = without_formulas(printable(text));
  if (text.starts_with('\t') || text.starts_with('\r')) cell.insert(0, 1, '\'');
  if (!needs_quotes(cell)) return cell;
  if (cell.find('"') == std::string::npos) return '"' + cell + '"';
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

}  // namespace trailseal::base
