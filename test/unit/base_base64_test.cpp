#include "base/base64.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::base;

TEST_CASE("base64 of RFC 4648, section 10, is decoded") {
  struct Case {
    const char *text, *bytes;
  };
  for (const Case& c : {Case{"", ""}, Case{"Zg==", "f"}, Case{"Zm8=", "fo"}, Case{"Zm9v", "foo"},
                        Case{"Zm9vYg==", "foob"}, Case{"Zm9vYmE=", "fooba"}, Case{"Zm9vYmFy", "foobar"}}) {
    CAPTURE(c.text);
    const std::optional<Bytes> bytes = from_base64(c.text);
    REQUIRE(bytes);
    CHECK(as_text(*bytes) == c.bytes);
    CHECK(to_base64(*bytes) == c.text);
  }
  CHECK(to_base64(Bytes{0xFB, 0xFF, 0xBF}) == "+/+/");
  CHECK(from_base64("+/+/") == Bytes{0xFB, 0xFF, 0xBF});
}

TEST_CASE("only the canonical spelling is base64") {
  for (const std::string text :
       {"Z",        "Zg",   "Zg=",  "Zm8",    "Zg===", "=",     "==",   "===",     "====", "Z===", "Zm9v====",
        "Zg==Zg==", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm 9v", "Zm-_", "Zm9\xC3", "Z=9v", "Zm=v"}) {
    CAPTURE(text);
    CHECK_FALSE(from_base64(text));
  }
  CHECK_FALSE(from_base64(std::string_view("Zm9\0", 4)));
}

// Among all texts of four characters from a small alphabet, each value is spelled once.
TEST_CASE("no two texts are the same bytes") {
  const std::string alphabet = "AZaz09+/=gQw";
  std::vector<Bytes> seen;
  std::string text(4, 'A');
  for (const char a : alphabet)
    for (const char b : alphabet)
      for (const char c : alphabet)
        for (const char d : alphabet) {
          text = {a, b, c, d};
          if (std::optional<Bytes> bytes = from_base64(text)) seen.push_back(*std::move(bytes));
        }
  const std::size_t decoded = seen.size();
  std::sort(seen.begin(), seen.end());
  seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
  CHECK(decoded == seen.size());
  CHECK(decoded > 11 * 11 * 11 * 11);
}
