// A bucket on the S3 server that the environment names (S3_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY), for
// tests that run over a real one. Without S3_ENDPOINT there is none.
#pragma once

#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "aws/sigv4.hpp"
#include "store/s3_bucket.hpp"

namespace trailseal::test {

class FixedCredentials final : public aws::CredentialSource {
 public:
  explicit FixedCredentials(aws::Credentials credentials) : credentials_(std::move(credentials)) {}
  Result<aws::Credentials> get() override { return credentials_; }

 private:
  aws::Credentials credentials_;
};

class S3Server {
 public:
  static std::optional<S3Server> from_environment() {
    const aws::Environment environment = aws::process_environment();
    const auto endpoint = environment("S3_ENDPOINT");
    if (!endpoint) return std::nullopt;
    return S3Server(*endpoint, {environment("AWS_ACCESS_KEY_ID").value(), environment("AWS_SECRET_ACCESS_KEY").value(),
                                environment("AWS_SESSION_TOKEN").value_or(""), std::nullopt});
  }

  S3Server(std::string endpoint, aws::Credentials credentials)
      : endpoint_(std::move(endpoint)),
        credentials_(std::make_shared<FixedCredentials>(std::move(credentials))),
        http_(aws::make_http()) {}

  // What a store asks through. Waits and chance are left out, so that a test takes no time and always the same way.
  store::S3Transport transport() const {
    store::S3Transport transport;
    transport.http = http_;
    transport.credentials = credentials_;
    transport.environment = [](const std::string&) { return std::nullopt; };
    transport.retry.sleep = [](std::chrono::milliseconds) {};
    transport.retry.random = [] { return 0.5; };
    transport.clock = [] { return std::chrono::floor<Seconds>(std::chrono::system_clock::now()); };
    transport.backend = crypto::backends().front();
    return transport;
  }

  std::unique_ptr<store::ObjectStore> open(const std::string& bucket) const {
    auto opened = store::open_s3(options(bucket), transport());
    if (!opened) throw std::runtime_error(opened.error().message);
    return std::move(opened).value();
  }

  store::S3Options options(const std::string& bucket) const {
    store::S3Options options;
    options.bucket = bucket;
    options.endpoint = endpoint_;
    return options;
  }

  void make_bucket(const std::string& bucket) const { send("PUT", "/" + bucket, "", {}); }

  void keep_versions(const std::string& bucket) const {
    send("PUT", "/" + bucket + "?versioning=",
         "<VersioningConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Status>Enabled</Status>"
         "</VersioningConfiguration>",
         {});
  }

  void erase(const std::string& bucket, const std::string& key) const {
    send("DELETE", "/" + bucket + "/" + aws::percent_encode(key, true), "", {});
  }

  void put(const std::string& bucket, const std::string& key, const std::string& content,
           const store::Metadata& metadata) const {
    send("PUT", "/" + bucket + "/" + aws::percent_encode(key, true), content, metadata);
  }

 private:
  void send(const std::string& method, const std::string& path, const std::string& content,
            const store::Metadata& metadata) const {
    aws::HttpRequest request;
    request.method = method;
    request.url = endpoint_ + path;
    request.body = content;
    for (const auto& [name, value] : metadata) request.headers.set("x-amz-meta-" + name, value);
    const store::S3Transport by = transport();
    if (!aws::sign(request, *credentials_->get(), {"us-east-1", "s3"}, by.clock(), *by.backend))
      throw std::runtime_error("cannot sign");
    Bytes body;
    const auto response = http_->send(request, body);
    if (!response) throw std::runtime_error(response.error().message);
    if (response->status >= 300)
      throw std::runtime_error(method + " " + path + ": " + std::to_string(response->status) + " " +
                               std::string(as_text(body)));
  }

  std::string endpoint_;
  std::shared_ptr<FixedCredentials> credentials_;
  std::shared_ptr<aws::Http> http_;
};

}  // namespace trailseal::test
