#include "base/escape.hpp"

#include <algorithm>
#include <cstdlib>
#include <string>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

namespace {
std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

void check(const std::string& printed) {
  if (base::to_utf8(printed) != printed) std::abort();
  for (const char c : printed)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) std::abort();
  // Nothing is left to escape but the backslashes that stand there now.
  const auto backslashes = static_cast<std::size_t>(std::count(printed.begin(), printed.end(), '\\'));
  if (base::printable(printed).size() != printed.size() + backslashes) std::abort();
}
}  // namespace

void fuzz(ByteView input) {
  const auto text = as_text(input);
  const std::string printed = base::printable(text);
  check(printed);
  for (const std::size_t width : {0, 8, 9, 20, 80}) {
    const std::string cut = base::printable(text, width);
    check(cut);
    if (characters(cut) > std::max<std::size_t>(width, 8)) std::abort();
    if (cut.find("...") == std::string::npos && cut != printed) std::abort();
  }
  for (const std::size_t width : {8, 20})
    if (base::columns_of(base::cut(printed, width)) > width) std::abort();
  for (const char c : base::json_text(text))
    if (c < 0x20 || c >= 0x7F) std::abort();
  const std::string utf8 = base::to_utf8(text);
  if (base::to_utf8(utf8) != utf8) std::abort();
}
