#include "store/metadata.hpp"

#include <string>

#include "support/catch.hpp"

using namespace trailseal;
using store::Metadata;
using store::parse_side_file;

TEST_CASE("a side file gives the metadata of its object") {
  struct Row {
    const char* json;
    Metadata expected;
  };
  const Row rows[] = {
      {R"({"Metadata": {"signature": "50ab"}})", {{"signature", "50ab"}}},
      {R"({"AcceptRanges": "bytes", "ContentLength": 612, "VersionId": null, "Metadata": {"signature": "50ab",
          "signature-algorithm": "SHA256withRSA"}})",
       {{"signature", "50ab"}, {"signature-algorithm", "SHA256withRSA"}}},
      {R"({"Metadata": {"Signature": "50ab"}})", {{"signature", "50ab"}}},
      {R"({"x-amz-meta-signature": "50ab"})", {{"signature", "50ab"}}},
      {R"({"X-Amz-Meta-Signature": "50ab", "ETag": "\"x\""})", {{"signature", "50ab"}}},
      {R"({"Metadata": {"signature": "50ab"}, "x-amz-meta-signature-algorithm": "SHA256withRSA"})",
       {{"signature", "50ab"}, {"signature-algorithm", "SHA256withRSA"}}},
      {R"({"Metadata": {"signature": ""}})", {{"signature", ""}}},
      {R"({"Metadata": {}})", {}},
      {R"({})", {}},
      {R"({"signature": "at the top it means nothing"})", {}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const auto metadata = parse_side_file(as_bytes(row.json));
    REQUIRE(metadata.has_value());
    CHECK(metadata.value() == row.expected);
  }
}

TEST_CASE("a side file that could be read in two ways, or not at all, is refused") {
  const char* const rows[] = {
      "",
      " ",
      "null",
      "[]",
      "\"text\"",
      "{",
      R"({"Metadata": {"signature": "50ab"})",
      R"({"Metadata": {"signature": "50ab"}} x)",
      R"({"Metadata": {"signature": "50ab",}})",
      R"({"Metadata": {'signature': "50ab"}})",
      R"({"Metadata": null})",
      R"({"Metadata": "signature"})",
      R"({"Metadata": ["signature", "50ab"]})",
      R"({"Metadata": {"signature": 50}})",
      R"({"Metadata": {"signature": null}})",
      R"({"Metadata": {"signature": {"a": "b"}}})",
      R"({"x-amz-meta-signature": 50})",
      R"({"Metadata": {"signature": "50ab", "signature": "50ab"}})",
      R"({"Metadata": {"signature": "50ab", "Signature": "60ab"}})",
      R"({"Metadata": {"signature": "50ab"}, "Metadata": {}})",
      R"({"Metadata": {"signature": "50ab"}, "x-amz-meta-signature": "60ab"})",
      R"({"ETag": {"a": 1, "a": 2}, "Metadata": {"signature": "50ab"}})",
      "{\"Metadata\": {\"signature\": \"\xFF\"}}",
      "\xFF\xFE{\0}\0",
  };
  for (const char* json : rows) {
    CAPTURE(json);
    const auto metadata = parse_side_file(as_bytes(json));
    REQUIRE_FALSE(metadata.has_value());
    CHECK(metadata.error().code == Errc::corrupt);
  }
}

TEST_CASE("a side file has a limit, and depth does no harm") {
  const std::string padding(store::kMostSideFileBytes - 2, ' ');
  CHECK(parse_side_file(as_bytes("{" + padding + "}")).has_value());
  const auto large = parse_side_file(as_bytes("{ " + padding + "}"));
  REQUIRE_FALSE(large.has_value());
  CHECK(large.error().code == Errc::limit);
  CHECK_FALSE(parse_side_file(as_bytes(std::string(60000, '['))).has_value());
  CHECK(parse_side_file(as_bytes("{\"a\":" + std::string(30000, '[') + std::string(30000, ']') + "}")).has_value());
}
