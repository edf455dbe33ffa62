// HTTP as AWS's services need it: one blocking request, any number of threads.
//
// What is sent is what the caller wrote, byte for byte, because it was signed: no normalised path, no header that the
// caller does not know (libcurl's own Accept and Expect are off). What is received is what was sent: no content
// decoding, no redirect followed. A body that ends early, or is not as long as its Content-Length, is Errc::io.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

struct Header {
  std::string name, value;
};

// Headers in the order in which they came; names are compared without regard to case.
class Headers {
 public:
  void add(std::string name, std::string value) { all_.push_back({std::move(name), std::move(value)}); }
  void set(std::string_view name, std::string value);  // instead of all of that name
  void remove(std::string_view name);
  const std::string* find(std::string_view name) const;  // the first of that name, or nullptr

  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }
  void clear() { all_.clear(); }

 private:
  std::vector<Header> all_;
};

// ASCII only: header names are.
bool same_name(std::string_view a, std::string_view b) noexcept;
std::string lower_name(std::string_view name);

struct HttpRequest {
  std::string method = "GET";    // GET, HEAD, POST or PUT
  std::string url;               // "https://host[:port]/path[?query]", percent-encoded, no fragment; http or https
  Headers headers;               // Host and Content-Length are made from the rest
  std::string body;              // POST and PUT
  std::size_t limit = 1u << 20;  // a longer body of a response 2xx is Errc::limit; others may have 64 KiB
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds timeout{0};  // for the whole exchange; 0: none, only a stall ends it
  bool direct = false;                   // never through a proxy: the metadata services of a machine or container
  bool fresh = false;                    // over a new connection
  // Asked when the length of a body 2xx is known and before any of it is kept; false ends the exchange with
  // Errc::limit. With it, a body without a Content-Length is Errc::io.
  std::function<bool(std::uint64_t length)> admit = nullptr;
};

struct HttpResponse {
  int status = 0;
  Headers headers;
};

// Thread-safe.
class Http {
 public:
  virtual ~Http() = default;

  // A response of any status is a value. `body` gets its content (its old content is dropped, its capacity kept); it is
  // empty after an Error. Errors: io (no connection, TLS, timeout, stall, truncation; also an interrupt by the cancel
  // flag), limit, invalid_argument (a URL or header that cannot be sent), unsupported (a certificate that is not
  // trusted).
  virtual Result<HttpResponse> send(const HttpRequest& request, Bytes& body) = 0;
};

struct HttpOptions {
  std::string ca_bundle;                      // PEM file in place of the system's roots (AWS_CA_BUNDLE); empty: those
  const std::atomic<bool>* cancel = nullptr;  // becomes true: requests under way and later ones end with Errc::io
  // Slower than one byte a second for so long is a stall.
  std::chrono::seconds stall{20};
};

// libcurl: connections are kept alive and handed from request to request; names and TLS sessions are shared by all
// threads. Proxies as libcurl takes them from the environment (HTTPS_PROXY, http_proxy, ALL_PROXY, NO_PROXY). Costs
// nothing before the first request.
std::unique_ptr<Http> make_http(HttpOptions options = {});

}  // namespace trailseal::aws
