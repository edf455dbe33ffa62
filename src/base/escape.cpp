// What a person sees must be what the evidence holds.
//
// UTF-8 is read as Unicode chapter 3.9 (table 3-7) defines it: no overlong forms, no surrogates, nothing above
// U+10FFFF. Beyond that, characters are escaped that show nothing or change how others are shown: the bidirectional
// controls behind CVE-2021-42574 ("Trojan Source"), zero-width characters, fillers, and tags.
#include "base/escape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace trailseal::base {
namespace {

struct Decoded {
  char32_t code;
  std::size_t length;  // if invalid: of the longest prefix that could have begun a character, at least 1
  bool valid;
};

unsigned byte_at(std::string_view text, std::size_t i) { return static_cast<unsigned char>(text[i]); }

// The first character of a text that is not empty.
Decoded decode(std::string_view text) {
  const unsigned first = byte_at(text, 0);
  if (first < 0x80) return {first, 1, true};
  if (first < 0xC2 || first > 0xF4) return {0, 1, false};
  const std::size_t length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  char32_t code = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    // The second byte rules out what is overlong, a surrogate, or too large.
    unsigned low = 0x80, high = 0xBF;
    if (i == 1) {
      if (first == 0xE0) low = 0xA0;
      if (first == 0xED) high = 0x9F;
      if (first == 0xF0) low = 0x90;
      if (first == 0xF4) high = 0x8F;
    }
    if (i >= text.size() || byte_at(text, i) < low || byte_at(text, i) > high) return {0, i, false};
    code = code << 6 | (byte_at(text, i) & 0x3F);
  }
  return {code, length, true};
}

struct Range {
  char32_t first, last;
};

// In rising order. C0 and DEL are handled as single bytes.
constexpr Range kEscaped[] = {
    {0x80, 0x9F},        // C1: U+009B begins a terminal's control sequences
    {0xAD, 0xAD},        // soft hyphen
    {0x34F, 0x34F},      // combining grapheme joiner
    {0x61C, 0x61C},      // Arabic letter mark
    {0x115F, 0x1160},    // Hangul fillers
    {0x17B4, 0x17B5},    // Khmer inherent vowels
    {0x180B, 0x180F},    // Mongolian variation selectors and vowel separator
    {0x200B, 0x200F},    // zero-width space, joiners, direction marks
    {0x2028, 0x202E},    // line and paragraph separator, embeddings and overrides
    {0x2060, 0x206F},    // word joiner, invisible operators, isolates
    {0x3164, 0x3164},    // Hangul filler
    {0xFEFF, 0xFEFF},    // byte order mark
    {0xFFA0, 0xFFA0},    // half-width Hangul filler
    {0xFFF0, 0xFFFB},    // interlinear annotation
    {0x1D173, 0x1D17A},  // musical formatting
    {0xE0000, 0xE0FFF},  // tags, supplementary variation selectors
};

bool is_escaped(char32_t code) {
  const auto* range = std::lower_bound(std::begin(kEscaped), std::end(kEscaped), code,
                                       [](const Range& r, char32_t c) { return r.last < c; });
  return range != std::end(kEscaped) && code >= range->first;
}

// At least as many columns as any terminal uses.
std::size_t columns(char32_t code) { return code < 0x1100 || (code >= 0x2000 && code < 0x2300) ? 1 : 2; }

// Appends the first character of `text` to `out` as it is printed; returns how many bytes of `text` it took.
std::size_t print_one(std::string_view text, std::string& out, std::size_t& width) {
  const Decoded c = decode(text);
  const std::size_t before = out.size();
  if (!c.valid) {
    for (std::size_t i = 0; i < c.length; ++i) fmt::format_to(std::back_inserter(out), "\\x{:02X}", byte_at(text, i));
  } else if (c.code == '\\') {
    out += "\\\\";
  } else if (c.code < 0x20 || c.code == 0x7F) {
    fmt::format_to(std::back_inserter(out), "\\x{:02X}", static_cast<unsigned>(c.code));
  } else if (is_escaped(c.code)) {
    fmt::format_to(std::back_inserter(out), "\\u{{{:04X}}}", static_cast<unsigned>(c.code));
  } else {
    out += text.substr(0, c.length);
    width = columns(c.code);
    return c.length;
  }
  width = out.size() - before;
  return c.length;
}

// Nothing to escape and nothing wide, as in nearly all there is.
bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7F && c != '\\'; });
}

}  // namespace

std::string printable(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string out;
  out.reserve(text.size());
  std::size_t width = 0;
  while (!text.empty()) text.remove_prefix(print_one(text, out, width));
  return out;
}

namespace {

struct Piece {
  std::size_t begin;  // in the whole
  std::size_t columns;
};

// `text` cut in its middle, at the ends of `pieces`.
std::string cut_at(std::string_view text, const std::vector<Piece>& pieces, std::size_t width) {
  std::size_t total = 0;
  for (const Piece& piece : pieces) total += piece.columns;
  width = std::max<std::size_t>(width, 8);
  if (total <= width) return std::string(text);

  constexpr std::string_view kEllipsis = "...";
  const std::size_t for_tail = (width - kEllipsis.size()) / 2;
  const std::size_t for_head = width - kEllipsis.size() - for_tail;
  std::size_t head = 0, used = 0;
  while (used + pieces[head].columns <= for_head) used += pieces[head++].columns;
  std::size_t tail = pieces.size();
  used = 0;
  while (used + pieces[tail - 1].columns <= for_tail) used += pieces[--tail].columns;
  std::string out(text.substr(0, pieces[head].begin));
  out += kEllipsis;
  if (tail < pieces.size()) out += text.substr(pieces[tail].begin);
  return out;
}

}  // namespace

std::string printable(std::string_view text, std::size_t width) {
  std::string out;
  std::vector<Piece> pieces;
  while (!text.empty()) {
    Piece piece{out.size(), 0};
    text.remove_prefix(print_one(text, out, piece.columns));
    pieces.push_back(piece);
  }
  return cut_at(out, pieces, width);
}

std::string cut(std::string_view printable, std::size_t width) {
  if (printable.size() <= width && is_plain(printable)) return std::string(printable);
  std::vector<Piece> pieces;
  for (std::size_t at = 0; at < printable.size();) {
    const Decoded c = decode(printable.substr(at));
    pieces.push_back({at, columns(c.code)});
    at += c.length;
  }
  return cut_at(printable, pieces, width);
}

std::size_t columns_of(std::string_view printable) {
  if (is_plain(printable)) return printable.size();
  std::size_t total = 0;
  while (!printable.empty()) {
    const Decoded c = decode(printable);
    total += columns(c.code);
    printable.remove_prefix(c.length);
  }
  return total;
}

std::string json_text(std::string_view text) {
  std::string out = "\"";
  if (is_plain(text) && text.find('"') == std::string_view::npos) return out.append(text) += '"';
  const auto unit = [&](unsigned code) { fmt::format_to(std::back_inserter(out), "\\u{:04x}", code); };
  while (!text.empty()) {
    const Decoded c = decode(text);
    if (!c.valid) {
      unit(0xFFFD);
    } else if (c.code == '"' || c.code == '\\') {
      out.append("\\").append(text.substr(0, 1));
    } else if (c.code >= 0x10000) {
      unit(0xD800 + ((c.code - 0x10000) >> 10));
      unit(0xDC00 + ((c.code - 0x10000) & 0x3FF));
    } else if (c.code < 0x20 || c.code >= 0x7F) {
      unit(c.code);
    } else {
      out += text.front();
    }
    text.remove_prefix(c.length);
  }
  return out += '"';
}

std::string to_utf8(std::string_view bytes) {
  if (is_plain(bytes)) return std::string(bytes);
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const Decoded c = decode(bytes);
    out += c.valid ? bytes.substr(0, c.length) : std::string_view("\xEF\xBF\xBD");
    bytes.remove_prefix(c.length);
  }
  return out;
}

}  // namespace trailseal::base
