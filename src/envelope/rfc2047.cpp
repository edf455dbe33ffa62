#include "envelope/rfc2047.hpp"

#include <optional>

#include "base/base64.hpp"
#include "base/escape.hpp"
#include "base/hex.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::string_view kBegin = "=?", kEnd = "?=";

std::optional<std::string> decode_q(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '_') {
      out += ' ';
    } else if (text[i] != '=') {
      out += text[i];
    } else {
      const auto byte = text.size() - i > 2 ? base::from_hex(text.substr(i + 1, 2)) : std::nullopt;
      if (!byte) return std::nullopt;
      out += static_cast<char>(byte->front());
      i += 2;
    }
  }
  return out;
}

bool is_utf8_charset(std::string_view name) {
  constexpr std::string_view kName = "utf-8";
  if (name.size() != kName.size()) return false;
  for (std::size_t i = 0; i < name.size(); ++i)
    if ((name[i] | 0x20) != (kName[i] | 0x20)) return false;
  return true;
}

// "charset?encoding?text" between the marks.
std::optional<std::string> decode_word(std::string_view word) {
  const std::size_t first = word.find('?');
  if (first == word.npos || !is_utf8_charset(word.substr(0, first))) return std::nullopt;
  word.remove_prefix(first + 1);
  if (word.size() < 2 || word[1] != '?') return std::nullopt;
  const char encoding = static_cast<char>(word[0] | 0x20);
  word.remove_prefix(2);
  if (encoding == 'q') return decode_q(word);
  if (encoding != 'b') return std::nullopt;
  const auto bytes = base::from_base64(word);
  if (!bytes) return std::nullopt;
  return std::string(as_text(*bytes));
}

// Characters up to U+00FF as the bytes they stand for; nothing if there are others, or if the bytes are no UTF-8.
std::optional<std::string> undo_latin1(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      out += text[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < text.size()) {
      out += static_cast<char>(((lead & 0x03) << 6) | (static_cast<unsigned char>(text[++i]) & 0x3F));
    } else {
      return std::nullopt;
    }
  }
  if (base::to_utf8(out) != out) return std::nullopt;
  return out;
}

}  // namespace

std::string decode_rfc2047(std::string_view value) {
  std::string out;
  bool any = false;
  for (std::string_view rest = value; !rest.empty();) {
    const std::size_t begin = rest.find(kBegin);
    std::string_view between = rest.substr(0, begin);
    // White space between two words belongs to neither.
    if (!any || between.find_first_not_of(" \t\r\n") != between.npos) out += between;
    if (begin == rest.npos) break;
    // Not the "?=" that may follow the encoding: "=?UTF-8?Q?=41?=".
    const std::size_t charset_end = rest.find('?', begin + kBegin.size());
    const std::size_t text = charset_end == rest.npos ? rest.npos : charset_end + 3;
    const std::size_t end = text >= rest.size() ? rest.npos : rest.find(kEnd, text);
    if (end == rest.npos) return std::string(value);
    const auto word = decode_word(rest.substr(begin + kBegin.size(), end - begin - kBegin.size()));
    if (!word) return std::string(value);
    out += *word;
    any = true;
    rest.remove_prefix(end + kEnd.size());
  }
  if (!any) return std::string(value);
  return undo_latin1(out).value_or(out);
}

}  // namespace trailseal::envelope
