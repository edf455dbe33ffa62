// AWS's suite for Signature Version 4: a folder of folders, one for each request. Each is checked twice, as a request
// signed in its headers and as a presigned URL; the program makes no presigned URLs, but their canonical requests are
// harder, so they are computed here from the same steps.
#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "aws/sigv4.hpp"
#include "base/hex.hpp"
#include "trailseal/time.hpp"
#include "vectors.hpp"

namespace fs = std::filesystem;

namespace trailseal::test {
namespace {

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

struct Case {
  aws::HttpRequest request;
  aws::Credentials credentials;
  aws::SigningScope scope;
  aws::SigningRules rules;
  Time time;
  std::string expires;
  bool token_unsigned;  // the session token is added after signing
};

// "GET /path HTTP/1.1", header lines, an empty line, the body.
aws::HttpRequest parse_request(const std::string& text) {
  aws::HttpRequest request;
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const auto first = line.find(' '), last = line.rfind(' ');
  request.method = line.substr(0, first);
  const std::string target = line.substr(first + 1, last - first - 1);
  while (std::getline(lines, line) && !line.empty()) {
    const auto colon = line.find(':');
    request.headers.add(line.substr(0, colon), line.substr(colon + 1));
  }
  request.body.assign(std::istreambuf_iterator<char>(lines), {});
  request.url = "https://example.amazonaws.com" + target;
  return request;
}

Case read_case(const fs::path& folder) {
  const auto context = nlohmann::json::parse(read(folder / "context.json"));
  const auto& credentials = context.at("credentials");
  const bool normalize = context.at("normalize"), sign_body = context.at("sign_body");
  const auto time = parse_iso_utc(context.at("timestamp").get<std::string>());
  if (!time) throw std::runtime_error("a time that cannot be read");
  return {parse_request(read(folder / "request.txt")),
          {credentials.at("access_key_id"),
           credentials.at("secret_access_key").get<std::string>(),
           credentials.value("token", ""),
           {}},
          {context.at("region"), context.at("service")},
          {normalize, true, sign_body},
          *time,
          std::to_string(context.at("expiration_in_seconds").get<int>()),
          context.value("omit_session_token", false)};
}

std::string hash_of(const crypto::Backend& backend, const std::string& text) {
  const auto hash = backend.hash(crypto::Hash::sha256, as_bytes(text));
  return hash ? base::to_hex(*hash) : "no hash";
}

// The three steps against the three files of this half of the case.
bool steps_match(const Case& one, const std::string& signed_headers, const fs::path& folder, const std::string& half,
                 const crypto::Backend& backend) {
  std::string names;
  const auto canonical = aws::canonical_request(one.request, one.rules, hash_of(backend, one.request.body), names);
  if (!canonical || *canonical != read(folder / (half + "-canonical-request.txt"))) return false;
  if (!signed_headers.empty() && names != signed_headers) return false;
  const auto text = aws::string_to_sign(*canonical, one.scope, one.time, backend);
  if (!text || *text != read(folder / (half + "-string-to-sign.txt"))) return false;
  const auto mac = aws::signature(*text, one.credentials, one.scope, one.time, backend);
  return mac && *mac == read(folder / (half + "-signature.txt"));
}

bool headers_match(Case one, const fs::path& folder, const crypto::Backend& backend) {
  // Where the rules are those of a service, the whole of sign() must give the Authorization of the signed request.
  if (one.rules.normalize_path && !one.rules.content_hash_header && !one.token_unsigned) {
    aws::HttpRequest request = one.request;
    if (!aws::sign(request, one.credentials, one.scope, one.time, backend)) return false;
    const std::string* authorization = request.headers.find("authorization");
    const std::string wanted = read(folder / "header-signed-request.txt");
    if (authorization == nullptr || wanted.find("Authorization:" + *authorization + "\n") == std::string::npos)
      return false;
  }
  one.request.headers.set("x-amz-date", to_basic_seconds(one.time));
  if (!one.credentials.session_token.empty() && !one.token_unsigned)
    one.request.headers.set("x-amz-security-token", one.credentials.session_token.text());
  if (one.rules.content_hash_header)
    one.request.headers.set("x-amz-content-sha256", hash_of(backend, one.request.body));
  return steps_match(one, "", folder, "header", backend);
}

bool query_matches(Case one, const fs::path& folder, const crypto::Backend& backend) {
  // The names of the signed headers are a parameter, so they are asked for first.
  std::string names;
  if (!aws::canonical_request(one.request, one.rules, "", names)) return false;
  const std::string date = to_basic_seconds(one.time);
  std::string& url = one.request.url;
  url += url.find('?') == std::string::npos ? "?" : "&";
  url += "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=" + date + "&X-Amz-Expires=" + one.expires +
         "&X-Amz-SignedHeaders=" + aws::percent_encode(names) + "&X-Amz-Credential=" +
         aws::percent_encode(one.credentials.access_key + "/" + date.substr(0, 8) + "/" + one.scope.region + "/" +
                             one.scope.service + "/aws4_request");
  if (!one.credentials.session_token.empty() && !one.token_unsigned)
    url += "&X-Amz-Security-Token=" + aws::percent_encode(one.credentials.session_token.text());
  return steps_match(one, names, folder, "query", backend);
}

bool is_case(const fs::path& folder) { return fs::is_regular_file(folder / "request.txt"); }

void run(const Candidate& candidate, Tally& tally) {
  std::vector<fs::path> folders;
  for (const auto& entry : fs::directory_iterator(candidate.path))
    if (is_case(entry.path())) folders.push_back(entry.path());
  std::ranges::sort(folders);
  for (const fs::path& folder : folders) {
    const std::string name = folder.filename().string();
    const Case one = read_case(folder);
    tally.check(name + " (headers)", [&](const auto& backend) { return headers_match(one, folder, backend); });
    tally.check(name + " (query)", [&](const auto& backend) { return query_matches(one, folder, backend); });
  }
}

}  // namespace

const Format kSigv4 = {[](const Candidate& candidate) {
                         return fs::is_directory(candidate.path) &&
                                std::any_of(fs::directory_iterator(candidate.path), fs::directory_iterator(),
                                            [](const auto& entry) { return is_case(entry.path()); });
                       },
                       run};

}  // namespace trailseal::test
