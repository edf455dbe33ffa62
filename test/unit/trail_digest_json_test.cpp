#include <string>
#include <utility>

#include "base/hex.hpp"
#include "support/catch.hpp"
#include "support/digest_sample.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;
using namespace trailseal::test;

TEST_CASE("a name that stands twice is refused") {
  for (const auto& [name, value] : linked_digest()) {
    CAPTURE(name);
    const std::string escaped = "\\u00" + base::to_hex(as_bytes(name.substr(0, 1))) + name.substr(1);
    for (const std::string& second : {name, escaped}) {
      Members members = linked_digest();
      members.emplace_back(second, value);
      CHECK(fault(json(members)) == "corrupt: " + name + " stands twice");
      members = linked_digest();
      members.insert(members.begin(), {second, "null"});
      CHECK(fault(json(members)) == "corrupt: " + name + " stands twice");
    }
  }
  for (const auto& [name, value] : log_entry()) {
    Members entry = log_entry();
    entry.emplace_back(name, value);
    CHECK(fault(json(with(linked_digest(), "logFiles", "[" + json(entry) + "]"))) ==
          "corrupt: logFiles[0]: " + name + " stands twice");
  }
  Members members = linked_digest();
  members.emplace_back("unknown", "1");
  members.emplace_back("another", "1");
  CHECK(fault(json(members)) == "");
  members.emplace_back("\\u0075nknown", "1");
  CHECK(fault(json(members)) == "corrupt: unknown stands twice");
}

TEST_CASE("what is not strict JSON is refused") {
  const std::string good = json(linked_digest());
  const std::string inside = good.substr(0, good.size() - 1);
  using namespace std::string_literals;
  const std::string cases[] = {
      "",
      " ",
      "null",
      "[]",
      "\"a\"",
      "{}",
      "[" + good + "]",
      good + good,
      good + "x",
      good + ",",
      good + "\0"s,
      "\xEF\xBB\xBF" + good,
      "\xFF\xFE" + good,
      inside,
      inside + ",}",
      inside + ",\"x\":}",
      inside + ",\"x\"}",
      inside + ",x:1}",
      inside + ",'x':1}",
      inside + ",\"x\":01}",
      inside + ",\"x\":1.}",
      inside + ",\"x\":+1}",
      inside + ",\"x\":NaN}",
      inside + ",\"x\":tru}",
      inside + ",\"x\":[1,]}",
      inside + ",\"x\":[1 2]}",
      inside + ",\"x\":\"\\x41\"}",
      inside + ",\"x\":\"\\u12\"}",
      inside + ",\"x\":\"\t\"}",
      inside + ",\"x\":\"\xC3\"}",
      inside + ",\"x\":\"\xED\xA0\x80\"}",
      inside + ",\"x\":\"\xC0\x80\"}",
      inside + ",\"x\":\"\\ud800\"}",
      inside + ",/**/\"x\":1}",
  };
  for (const std::string& text : cases) {
    CAPTURE(text);
    CHECK(fault(text).starts_with("corrupt: "));
  }
  for (const char* lone : {"\\ud800", "\\udc00", "\\udc00\\ud800", "\\ud800x"}) {
    CAPTURE(lone);
    CHECK(fault(json(with(linked_digest(), "digestS3Object", '"' + std::string(lone) + '"'))).starts_with("corrupt: "));
  }
  for (std::size_t size = 0; size < good.size(); ++size) REQUIRE(fault(good.substr(0, size)) != "");
}

TEST_CASE("our own limits are not the evidence's fault") {
  const auto nested = [](std::size_t depth) {
    Members members = linked_digest();
    members.emplace_back("x", std::string(depth - 1, '[') + std::string(depth - 1, ']'));
    return json(members);
  };
  CHECK(fault(nested(16)) == "");
  CHECK(fault(nested(17)) == "limit reached: JSON nested deeper than 16");
  CHECK(fault(nested(100'000)) == "limit reached: JSON nested deeper than 16");

  const std::string commas(3u << 20, ',');
  CHECK(fault(commas) == "limit reached: more JSON punctuation than a digest has");
  // One entry too many, padded with blanks so that it passes for a sparse document.
  std::string list = "[0";
  for (int i = 0; i < 1'000'000; ++i) list += "         ,0";
  list += "]";
  CHECK(fault(json(with(linked_digest(), "logFiles", list))) ==
        "limit reached: a digest of more than 1,000,000 log files");
}

TEST_CASE("a parser works on after a fault and after a large digest") {
  DigestParser parser;
  const std::string small = json(linked_digest());
  CHECK_FALSE(parser.parse(as_bytes("{")));
  CHECK(parser.parse(as_bytes(small)));
  std::string list = "[" + json(log_entry());
  for (int i = 1; i < 60'000; ++i) list += "," + json(log_entry());
  const std::string large = json(with(linked_digest(), "logFiles", list + "]"));
  REQUIRE(large.size() > (16u << 20));
  const Result<Digest> read = parser.parse(as_bytes(large));
  REQUIRE(read);
  CHECK(read->logs.size() == 60'000);
  DigestParser moved = std::move(parser);
  CHECK(moved.parse(as_bytes(small)));
  CHECK_FALSE(moved.parse(as_bytes(small + "]")));
}
