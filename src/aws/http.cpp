// Http over libcurl: the only file that knows it.
//
// libcurl is loaded when the first request is sent, not when the program starts: it brings 25 libraries, which cost 3
// to 8 ms that a verification of a directory need not pay, and such a verification works where libcurl is missing.
//
// Each request under way has an easy handle of its own with its own connections; idle handles are kept, the one used
// last on top, so that few connections stay warm. Handles share names and TLS sessions, but not connections: sharing
// those between threads is documented as unsafe.
#include "aws/http.hpp"

#include <curl/curl.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include "aws/url.hpp"

namespace trailseal::aws {
namespace {

constexpr std::size_t kMostHeaderBytes = 256u << 10;
constexpr std::size_t kErrorBody = 64u << 10;  // an explanation may have this much, however small the object may be
constexpr std::size_t kMostIdle = 128;
constexpr long kReceiveBuffer = 128 << 10;

struct Curl {
  decltype(&curl_global_init) global_init;
  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_cleanup) easy_cleanup;
  decltype(&curl_easy_reset) easy_reset;
  CURLcode (*easy_setopt)(CURL*, CURLoption, ...);
  CURLcode (*easy_getinfo)(CURL*, CURLINFO, ...);
  decltype(&curl_easy_perform) easy_perform;
  decltype(&curl_easy_strerror) easy_strerror;
  decltype(&curl_slist_append) slist_append;
  decltype(&curl_slist_free_all) slist_free_all;
  decltype(&curl_share_init) share_init;
  CURLSHcode (*share_setopt)(CURLSH*, CURLSHoption, ...);
  decltype(&curl_share_cleanup) share_cleanup;

  static const Curl* loaded();  // nullptr: there is none
};

const Curl* Curl::loaded() {
  static Curl curl;
  static const bool complete = [] {
    void* library = nullptr;
    for (const char* name : {"libcurl.so.4", "libcurl-gnutls.so.4", "libcurl.4.dylib"})
      if (library == nullptr) library = ::dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) return false;
    bool all = true;
    const auto take = [&](auto& function, const char* name) {
      function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(::dlsym(library, name));
      all = all && function != nullptr;
    };
    take(curl.global_init, "curl_global_init");
    take(curl.easy_init, "curl_easy_init");
    take(curl.easy_cleanup, "curl_easy_cleanup");
    take(curl.easy_reset, "curl_easy_reset");
    take(curl.easy_setopt, "curl_easy_setopt");
    take(curl.easy_getinfo, "curl_easy_getinfo");
    take(curl.easy_perform, "curl_easy_perform");
    take(curl.easy_strerror, "curl_easy_strerror");
    take(curl.slist_append, "curl_slist_append");
    take(curl.slist_free_all, "curl_slist_free_all");
    take(curl.share_init, "curl_share_init");
    take(curl.share_setopt, "curl_share_setopt");
    take(curl.share_cleanup, "curl_share_cleanup");
    return all && curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }();
  return complete ? &curl : nullptr;
}

// A response on its way in. libcurl calls back on the thread that sends.
struct Receiver {
  const HttpRequest& request;
  const std::atomic<bool>* cancel;
  HttpResponse& response;
  Bytes& body;
  std::size_t header_bytes = 0;
  std::size_t limit = request.limit;
  bool good = false;     // 2xx
  bool in_body = false;  // header lines after the body are trailers, which nobody signed or expects
  std::optional<std::uint64_t> length = {};
  std::optional<Error> error = {};

  bool fail(Errc code, std::string message) {
    if (!error) error = Error{code, std::move(message)};
    return false;
  }

  bool on_header(std::string_view line) {
    header_bytes += line.size();
    if (header_bytes > kMostHeaderBytes) return fail(Errc::limit, "the response's headers are too long");
    if (in_body) return true;
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // also after an interim response (1xx)
      response.headers.clear();
      length.reset();
      good = line.find(" 2") == line.find(' ');
      limit = good ? request.limit : std::max(request.limit, kErrorBody);
      return true;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) return true;
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ') || value.starts_with('\t')) value.remove_prefix(1);
    while (value.ends_with(' ') || value.ends_with('\t')) value.remove_suffix(1);
    response.headers.add(std::string(line.substr(0, colon)), std::string(value));
    return !same_name(line.substr(0, colon), "content-length") || on_length(value);
  }

  bool on_length(std::string_view value) {
    std::uint64_t number = 0;
    const auto [end, fault] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (fault != std::errc{} || end != value.data() + value.size() || (length && *length != number))
      return fail(Errc::io, "the response's Content-Length is not one number");
    length = number;
    if (request.method == "HEAD") return true;
    if (number > limit) return too_long(number);
    if (good && request.admit && !request.admit(number))
      return fail(Errc::limit, "there is no room for the response's body now");
    body.reserve(number);
    return true;
  }

  bool too_long(std::uint64_t size) {
    return fail(Errc::limit, fmt::format("the response has {} bytes; the limit is {}", size, limit));
  }

  bool on_body(ByteView piece) {
    in_body = true;
    if (good && request.admit && !length) return fail(Errc::io, "the response does not state its length");
    if (body.size() + piece.size() > limit) return too_long(body.size() + piece.size());
    body.insert(body.end(), piece.begin(), piece.end());
    return true;
  }
};

// libcurl's callbacks are functions of C, so nothing may be thrown through them.
template <class Work>
std::size_t guarded(std::size_t size, void* receiver, const Work& work) noexcept {
  try {
    return work(*static_cast<Receiver*>(receiver)) ? size : size + 1;  // another number ends the transfer
  } catch (const std::exception&) {
    return size + 1;
  }
}

std::size_t header_callback(char* data, std::size_t size, std::size_t count, void* receiver) {
  return guarded(size * count, receiver, [&](Receiver& to) { return to.on_header({data, size * count}); });
}

std::size_t body_callback(char* data, std::size_t size, std::size_t count, void* receiver) {
  return guarded(size * count, receiver, [&](Receiver& to) { return to.on_body(as_bytes({data, size * count})); });
}

int progress_callback(void* receiver, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* cancel = static_cast<const Receiver*>(receiver)->cancel;
  return cancel != nullptr && *cancel ? 1 : 0;
}

Error interrupted() { return {Errc::io, "the run was interrupted"}; }

class CurlHttp final : public Http {
 public:
  explicit CurlHttp(HttpOptions options) : options_(std::move(options)) {}
  CurlHttp(const CurlHttp&) = delete;
  CurlHttp& operator=(const CurlHttp&) = delete;

  ~CurlHttp() override {
    for (CURL* handle : idle_) curl_->easy_cleanup(handle);
    if (share_ != nullptr) curl_->share_cleanup(share_);
  }

  Result<HttpResponse> send(const HttpRequest& request, Bytes& body) override {
    body.clear();
    if (!parse_url(request.url)) return Error{Errc::invalid_argument, "not a URL that can be asked: " + request.url};
    if (options_.cancel != nullptr && *options_.cancel) return interrupted();
    std::call_once(started_, [this] { start(); });
    CURL* handle = take();
    if (handle == nullptr) return Error{Errc::unsupported, "libcurl cannot be loaded (libcurl.so.4)"};
    auto response = perform(handle, request, body);
    give_back(handle);
    if (!response) body.clear();
    return response;
  }

 private:
  void start() {
    curl_ = Curl::loaded();
    if (curl_ == nullptr) return;
    share_ = curl_->share_init();
    if (share_ == nullptr) return;
    curl_->share_setopt(share_, CURLSHOPT_USERDATA, static_cast<void*>(this));
    curl_->share_setopt(share_, CURLSHOPT_LOCKFUNC, &CurlHttp::lock);
    curl_->share_setopt(share_, CURLSHOPT_UNLOCKFUNC, &CurlHttp::unlock);
    curl_->share_setopt(share_, CURLSHOPT_SHARE, static_cast<int>(CURL_LOCK_DATA_DNS));
    curl_->share_setopt(share_, CURLSHOPT_SHARE, static_cast<int>(CURL_LOCK_DATA_SSL_SESSION));
  }

  static void lock(CURL*, curl_lock_data what, curl_lock_access, void* self) {
    static_cast<CurlHttp*>(self)->locks_[static_cast<std::size_t>(what)].lock();
  }
  static void unlock(CURL*, curl_lock_data what, void* self) {
    static_cast<CurlHttp*>(self)->locks_[static_cast<std::size_t>(what)].unlock();
  }

  CURL* take() {
    if (curl_ == nullptr) return nullptr;
    const std::scoped_lock guard(mutex_);
    if (idle_.empty()) return curl_->easy_init();
    CURL* handle = idle_.back();
    idle_.pop_back();
    return handle;
  }

  void give_back(CURL* handle) {
    curl_->easy_reset(handle);  // keeps its connections
    const std::scoped_lock guard(mutex_);
    if (idle_.size() < kMostIdle)
      idle_.push_back(handle);
    else
      curl_->easy_cleanup(handle);
  }

  void set(CURL* handle, CURLoption option, long value) const { curl_->easy_setopt(handle, option, value); }
  void set(CURL* handle, CURLoption option, const void* value) const { curl_->easy_setopt(handle, option, value); }
  void set(CURL* handle, CURLoption option, const std::string& value) const {
    curl_->easy_setopt(handle, option, value.c_str());
  }

  void configure(CURL* handle, const HttpRequest& request) const {
    set(handle, CURLOPT_URL, request.url);
    set(handle, CURLOPT_PATH_AS_IS, 1L);
    set(handle, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // S3 speaks no other
    set(handle, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    set(handle, CURLOPT_FOLLOWLOCATION, 0L);
    set(handle, CURLOPT_NOSIGNAL, 1L);
    set(handle, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    set(handle, CURLOPT_BUFFERSIZE, kReceiveBuffer);
    set(handle, CURLOPT_TCP_KEEPALIVE, 1L);
    set(handle, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.connect_timeout.count()));
    set(handle, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
    set(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(handle, CURLOPT_LOW_SPEED_TIME, static_cast<long>(options_.stall.count()));
    if (request.fresh) set(handle, CURLOPT_FRESH_CONNECT, 1L);
    if (request.direct) set(handle, CURLOPT_NOPROXY, std::string("*"));
    if (!options_.ca_bundle.empty()) set(handle, CURLOPT_CAINFO, options_.ca_bundle);
    if (share_ != nullptr) set(handle, CURLOPT_SHARE, static_cast<const void*>(share_));
    if (request.method == "HEAD") {
      set(handle, CURLOPT_NOBODY, 1L);
    } else if (request.method != "GET") {
      set(handle, CURLOPT_POST, 1L);
      curl_->easy_setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(handle, CURLOPT_POSTFIELDS, static_cast<const void*>(request.body.data()));
      if (request.method != "POST") set(handle, CURLOPT_CUSTOMREQUEST, request.method);
    }
  }

  // nullptr: out of memory, or a header that cannot be sent.
  curl_slist* header_list(const HttpRequest& request) const {
    curl_slist* list = nullptr;
    bool complete = true;
    const auto append = [&](const std::string& line) {
      curl_slist* longer = curl_->slist_append(list, line.c_str());
      complete = complete && longer != nullptr && line.find_first_of(std::string_view("\r\n\0", 3)) == line.npos;
      if (longer != nullptr) list = longer;
    };
    for (const char* name : {"Accept", "Expect", "Content-Type"})  // libcurl's own
      if (request.headers.find(name) == nullptr) append(std::string(name) + ":");
    if (request.headers.find("User-Agent") == nullptr) append("User-Agent: trailseal");
    for (const auto& header : request.headers)
      append(header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    if (complete) return list;
    curl_->slist_free_all(list);
    return nullptr;
  }

  Result<HttpResponse> perform(CURL* handle, const HttpRequest& request, Bytes& body) const {
    HttpResponse response;
    Receiver receiver{request, options_.cancel, response, body};
    configure(handle, request);
    set(handle, CURLOPT_HEADERFUNCTION, reinterpret_cast<const void*>(&header_callback));
    set(handle, CURLOPT_HEADERDATA, static_cast<const void*>(&receiver));
    set(handle, CURLOPT_WRITEFUNCTION, reinterpret_cast<const void*>(&body_callback));
    set(handle, CURLOPT_WRITEDATA, static_cast<const void*>(&receiver));
    set(handle, CURLOPT_NOPROGRESS, 0L);
    set(handle, CURLOPT_XFERINFOFUNCTION, reinterpret_cast<const void*>(&progress_callback));
    set(handle, CURLOPT_XFERINFODATA, static_cast<const void*>(&receiver));
    std::array<char, CURL_ERROR_SIZE> detail{};
    set(handle, CURLOPT_ERRORBUFFER, static_cast<const void*>(detail.data()));
    curl_slist* headers = header_list(request);
    if (headers == nullptr) return Error{Errc::invalid_argument, "a header that cannot be sent"};
    set(handle, CURLOPT_HTTPHEADER, static_cast<const void*>(headers));

    const CURLcode code = curl_->easy_perform(handle);
    curl_->slist_free_all(headers);
    if (receiver.error) return *std::move(receiver.error);
    if (code != CURLE_OK) return error_of(code, detail.data());
    long status = 0;
    curl_->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    response.status = static_cast<int>(status);
    return response;
  }

  Error error_of(CURLcode code, const char* detail) const {
    switch (code) {
      case CURLE_ABORTED_BY_CALLBACK: return interrupted();
      case CURLE_PARTIAL_FILE: return {Errc::io, "the response ended early"};
      case CURLE_OPERATION_TIMEDOUT: return {Errc::io, "the server was silent for too long"};
      case CURLE_PEER_FAILED_VERIFICATION:  // what another attempt does not change
      case CURLE_SSL_CACERT_BADFILE:
      case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
        return {Errc::unsupported, fmt::format("the server's certificate: {}", *detail != '\0' ? detail : "refused")};
      // Not HTTP: what a connection still held from an answer longer than its Content-Length, for one.
      case CURLE_UNSUPPORTED_PROTOCOL: return {Errc::io, "the answer is not HTTP"};
      case CURLE_URL_MALFORMAT: return {Errc::invalid_argument, curl_->easy_strerror(code)};
      default: return {Errc::io, *detail != '\0' ? detail : curl_->easy_strerror(code)};
    }
  }

  HttpOptions options_;
  std::once_flag started_;
  const Curl* curl_ = nullptr;
  CURLSH* share_ = nullptr;
  std::array<std::mutex, CURL_LOCK_DATA_LAST> locks_;
  std::mutex mutex_;
  std::vector<CURL*> idle_;
};

}  // namespace

std::unique_ptr<Http> make_http(HttpOptions options) { return std::make_unique<CurlHttp>(std::move(options)); }

}  // namespace trailseal::aws
