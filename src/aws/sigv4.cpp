// AWS Signature Version 4 (IAM User Guide, "Create a signed AWS API request"), for headers; presigned URLs are not
// made.
//
// The signature covers a canonical form of the request, which the server computes from what arrives. So everything here
// is decoded and encoded again: whatever way the caller wrote a path or a query, both sides come to the same text. S3
// signs a path as the object's key, encoded once and never normalised; the other services normalise it and encode what
// was sent once more. libcurl's own signer gets these cases wrong in versions that are in use, hence this one.
#include "aws/sigv4.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "aws/url.hpp"
#include "base/hex.hpp"

namespace trailseal::aws {
namespace {

using crypto::Hash;

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";

constexpr bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

// What is added or changed on the way, and what cannot be a part of its own signature.
bool is_signed(std::string_view lower_name) {
  static constexpr std::array<std::string_view, 7> kNot = {"authorization",     "connection", "expect",         "te",
                                                           "transfer-encoding", "user-agent", "x-amzn-trace-id"};
  return std::ranges::find(kNot, lower_name) == kNot.end();
}

// Without spaces at the ends, and with one where there are several.
std::string trim(std::string_view value) {
  std::string out;
  bool space = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      space = !out.empty();
      continue;
    }
    if (std::exchange(space, false)) out += ' ';
    out += c;
  }
  return out;
}

// RFC 3986 section 5.2.4, and no empty components.
std::string normalize(std::string_view path) {
  std::vector<std::string_view> parts;
  bool folder = true;  // ends in "/"
  for (std::size_t at = 0; at < path.size();) {
    const auto slash = std::min(path.find('/', at), path.size());
    const std::string_view part = path.substr(at, slash - at);
    folder = slash < path.size() || part == "." || part == "..";
    if (part == ".." && !parts.empty()) parts.pop_back();
    if (!part.empty() && part != "." && part != "..") parts.push_back(part);
    at = slash + 1;
  }
  std::string out = "/";
  for (const auto& part : parts) out.append(part).append("/");
  if (!folder && !parts.empty()) out.pop_back();
  return out;
}

std::string canonical_path(std::string_view path, const SigningRules& rules) {
  const std::string sent = rules.normalize_path ? normalize(path) : path.empty() ? "/" : std::string(path);
  return percent_encode(rules.encode_path ? sent : percent_decode(sent), true);
}

std::string canonical_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const auto ampersand = std::min(query.find('&'), query.size());
    const std::string_view parameter = query.substr(0, ampersand);
    query.remove_prefix(std::min(ampersand + 1, query.size()));
    if (parameter.empty()) continue;
    const auto equals = std::min(parameter.find('='), parameter.size());
    const auto value = parameter.substr(std::min(equals + 1, parameter.size()));
    parameters.emplace_back(percent_encode(percent_decode(parameter.substr(0, equals))),
                            percent_encode(percent_decode(value)));
  }
  std::ranges::sort(parameters);
  std::string out;
  for (const auto& [name, value] : parameters) {
    if (!out.empty()) out += '&';
    out.append(name).append("=").append(value);
  }
  return out;
}

std::string scope_text(const SigningScope& scope, Time now) {
  return to_basic_seconds(now).substr(0, 8) + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

}  // namespace

std::string percent_encode(std::string_view text, bool keep_slashes) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || (c == '/' && keep_slashes)) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
    }
  }
  return out;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      if (const auto byte = base::from_hex(text.substr(i + 1, 2))) {
        out += static_cast<char>(byte->front());
        i += 2;
        continue;
      }
    }
    out += text[i];
  }
  return out;
}

Result<std::string> canonical_request(const HttpRequest& request, const SigningRules& rules, std::string_view body_hash,
                                      std::string& signed_headers) {
  const auto url = parse_url(request.url);
  if (!url) return Error{Errc::invalid_argument, "not a URL that can be signed: " + request.url};
  std::map<std::string, std::string> headers;
  for (const auto& header : request.headers) {
    const std::string name = lower_name(header.name);
    if (!is_signed(name)) continue;
    const auto [place, first] = headers.emplace(name, trim(header.value));
    if (!first) place->second.append(",").append(trim(header.value));
  }
  headers.emplace("host", url->host);

  std::string out = request.method;
  out.append("\n").append(canonical_path(url->path, rules));
  out.append("\n").append(canonical_query(url->query)).append("\n");
  signed_headers.clear();
  for (const auto& [name, value] : headers) {
    out.append(name).append(":").append(value).append("\n");
    if (!signed_headers.empty()) signed_headers += ';';
    signed_headers += name;
  }
  out.append("\n").append(signed_headers).append("\n").append(body_hash);
  return out;
}

Result<std::string> string_to_sign(std::string_view canonical, const SigningScope& scope, Time now,
                                   const crypto::Backend& backend) {
  TRY(const Bytes hash, backend.hash(Hash::sha256, as_bytes(canonical)));
  std::string out(kAlgorithm);
  out.append("\n").append(to_basic_seconds(now)).append("\n").append(scope_text(scope, now));
  out.append("\n").append(base::to_hex(hash));
  return out;
}

Result<std::string> signature(std::string_view string_to_sign, const Credentials& credentials,
                              const SigningScope& scope, Time now, const crypto::Backend& backend) {
  const Secret first("AWS4" + credentials.secret_key.text());
  Bytes key(first.text().begin(), first.text().end());
  for (const std::string& part :
       {to_basic_seconds(now).substr(0, 8), scope.region, scope.service, std::string("aws4_request")}) {
    TRY(key, backend.hmac(Hash::sha256, key, as_bytes(part)));
  }
  TRY(const Bytes mac, backend.hmac(Hash::sha256, key, as_bytes(string_to_sign)));
  return base::to_hex(mac);
}

Result<void> sign(HttpRequest& request, const Credentials& credentials, const SigningScope& scope, Time now,
                  const crypto::Backend& backend) {
  const SigningRules rules = scope.service == "s3" ? kS3Rules : kServiceRules;
  TRY(const Bytes hash, backend.hash(Hash::sha256, as_bytes(request.body)));
  const std::string body_hash = base::to_hex(hash);
  request.headers.remove("authorization");
  request.headers.set("x-amz-date", to_basic_seconds(now));
  request.headers.remove("x-amz-security-token");
  if (!credentials.session_token.empty()) request.headers.set("x-amz-security-token", credentials.session_token.text());
  if (rules.content_hash_header) request.headers.set("x-amz-content-sha256", body_hash);

  std::string signed_headers;
  TRY(const std::string canonical, canonical_request(request, rules, body_hash, signed_headers));
  TRY(const std::string text, string_to_sign(canonical, scope, now, backend));
  TRY(const std::string mac, signature(text, credentials, scope, now, backend));
  request.headers.set("Authorization", std::string(kAlgorithm) + " Credential=" + credentials.access_key + "/" +
                                           scope_text(scope, now) + ", SignedHeaders=" + signed_headers +
                                           ", Signature=" + mac);
  return {};
}

}  // namespace trailseal::aws
