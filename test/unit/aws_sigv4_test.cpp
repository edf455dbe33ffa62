// The requests that libcurl's signer is known to get wrong (versions 7.76 to 8.13), and what lies around them. The
// signatures of AWS's own suite are in test/conformance/vectors_sigv4.cpp.
#include <string>

#include "aws/sigv4.hpp"
#include "aws/url.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using aws::HttpRequest;

namespace {

const aws::SigningScope kS3{"us-east-1", "s3"};
const Time kNow = *parse_iso_utc("2013-05-24T00:00:00Z");
const crypto::Backend& backend() { return *crypto::backends().front(); }

std::string line(const std::string& text, int number) {
  std::size_t at = 0;
  for (int i = 0; i < number; ++i) at = text.find('\n', at) + 1;
  return text.substr(at, text.find('\n', at) - at);
}

std::string canonical(const HttpRequest& request, const aws::SigningRules& rules) {
  std::string names;
  const auto text = aws::canonical_request(request, rules, "hash", names);
  REQUIRE(text.has_value());
  return *text;
}

HttpRequest get(const std::string& target) {
  HttpRequest request;
  request.url = "https://host" + target;
  return request;
}

}  // namespace

TEST_CASE("a query is signed sorted, decoded once and encoded once") {
  struct Row {
    const char* sent;
    const char* canonical;
  };
  const Row rows[] = {
      {"", ""},
      {"?prefix=a&list-type=2", "list-type=2&prefix=a"},
      {"?acl", "acl="},
      {"?location&", "location="},
      {"?versions&prefix=", "prefix=&versions="},
      {"?a=2&a=1&A=3", "A=3&a=1&a=2"},
      {"?a=1&a-b=1&a%20b=1", "a=1&a%20b=1&a-b=1"},
      {"?prefix=year=2023/", "prefix=year%3D2023%2F"},
      {"?delimiter=/&prefix=a%2fb", "delimiter=%2F&prefix=a%2Fb"},
      {"?key=a+b", "key=a%2Bb"},
      {"?key=a%2Bb%20c", "key=a%2Bb%20c"},
      {"?key=%zz%4", "key=%25zz%254"},
      {"?key=caf\xC3\xA9", "key=caf%C3%A9"},
      {"?b=~._-&a=*()!'", "a=%2A%28%29%21%27&b=~._-"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sent);
    CHECK(line(canonical(get(std::string("/") + row.sent), aws::kS3Rules), 2) == row.canonical);
  }
}

TEST_CASE("a path is signed by the rules of its service") {
  struct Row {
    const char* sent;
    const char* s3;
    const char* others;
  };
  const Row rows[] = {
      {"", "/", "/"},
      {"/year=2023/a", "/year%3D2023/a", "/year%3D2023/a"},
      {"/year%3D2023/a", "/year%3D2023/a", "/year%253D2023/a"},
      {"/a+(b)*'!@:,;&$", "/a%2B%28b%29%2A%27%21%40%3A%2C%3B%26%24", "/a%2B%28b%29%2A%27%21%40%3A%2C%3B%26%24"},
      {"/a%20b", "/a%20b", "/a%2520b"},
      {"/a%2fb", "/a/b", "/a%252fb"},
      {"/a//b/", "/a//b/", "/a/b/"},
      {"/a/./b/../c", "/a/./b/../c", "/a/c"},
      {"/../..", "/../..", "/"},
      {"/a/..", "/a/..", "/"},
      {"/a/b/..", "/a/b/..", "/a/"},
      {"/caf%C3%A9", "/caf%C3%A9", "/caf%25C3%25A9"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.sent);
    CHECK(line(canonical(get(row.sent), aws::kS3Rules), 1) == row.s3);
    CHECK(line(canonical(get(row.sent), aws::kServiceRules), 1) == row.others);
  }
}

TEST_CASE("headers are signed in order of their names, each once") {
  HttpRequest request = get("/");
  request.headers.add("x-amz-meta-a-b", "2");
  request.headers.add("X-Amz-Meta-A", "  1  2\t3 ");
  request.headers.add("range", "bytes=0-1");
  request.headers.add("x-amz-meta-a", "again");
  request.headers.add("User-Agent", "me");
  request.headers.add("Authorization", "old");
  request.headers.add("Empty", "");
  std::string names;
  const auto text = aws::canonical_request(request, aws::kS3Rules, "hash", names);
  REQUIRE(text.has_value());
  CHECK(names == "empty;host;range;x-amz-meta-a;x-amz-meta-a-b");
  CHECK(*text == "GET\n/\n\nempty:\nhost:host\nrange:bytes=0-1\nx-amz-meta-a:1 2 3,again\nx-amz-meta-a-b:2\n\n" +
                     names + "\nhash");
}

// Amazon S3 API Reference, "Signature Calculations for the Authorization Header", its examples.
TEST_CASE("the examples of the S3 reference") {
  const aws::Credentials credentials{"AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "", {}};
  struct Row {
    const char* target;
    const char* range;
    const char* signature;
  };
  const Row rows[] = {
      {"/test.txt", "bytes=0-9", "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"},
      {"/?lifecycle", "", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"},
      {"/?max-keys=2&prefix=J", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
      {"/?prefix=J&max-keys=2", "", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.target);
    HttpRequest request;
    request.url = std::string("https://examplebucket.s3.amazonaws.com") + row.target;
    if (*row.range != '\0') request.headers.set("Range", row.range);
    for (int attempt = 0; attempt < 2; ++attempt) {  // signing again replaces
      REQUIRE(aws::sign(request, credentials, kS3, kNow, backend()).has_value());
      const std::string* authorization = request.headers.find("Authorization");
      REQUIRE(authorization != nullptr);
      CHECK(authorization->ends_with(std::string(", Signature=") + row.signature));
      CHECK(*request.headers.find("x-amz-content-sha256") ==
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
  }
}

TEST_CASE("a session token is sent and signed, and leaves with its session") {
  HttpRequest request = get("/");
  request.method = "POST";
  request.body = "{}";
  request.headers.set("X-Amz-Target", "a.b");
  request.headers.set("Content-Type", "application/x-amz-json-1.1");
  const aws::SigningScope cloudtrail{"eu-west-1", "cloudtrail"};
  REQUIRE(aws::sign(request, {"AK", "secret", "session", {}}, cloudtrail, kNow, backend()).has_value());
  CHECK(*request.headers.find("X-Amz-Security-Token") == "session");
  CHECK(request.headers.find("Authorization")
            ->find("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target,") !=
        std::string::npos);
  CHECK(request.headers.find("x-amz-content-sha256") == nullptr);
  REQUIRE(aws::sign(request, {"AK", "secret", "", {}}, cloudtrail, kNow, backend()).has_value());
  CHECK(request.headers.find("x-amz-security-token") == nullptr);
}

TEST_CASE("URLs are taken apart, and odd ones refused") {
  struct Row {
    const char* url;
    const char* host;  // nullptr: refused
  };
  for (const Row& row :
       {Row{"https://a.b", "a.b"}, Row{"https://a.b:443/x", "a.b"}, Row{"http://a:80?x", "a"},
        Row{"http://a:443/", "a:443"}, Row{"https://[::1]:8443/", "[::1]:8443"}, Row{"ftp://a/", nullptr},
        Row{"a/b", nullptr}, Row{"https:///x", nullptr}, Row{"https://user@a/", nullptr}, Row{"https://a/#x", nullptr},
        Row{"", nullptr}, Row{"https://:443/", nullptr}}) {
    CAPTURE(row.url);
    const auto url = aws::parse_url(row.url);
    REQUIRE(url.has_value() == (row.host != nullptr));
    if (url) CHECK(url->host == row.host);
  }
}
