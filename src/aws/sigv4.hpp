// AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request").
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "aws/http.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::aws {

// "a b/c" -> "a%20b%2Fc": everything but A-Z a-z 0-9 - . _ ~ (RFC 3986's unreserved) becomes %XX. With keep_slashes
// "/" stays, as in the path of an object's key.
std::string percent_encode(std::string_view text, bool keep_slashes = false);

// The reverse; a % that no two hexadecimal digits follow stays, and so does "+".
std::string percent_decode(std::string_view text);

// For whom a request is signed.
struct SigningScope {
  std::string region;   // "eu-west-1"
  std::string service;  // "s3", "sts", "cloudtrail"
};

// Services disagree on the path and on the hash of the body.
struct SigningRules {
  bool normalize_path;       // "/a/../b//" is signed as "/b/"
  bool encode_path;          // the path is signed percent-encoded once more than it is sent
  bool content_hash_header;  // x-amz-content-sha256 is sent and signed
};
inline constexpr SigningRules kS3Rules{false, false, true};
inline constexpr SigningRules kServiceRules{true, true, false};

// Adds x-amz-date, x-amz-security-token (if there is a session) and, by the rules, x-amz-content-sha256 to the headers,
// and then Authorization over all of them. What stood there under these names is replaced, so that a request may be
// signed again for its next attempt. The rules are S3's for the service "s3". Errors: invalid_argument (a URL without a
// host), those of the backend.
Result<void> sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope, Time now,
                  const crypto::Backend& backend);

// The steps, for those who prove them. ---------------------------------------------------------------------------

// Step 1, over the headers that are there, and Host. `signed_headers` gets "host;x-amz-date". Hop-by-hop headers and
// those that a proxy may change (Connection, Expect, User-Agent, ...) and Authorization are not signed. `body_hash` is
// in hexadecimal.
Result<std::string> canonical_request(const HttpRequest& request, const SigningRules& rules, std::string_view body_hash,
                                      std::string& signed_headers);

// Step 2: "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/service/aws4_request\n<hash>"
Result<std::string> string_to_sign(std::string_view canonical, const SigningScope& scope, Time now,
                                   const crypto::Backend& backend);

// Steps 3 and 4: the signature in hexadecimal.
Result<std::string> signature(std::string_view string_to_sign, const Credentials& credentials,
                              const SigningScope& scope, Time now, const crypto::Backend& backend);

}  // namespace trailseal::aws
