// The metadata of the S3 Encryption Client: what is read, and which mixtures are refused.
#include "envelope/rfc2047.hpp"
#include "envelope/s3ec.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using envelope::Metadata;
using envelope::S3ecHeader;
using envelope::Verdict;

namespace {

const std::string kKey60(80, 'A');  // 60 bytes of base64
const std::string kId = std::string(37, 'B') + "A==";
const std::string kNoKey = "{}";

Metadata v1() { return {{"x-amz-key", std::string(64, 'A')}, {"x-amz-iv", "AAAAAAAAAAAAAAAAAAAAAA=="}}; }

Metadata v2() {
  return {{"x-amz-key-v2", kKey60},      {"x-amz-iv", "AAAAAAAAAAAAAAAA"}, {"x-amz-cek-alg", "AES/GCM/NoPadding"},
          {"x-amz-wrap-alg", "AES/GCM"}, {"x-amz-tag-len", "128"},         {"x-amz-matdesc", "{\"case\":\"42\"}"}};
}

Metadata v3() {
  return {{"x-amz-3", kKey60}, {"x-amz-c", "115"}, {"x-amz-w", "02"}, {"x-amz-d", kId}, {"x-amz-i", kId}};
}

Metadata with(Metadata metadata, const std::string& name, const std::string& value) {
  metadata[name] = value;
  return metadata;
}

Metadata without(Metadata metadata, const std::string& name) {
  metadata.erase(name);
  return metadata;
}

Bytes file(std::string_view text) { return {as_bytes(text).begin(), as_bytes(text).end()}; }

std::string verdict_of(const Metadata& metadata, const std::optional<Bytes>& instruction = {}) {
  S3ecHeader header;
  const auto failure = envelope::read_s3ec(metadata, instruction, header);
  return failure ? std::string(to_string(failure->verdict)) : std::string(to_string(header.format));
}

}  // namespace

TEST_CASE("the three formats are told apart by their names") {
  CHECK(verdict_of(v1()) == "s3ec-v1");
  CHECK(verdict_of(v2()) == "s3ec-v2");
  CHECK(verdict_of(v3()) == "s3ec-v3");
  CHECK(verdict_of({}) == "not-encrypted");
  CHECK(verdict_of({{"signature", "00"}}) == "not-encrypted");
}

TEST_CASE("mixtures and gaps in the metadata") {
  const struct {
    std::string what;
    Metadata metadata;
  } cases[] = {
      {"keys of V1 and V2", with(v2(), "x-amz-key", kKey60)},
      {"keys of V2 and V3", with(v3(), "x-amz-key-v2", kKey60)},
      {"a name of V3 beside V2", with(v2(), "x-amz-c", "115")},
      {"a name of V3 beside V1", with(v1(), "x-amz-w", "02")},
      {"a name of V2 beside V3", with(v3(), "x-amz-cek-alg", "AES/GCM/NoPadding")},
      {"an algorithm in V1", with(v1(), "x-amz-cek-alg", "AES/GCM/NoPadding")},
      {"a tag length in V1", with(v1(), "x-amz-tag-len", "128")},
      {"no IV", without(v2(), "x-amz-iv")},
      {"no content algorithm", without(v2(), "x-amz-cek-alg")},
      {"another content algorithm", with(v2(), "x-amz-cek-alg", "AES/CTR/NoPadding")},
      {"no wrap algorithm", without(v2(), "x-amz-wrap-alg")},
      {"another wrap algorithm", with(v2(), "x-amz-wrap-alg", "aes/gcm")},
      {"key not base64", with(v2(), "x-amz-key-v2", "A!")},
      {"key empty", with(v2(), "x-amz-key-v2", "")},
      {"IV in base64 with a line break", with(v2(), "x-amz-iv", "AAAAAAAAAAAAAAAA\n")},
      {"map is no JSON", with(v2(), "x-amz-matdesc", "case=42")},
      {"map with a number", with(v2(), "x-amz-matdesc", "{\"case\":42}")},
      {"map with a name twice", with(v2(), "x-amz-matdesc", "{\"a\":\"1\",\"a\":\"2\"}")},
      {"map with a map", with(v2(), "x-amz-matdesc", "{\"a\":{}}")},
      {"a claimed size that is no number", with(v2(), "x-amz-unencrypted-content-length", "12 ")},
      {"a suite of V3 that is never stored", with(v3(), "x-amz-c", "116")},
      {"a wrap of V3 that does not exist", with(v3(), "x-amz-w", "2")},
      {"a short commitment", with(v3(), "x-amz-d", "AAAA")},
      {"a short message id", with(v3(), "x-amz-i", "AAAA")},
      {"a message id of zeros", with(v3(), "x-amz-i", std::string(38, 'A') + "==")},
      {"no commitment", without(v3(), "x-amz-d")},
      {"kms+context without the algorithm in the context", with(v2(), "x-amz-wrap-alg", "kms+context")},
      {"kms+context with another algorithm", with(with(v2(), "x-amz-wrap-alg", "kms+context"), "x-amz-matdesc",
                                                  "{\"aws:x-amz-cek-alg\":\"AES/CBC/PKCS5Padding\"}")},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    CHECK(verdict_of(one.metadata) == "malformed");
  }
}

TEST_CASE("instruction files") {
  const Metadata head = without(without(v3(), "x-amz-3"), "x-amz-w");
  const std::string rest = "{\"x-amz-3\":\"" + kKey60 + "\",\"x-amz-w\":\"02\"}";
  CHECK(verdict_of(head, file(rest)) == "s3ec-v3");
  CHECK(verdict_of(head) == "key-unavailable");
  CHECK(verdict_of({{"x-amz-unencrypted-content-length", "1"}}) == "key-unavailable");
  const std::string v1_file = R"({"x-amz-key":")" + std::string(64, 'A') + R"(","x-amz-iv":"AAAA"})";
  CHECK(verdict_of({}, file(v1_file)) == "s3ec-v1");
  CHECK(verdict_of({{"x-amz-unencrypted-content-length", "1"}}, file(v1_file)) == "s3ec-v1");

  const std::string pad = ",\"x\":\"" + std::string(envelope::kMaxInstruction, 'x') + "\"}";
  const struct {
    std::string what, text;
    Metadata metadata;
  } cases[] = {
      {"what belongs into the headers", rest.substr(0, rest.size() - 1) + ",\"x-amz-c\":\"115\"}", head},
      {"a name twice", "{\"x-amz-w\":\"02\"," + rest.substr(1), head},
      {"a name in both places", rest, with(head, "x-amz-w", "02")},
      {"a value that is no text", "{\"x-amz-3\":1}", head},
      {"a nested value", "{\"x-amz-3\":{\"x\":\"y\"}}", head},
      {"an array", "[]", head},
      {"nothing", "", head},
      {"no wrapped key", "{\"x-amz-w\":\"02\"}", head},
      {"larger than 64 KiB", rest.substr(0, rest.size() - 1) + pad, head},
      {"both places describe the object", v1_file, v2()},
      {"half in each place", "{\"x-amz-key\":\"" + kKey60 + "\"}", {{"x-amz-iv", "AAAA"}}},
  };
  for (const auto& one : cases) {
    CAPTURE(one.what);
    CHECK(verdict_of(one.metadata, file(one.text)) == "malformed");
  }
}

TEST_CASE("metadata come as headers or as head-object prints them") {
  const auto read = [](std::string_view text) { return envelope::parse_metadata(as_bytes(text)); };
  const Metadata wanted = {{"x-amz-key", "k"}};
  for (const std::string_view text :
       {R"({"Metadata":{"x-amz-key":"k"},"ContentLength":3})", R"({"x-amz-meta-x-amz-key":"k"})",
        R"({"X-Amz-Meta-X-Amz-Key":"k","Content-Length":"3"})", R"({"x-amz-key":"k","x-amz-id-2":"z"})"}) {
    CAPTURE(text);
    const auto metadata = read(text);
    REQUIRE(metadata);
    CHECK(*metadata == wanted);
  }
  CHECK(read("{}")->empty());
  for (const std::string_view text :
       {"", "[]", "{", R"({"x-amz-key":1})", R"({"x-amz-key":"a","x-amz-key":"b"})",
        R"({"x-amz-meta-x-amz-key":"a","Metadata":{"X-AMZ-KEY":"b"}})", R"([[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]])"}) {
    CAPTURE(text);
    CHECK(!read(text));
  }
}

TEST_CASE("metadata that are not ASCII") {
  const struct {
    std::string_view stored, meant;
  } cases[] = {
      {"plain", "plain"},
      {"", ""},
      {"=?UTF-8?B?w6k=?=", "\u00e9"},
      {"=?UTF-8?Q?=C3=A9_x?=", "\u00e9 x"},
      {"=?utf-8?b?w4PCqQ==?=", "\u00e9"},     // the bytes of UTF-8 taken for Latin-1
      {"=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"},  // the space between words is none
      {"{\"a\":\"=?UTF-8?Q?b?=\"}", "{\"a\":\"b\"}"},
      {"=?UTF-8?Q?=41?=", "A"},
      {"=?ISO-8859-1?Q?a?=", "=?ISO-8859-1?Q?a?="},  // as it is: what S3 does not write
      {"=?UTF-8?B?!?=", "=?UTF-8?B?!?="},
      {"=?UTF-8?Q?=4", "=?UTF-8?Q?=4"},
      {"=?", "=?"},
      {"=?UTF-8?Q", "=?UTF-8?Q"},
  };
  for (const auto& one : cases) {
    CAPTURE(one.stored);
    CHECK(envelope::decode_rfc2047(one.stored) == one.meant);
  }
}
