#include <string>

#include "base/hex.hpp"
#include "support/catch.hpp"

using namespace trailseal;

TEST_CASE("every byte has its two digits") {
  Bytes all;
  for (unsigned i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  const std::string text = base::to_hex(all);
  CHECK(text.substr(0, 8) == "00010203");
  CHECK(text.substr(504) == "fcfdfeff");
  CHECK(base::from_hex(text) == all);
  CHECK(base::to_hex({}).empty());
}

TEST_CASE("hexadecimal digits of either case are read and nothing else") {
  CHECK(base::from_hex("") == Bytes{});
  CHECK(base::from_hex("aBCd09") == Bytes{0xAB, 0xCD, 0x09});
  for (const char* text :
       {"a", "abc", "0x", "zz", "a ", " a", "-1", "+1", "0g", "g0", "ab\n", "\xff\xff", "//", "::", "@@", "``", "a:"}) {
    CAPTURE(text);
    CHECK_FALSE(base::from_hex(text).has_value());
  }
  CHECK_FALSE(base::from_hex(std::string_view("a\0", 2)).has_value());
}

TEST_CASE("a SHA-256 has exactly 64 digits") {
  const std::string text = "E3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
  const auto hash = base::sha256_from_hex(text);
  REQUIRE(hash.has_value());
  CHECK((*hash)[0] == 0xE3);
  CHECK((*hash)[31] == 0x55);
  CHECK_FALSE(base::sha256_from_hex(text.substr(1)).has_value());
  CHECK_FALSE(base::sha256_from_hex(text.substr(2)).has_value());
  CHECK_FALSE(base::sha256_from_hex(text + "00").has_value());
  CHECK_FALSE(base::sha256_from_hex(text.substr(0, 63) + "x").has_value());
  CHECK_FALSE(base::sha256_from_hex("").has_value());
}
