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
    CHECK(metadata->metadata == row.expected);
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
      R"({"ServerSideEncryption": true})",
      R"({"ServerSideEncryption": "aws:kms", "x-amz-server-side-encryption": "AES256"})",
      R"({"BucketKeyEnabled": "yes"})",
      R"({"LastModified": "yesterday"})",
      R"({"LastModified": 7})",
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

TEST_CASE("a side file gives what S3 said of its object") {
  const char* const head = R"({"AcceptRanges": "bytes", "LastModified": "2026-07-01T00:13:52+00:00",
      "ContentLength": 612, "ETag": "\"9b2c\"", "VersionId": "3sL4kqtJ", "StorageClass": "GLACIER",
      "ServerSideEncryption": "aws:kms", "SSEKMSKeyId": "arn:aws:kms:eu-west-1:111122223333:key/a",
      "BucketKeyEnabled": true, "Metadata": {}})";
  const char* const headers = R"({"last-modified": "Wed, 01 Jul 2026 00:13:52 GMT", "etag": "\"9b2c\"",
      "x-amz-version-id": "3sL4kqtJ", "x-amz-storage-class": "GLACIER", "x-amz-server-side-encryption": "aws:kms",
      "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": "arn:aws:kms:eu-west-1:111122223333:key/a",
      "x-amz-server-side-encryption-bucket-key-enabled": "true"})";
  for (const char* json : {head, headers}) {
    CAPTURE(json);
    const auto side = parse_side_file(as_bytes(json));
    REQUIRE(side);
    const auto& is = side->attributes;
    CHECK(is.version_id == "3sL4kqtJ");
    CHECK(is.etag == "\"9b2c\"");
    REQUIRE(is.modified);
    CHECK(to_string(*is.modified) == "2026-07-01T00:13:52Z");
    CHECK(is.storage_class == "GLACIER");
    CHECK(is.encryption == "aws:kms");
    CHECK(is.kms_key == "arn:aws:kms:eu-west-1:111122223333:key/a");
    CHECK(is.bucket_key);
  }
  const auto none = parse_side_file(as_bytes(R"({"VersionId": null, "SSEKMSKeyId": null})"));
  REQUIRE(none);
  CHECK(none->attributes == store::Attributes{});
}
