// Signed requests to one bucket of S3: where it is, which way to ask, and what the answers mean.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "aws/credentials.hpp"
#include "aws/endpoints.hpp"
#include "aws/http.hpp"
#include "aws/retry.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/store.hpp"

namespace trailseal::store {

// What a bucket is asked through; tests put their own here.
struct S3Transport {
  std::shared_ptr<aws::Http> http;
  std::shared_ptr<aws::CredentialSource> credentials;
  aws::Environment environment;
  aws::RetryPolicy retry;
  std::function<Time()> clock;
  const crypto::Backend* backend = nullptr;
};

// A request to S3 about the bucket, or about an object in it.
struct S3Question {
  std::string method = "GET";
  std::string key;    // empty: the bucket itself
  std::string query;  // "list-type=2&prefix=a%2F", without "?"
  std::size_t limit = 1u << 20;
  bool any_owner = false;  // do not let S3 refuse a bucket of another account than the expected
  std::function<bool(std::uint64_t length)> admit = nullptr;  // as in aws::HttpRequest
  bool fresh = false;                                         // as there
};

class S3Bucket {
 public:
  // Asks S3 for the bucket's region, unless the options state it. Errors: those of open_s3.
  static Result<std::unique_ptr<S3Bucket>> find(const S3Options& options, S3Transport transport);

  // The response of status 200, with its body; any other is an Error by what it means. A redirect, or the news that the
  // bucket is in another region, is followed once. Thread-safe.
  Result<aws::HttpResponse> ask(const S3Question& question, Bytes& body) const;

  std::string region() const;

  // Whether the ETag is the MD5 of what was stored: in S3 that of an object put in one piece that KMS and the client's
  // own keys have no part in; S3's imitations do as they like with what they encrypt.
  bool has_md5(const aws::HttpResponse& response) const;

 private:
  S3Bucket(const S3Options& options, S3Transport transport);
  Result<void> discover();
  Result<aws::HttpResponse> send(const S3Question& question, const std::string& url, const std::string& region,
                                 Bytes& body, std::string& access_key) const;
  Result<void> look_closer() const;
  Result<std::string> url_of(const S3Question& question, const std::string& region) const;
  // Where the answer says to ask instead; empty: nowhere. Takes note of a new region.
  std::string elsewhere(const S3Question& question, const std::string& url, const aws::HttpResponse& response,
                        ByteView body) const;
  bool move_to(const std::string& region) const;

  S3Options options_;
  S3Transport transport_;
  aws::EndpointOptions endpoint_;
  mutable std::mutex mutex_;
  mutable std::string region_;
  mutable std::string refusal_;                // what S3 said of the credentials last
  mutable std::atomic<unsigned> refusals_{0};  // of the credentials, in a row
};

// What an answer other than 200 means to a reader of evidence.
Error s3_error(const aws::HttpResponse& response, ByteView body);

// As open_s3 of the public header.
Result<std::unique_ptr<ObjectStore>> open_s3(const S3Options& options, S3Transport transport);

}  // namespace trailseal::store
