#include <string>
#include <string_view>

#include "base/escape.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace std::string_view_literals;

TEST_CASE("what could mislead a reader is escaped") {
  struct Row {
    std::string_view text;
    std::string_view printed;
  };
  const Row rows[] = {
      {"AWSLogs/111122223333/CloudTrail ~", "AWSLogs/111122223333/CloudTrail ~"},
      {"", ""},
      {"a\\b", "a\\\\b"},
      {"\\x1B", "\\\\x1B"},
      {"a\tb\r\n", "a\\x09b\\x0D\\x0A"},
      {"\x1B[31m", "\\x1B[31m"},
      {"a\0b"sv, "a\\x00b"},
      {"\x7F", "\\x7F"},
      {"Z\u00FCrich \u65E5\u672C \U0001F600", "Z\u00FCrich \u65E5\u672C \U0001F600"},
      {"\xC2\x80", "\\u{0080}"},
      {"\xC2\x9B", "\\u{009B}"},
      {"\xC2\x9F\xC2\xA0", "\\u{009F}\xC2\xA0"},
      {"\u00AD", "\\u{00AD}"},
      {"\u061C", "\\u{061C}"},
      {"\u200A\u200B\u200F\u2010", "\u200A\\u{200B}\\u{200F}\u2010"},
      {"\u2027\u2028\u2029\u202A\u202E\u202F", "\u2027\\u{2028}\\u{2029}\\u{202A}\\u{202E}\u202F"},
      {"\u2066\u2069\u2070", "\\u{2066}\\u{2069}\u2070"},
      {"\uFEFF", "\\u{FEFF}"},
      {"\U000E0001\U000E0041\U000E01EF", "\\u{E0001}\\u{E0041}\\u{E01EF}"},
      // Not UTF-8: stray and missing continuation, overlong, surrogate, above U+10FFFF.
      {"\x80", "\\x80"},
      {"\xFF\xFE", "\\xFF\\xFE"},
      {"\xC3", "\\xC3"},
      {"\xC3(", "\\xC3("},
      {"\xE2\x82", "\\xE2\\x82"},
      {"\xE2\x82z", "\\xE2\\x82z"},
      {"\xF0\x9F\x98", "\\xF0\\x9F\\x98"},
      {"\xC0\xAF", "\\xC0\\xAF"},
      {"\xC1\xBF", "\\xC1\\xBF"},
      {"\xE0\x80\xAF", "\\xE0\\x80\\xAF"},
      {"\xF0\x80\x80\xAF", "\\xF0\\x80\\x80\\xAF"},
      {"\xED\xA0\x80", "\\xED\\xA0\\x80"},
      {"\xED\x9F\xBF", "\xED\x9F\xBF"},
      {"\xF4\x90\x80\x80", "\\xF4\\x90\\x80\\x80"},
      {"\xF5\x80\x80\x80", "\\xF5\\x80\\x80\\x80"},
  };
  for (const Row& row : rows) {
    CAPTURE(std::string(row.printed));
    CHECK(base::printable(row.text) == row.printed);
    CHECK(base::printable(row.text, 1000) == row.printed);
  }
}

TEST_CASE("a long text is cut in the middle and between its parts") {
  CHECK(base::printable("0123456789", 10) == "0123456789");
  CHECK(base::printable("0123456789A", 10) == "0123...89A");
  CHECK(base::printable("0123456789A", 0) == "012...9A");  // at least 8 columns
  // Neither an escape sequence nor a character is split: what does not fit is left out.
  CHECK(base::printable("\x1B\x1B\x1B\x1B\x1B", 12) == "\\x1B...\\x1B");
  CHECK(base::printable("\x1B\x1B\x1B\x1B\x1B", 8) == "...");
  CHECK(base::printable("a\u202E\u202E\u202Eb", 16) == "a...b");
  CHECK(base::printable("\u65E5\u65E5\u65E5\u65E5\u65E5", 10) == "\u65E5\u65E5\u65E5\u65E5\u65E5");
  CHECK(base::printable("\u65E5\u65E5\u65E5\u65E5\u65E5", 9) == "\u65E5...\u65E5");
  CHECK(base::printable("\u00FC\u00FC\u00FC\u00FC\u00FC\u00FC\u00FC\u00FC\u00FC", 8) ==
        "\u00FC\u00FC\u00FC...\u00FC\u00FC");
}

TEST_CASE("a JSON writer gets valid UTF-8") {
  CHECK(base::to_utf8("plain \u65E5") == "plain \u65E5");
  CHECK(base::to_utf8("a\xFF"
                      "b") == "a\uFFFDb");
  CHECK(base::to_utf8("\xE2\x82") == "\uFFFD");                  // one character that was cut
  CHECK(base::to_utf8("\xED\xA0\x80") == "\uFFFD\uFFFD\uFFFD");  // a surrogate: no byte begins a character
  CHECK(base::to_utf8("\u202E") == "\u202E");                    // JSON may hold it: escaping is not its task
}

TEST_CASE("texts of JSON are ASCII, whatever they were") {
  const struct {
    const char *text, *json;
  } kRows[] = {
      {"", "\"\""},
      {"plain", "\"plain\""},
      {"a\"b\\c", "\"a\\\"b\\\\c\""},
      {"\n\x1b\x7f", "\"\\u000a\\u001b\\u007f\""},
      {"caf\xc3\xa9", "\"caf\\u00e9\""},
      {"\xf0\x9f\x98\x80", "\"\\ud83d\\ude00\""},
      {"\xe2\x80\xae", "\"\\u202e\""},
      {"x\xff\xed\xa0\x80", "\"x\\ufffd\\ufffd\\ufffd\\ufffd\""},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.text);
    CHECK(base::json_text(row.text) == row.json);
  }
}

TEST_CASE("a text that is printable already is cut and measured by what it shows") {
  CHECK(base::columns_of("abc") == 3);
  CHECK(base::columns_of("caf\xc3\xa9") == 4);
  CHECK(base::columns_of("\xe6\x97\xa5\xe6\x9c\xac") == 4);
  CHECK(base::columns_of("\\x1B[31m") == 8);
  CHECK(base::cut("\\x1B[31m", 8) == "\\x1B[31m");
  CHECK(base::cut("0123456789abcdef", 11) == "0123...cdef");
  CHECK(base::cut("caf\xc3\xa9", 8) == "caf\xc3\xa9");
}
