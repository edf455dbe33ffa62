// A bucket lives in one region, and a request to another region's endpoint, or signed for another region, is refused in
// one of three ways: 301 PermanentRedirect, 400 AuthorizationHeaderMalformed, 307 TemporaryRedirect (a young bucket).
// All of them say where to go, mostly in x-amz-bucket-region, which HeadBucket answers even with 403 (Amazon S3 API
// Reference, HeadBucket; User Guide, "Making requests over IPv6", "Request redirection and the REST API").
#include "store/s3_bucket.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

#include "aws/service_error.hpp"
#include "aws/sigv4.hpp"
#include "aws/url.hpp"

namespace trailseal::store {
namespace {

// So many refusals in a row, and none that was not one, are no accident: asking on would only take time.
constexpr unsigned kRefusalsToBelieve = 64;

// Not the object is refused, and not the action, but whoever asks.
bool is_about_credentials(std::string_view code) {
  constexpr std::array<std::string_view, 8> kCodes = {
      "InvalidAccessKeyId",   "SignatureDoesNotMatch", "ExpiredToken",   "InvalidToken",
      "TokenRefreshRequired", "RequestTimeTooSkewed",  "RequestExpired", "InvalidSecurity"};
  return std::ranges::find(kCodes, code) != kCodes.end();
}

// A proxy that wants a login, or apologizes, does so with a page and status 200. S3 names each of its answers; what
// imitates S3 gives at least an ETag, and no page.
bool is_from_s3(const aws::HttpResponse& response) {
  if (response.headers.find("x-amz-request-id") != nullptr) return true;
  const std::string* type = response.headers.find("content-type");
  return response.headers.find("etag") != nullptr && (type == nullptr || !type->starts_with("text/html"));
}

}  // namespace

Error s3_error(const aws::HttpResponse& response, ByteView body) {
  const aws::ServiceError said = aws::service_error(response, body);
  std::string message = fmt::format("S3 answered {}", response.status);
  if (!said.code.empty()) message += " " + said.code;
  if (!said.message.empty()) message += ": " + said.message;

  if (is_about_credentials(said.code)) {
    const std::string* date = response.headers.find("date");
    if (said.code == "RequestTimeTooSkewed" && date != nullptr) message += "; S3's clock says " + *date;
    return {Errc::authentication, std::move(message)};
  }
  // Only S3's own word makes an object missing: a 404 from a proxy, or of a bucket, does not.
  if (response.status == 404 && (said.code == "NoSuchKey" || said.code == "NoSuchVersion"))
    return {Errc::not_found, std::move(message)};
  if (said.code == "InvalidObjectState") return {Errc::archived, std::move(message)};
  if (response.status == 401 || response.status == 403 || said.code.starts_with("KMS."))
    return {Errc::access_denied, std::move(message)};
  return {Errc::io, std::move(message)};
}

S3Bucket::S3Bucket(const S3Options& options, S3Transport transport)
    : options_(options),
      transport_(std::move(transport)),
      endpoint_(aws::endpoint_options("s3", transport_.environment, options.endpoint)) {}

Result<std::unique_ptr<S3Bucket>> S3Bucket::find(const S3Options& options, S3Transport transport) {
  if (!aws::is_bucket_name(options.bucket))
    return Error{Errc::invalid_argument, "not a bucket's name: " + options.bucket};
  std::unique_ptr<S3Bucket> bucket(new S3Bucket(options, std::move(transport)));
  if (options.region.empty()) {
    TRY_VOID(bucket->discover());
  } else {
    bucket->region_ = options.region;
    TRY_VOID(bucket->url_of({}, options.region));  // says now what is wrong with it
  }
  return bucket;
}

Result<void> S3Bucket::discover() {
  const auto& environment = transport_.environment;
  region_ = environment("AWS_REGION").value_or(environment("AWS_DEFAULT_REGION").value_or("us-east-1"));
  const S3Question question{.method = "HEAD", .key = {}, .query = {}};
  TRY(const std::string url, url_of(question, region_));
  Bytes body;
  std::string access_key;
  TRY(const auto response, send(question, url, region_, body, access_key));
  if (const std::string* region = response.headers.find("x-amz-bucket-region")) move_to(*region);
  if (response.status == 404) return Error{Errc::not_found, "no such bucket: " + options_.bucket};
  if (response.status >= 500) return s3_error(response, body);
  return response.status == 200 ? Result<void>() : look_closer();
}

// The answer to HEAD has no body that would say why. Refused is not lost: single objects may still be readable, and
// each of them says so itself. But with credentials that nobody knows, or in a bucket of another owner, none is.
Result<void> S3Bucket::look_closer() const {
  S3Question question;
  question.query = "list-type=2&max-keys=1";
  Bytes body;
  const auto listed = ask(question, body);
  if (listed) return {};
  if (listed.error().code == Errc::authentication) return listed.error();
  if (listed.error().code != Errc::access_denied || options_.expected_owner.empty()) return {};
  question.any_owner = true;
  if (!ask(question, body)) return {};
  return Error{Errc::invalid_argument, "the bucket belongs to another account than " + options_.expected_owner};
}

std::string S3Bucket::region() const {
  const std::scoped_lock guard(mutex_);
  return region_;
}

bool S3Bucket::move_to(const std::string& region) const {
  if (!aws::is_region(region)) return false;
  const std::scoped_lock guard(mutex_);
  // Another partition's endpoints would be other hosts altogether.
  if (endpoint_.custom.empty() && aws::partition_of(region) != aws::partition_of(region_)) return false;
  region_ = region;
  return true;
}

Result<std::string> S3Bucket::url_of(const S3Question& question, const std::string& region) const {
  TRY(std::string url, aws::bucket_url(options_.bucket, region, endpoint_));
  url += "/" + aws::percent_encode(question.key, true);
  if (!question.query.empty()) url += "?" + question.query;
  return url;
}

Result<aws::HttpResponse> S3Bucket::send(const S3Question& question, const std::string& url, const std::string& region,
                                         Bytes& body, std::string& access_key) const {
  aws::HttpRequest request;
  request.method = question.method;
  request.url = url;
  request.limit = question.limit;
  if (!options_.expected_owner.empty() && !question.any_owner)
    request.headers.set("x-amz-expected-bucket-owner", options_.expected_owner);
  request.admit = question.admit;
  request.fresh = question.fresh;
  if (options_.request_payer) request.headers.set("x-amz-request-payer", "requester");
  return aws::send_with_retries(
      *transport_.http, request, body, transport_.retry, [&](aws::HttpRequest& unsigned_request) -> Result<void> {
        const auto credentials = transport_.credentials->get();
        if (!credentials) return Error{Errc::authentication, credentials.error().message};
        access_key = credentials->access_key;
        return aws::sign(unsigned_request, *credentials, {region, "s3"}, transport_.clock(), *transport_.backend);
      });
}

std::string S3Bucket::elsewhere(const S3Question& question, const std::string& url, const aws::HttpResponse& response,
                                ByteView body) const {
  if (response.status != 301 && response.status != 307 && response.status != 400) return {};
  const aws::ServiceError said = aws::service_error(response, body);
  if (response.status == 400 && said.code != "AuthorizationHeaderMalformed") return {};
  if (response.status == 307) {
    const std::string* location = response.headers.find("location");
    const auto from = aws::parse_url(url);
    const auto to = location == nullptr ? std::nullopt : aws::parse_url(*location);
    if (!from || !to || from->scheme != to->scheme) return {};
    const bool own = endpoint_.custom.empty() ? aws::is_own_host(to->host, region()) : to->host == from->host;
    return own ? *location : std::string();
  }
  const std::string* header = response.headers.find("x-amz-bucket-region");
  const std::string& region = header != nullptr ? *header : said.region;
  if (!move_to(region)) return {};
  auto moved = url_of(question, region);
  return moved ? std::move(moved).value() : std::string();
}

bool S3Bucket::has_md5(const aws::HttpResponse& response) const {
  const auto is_set = [&](const char* name) { return response.headers.find(name) != nullptr; };
  const std::string* etag = response.headers.find("etag");
  if (etag == nullptr || etag->size() != 34 || is_set("x-amz-server-side-encryption-customer-algorithm")) return false;
  const std::string* encryption = response.headers.find("x-amz-server-side-encryption");
  return encryption == nullptr || (*encryption == "AES256" && endpoint_.custom.empty());
}

Result<aws::HttpResponse> S3Bucket::ask(const S3Question& question, Bytes& body) const {
  TRY(std::string url, url_of(question, region()));
  if (refusals_ >= kRefusalsToBelieve) {
    const std::scoped_lock guard(mutex_);
    return Error{Errc::authentication, refusal_};
  }
  const auto refused = [this](Error error) {
    ++refusals_;
    const std::scoped_lock guard(mutex_);
    refusal_ = error.message;
    return error;
  };
  std::string access_key;
  for (bool moved = false, renewed = false;;) {
    auto response = send(question, url, region(), body, access_key);
    if (!response && response.error().code == Errc::authentication) return refused(std::move(response).error());
    if (!response) return response;
    if (response->status == 200) {
      if (!question.key.empty() && !is_from_s3(*response)) {
        body.clear();
        return Error{Errc::io, "the answer is not S3's: a proxy's, perhaps"};
      }
      refusals_ = 0;
      return response;
    }
    std::string next = moved ? std::string() : elsewhere(question, url, *response, body);
    if (!next.empty()) {
      url = std::move(next);
      moved = true;
      continue;
    }
    Error error = s3_error(*response, body);
    body.clear();
    if (error.code != Errc::authentication) {
      if (error.code != Errc::io) refusals_ = 0;  // S3 knew who asked
      return error;
    }
    if (renewed || !transport_.credentials->renew(access_key)) return refused(std::move(error));
    renewed = true;
  }
}

}  // namespace trailseal::store
