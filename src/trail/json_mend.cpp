#include "trail/json_mend.hpp"

#include <algorithm>

#include "base/escape.hpp"

namespace trailseal::trail {
namespace {

constexpr std::size_t kLongestSafe = 17;  // "-1234567890123456", "1.234567890123456"
constexpr std::string_view kReplacement = "\\ufffd";

bool is_number_part(char c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool begins_number(char c) { return c == '-' || (c >= '0' && c <= '9'); }

enum class Escape { other, high, low };  // the halves of a surrogate pair: \ud800 to \udbff, \udc00 to \udfff

Escape escape_at(std::string_view json, std::size_t at) {
  const std::string_view text = json.substr(std::min(at, json.size()), 6);
  if (text.size() < 6 || !text.starts_with("\\u") || (text[2] | 0x20) != 'd') return Escape::other;
  const char third = static_cast<char>(text[3] | 0x20);
  if (text[3] == '8' || text[3] == '9' || third == 'a' || third == 'b') return Escape::high;
  return third >= 'c' && third <= 'f' ? Escape::low : Escape::other;
}

// Both return where what they copied ends.
std::size_t copy_text(std::string_view json, std::size_t at, std::string& out) {
  out += json[at++];
  while (at < json.size() && json[at] != '"') {
    if (json[at] != '\\') {
      out += json[at++];
      continue;
    }
    const Escape kind = escape_at(json, at);
    const bool pair = kind == Escape::high && escape_at(json, at + 6) == Escape::low;
    const std::size_t length = pair ? 12 : kind == Escape::other ? 2 : 6;
    out += pair || kind == Escape::other ? json.substr(at, length) : kReplacement;
    at += length;
  }
  if (at < json.size()) out += json[at];
  return at + 1;
}

std::size_t copy_number(std::string_view json, std::size_t at, std::string& out) {
  const auto begin = json.begin() + static_cast<std::ptrdiff_t>(at);
  const std::string_view number(begin, std::find_if_not(begin, json.end(), is_number_part));
  const bool odd = number.size() > kLongestSafe || number.find_first_of("eE") != std::string_view::npos;
  const char* const quote = odd ? "\"" : "";
  out.append(quote).append(number).append(quote);
  return at + number.size();
}

}  // namespace

std::string mend_json(std::string_view json) {
  const std::string text = base::to_utf8(json);
  std::string out;
  out.reserve(text.size() + 64);
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '"')
      at = copy_text(text, at, out);
    else if (begins_number(text[at]))
      at = copy_number(text, at, out);
    else
      out += text[at++];
  }
  return out;
}

}  // namespace trailseal::trail
