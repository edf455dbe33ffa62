// A store over S3 when S3 misbehaves. Against the stub of test/support/with_s3_stub.py, because the real server cannot
// be made to do these things.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#include "support/catch.hpp"
#include "support/s3_server.hpp"

using namespace trailseal;

namespace {

test::S3Server stub() {
  const char* endpoint = std::getenv("S3_STUB");
  REQUIRE(endpoint != nullptr);
  return {endpoint, {"AKIDEXAMPLE", "secret", "token", std::nullopt}};
}

int requests_for(const std::string& key) {
  Bytes body;
  aws::HttpRequest request;
  request.url = std::string(std::getenv("S3_STUB")) + "/count/" + key;
  REQUIRE(aws::make_http()->send(request, body).has_value());
  return std::stoi(std::string(as_text(body)));
}

std::string text_of(const Bytes& bytes) { return std::string(as_text(bytes)); }

const auto kNoTrouble = [](std::string_view, const Error&) {};

}  // namespace

TEST_CASE("what passes is tried again") {
  const auto store = stub().open("here");
  for (const char* key : {"slow-down-once", "slow-down-twice", "internal-error-twice", "request-timeout-once",
                          "truncated-once", "truncated-twice", "reset-once", "reset-twice", "two-lengths-once"}) {
    CAPTURE(key);
    Bytes bytes;
    const auto object = store->get(key, {.limit = 100}, bytes);
    CHECK(object.has_value());
    CHECK(text_of(bytes) == "the object");
    CHECK(requests_for(key) == (std::string_view(key).ends_with("-once") ? 2 : 3));
  }
}

TEST_CASE("what does not pass is an error of its kind, after as many attempts as help") {
  struct Row {
    const char* key;
    Errc code;
    int requests;
  };
  const Row rows[] = {
      {"slow-down", Errc::io, 5},
      {"internal-error", Errc::io, 5},
      {"request-timeout", Errc::io, 5},
      {"truncated", Errc::io, 5},
      {"reset", Errc::io, 5},
      {"two-lengths", Errc::io, 5},
      {"no-length", Errc::io, 5},
      {"archived", Errc::archived, 1},
      {"denied", Errc::access_denied, 1},
      {"wrong-secret", Errc::authentication, 1},
      {"key-disabled", Errc::access_denied, 1},
      {"expired", Errc::authentication, 1},
      {"missing", Errc::not_found, 1},
      {"no-bucket", Errc::io, 1},
      {"html", Errc::io, 1},
      {"abducted", Errc::io, 1},
      {"around", Errc::io, 2},
  };
  const auto store = stub().open("here");
  for (const Row& row : rows) {
    CAPTURE(row.key);
    Bytes bytes(3, 7);
    const auto object = store->get(row.key, {.limit = 100}, bytes);
    REQUIRE_FALSE(object.has_value());
    CAPTURE(object.error().message);
    CHECK(object.error().code == row.code);
    CHECK_FALSE(object.error().message.empty());
    CHECK(requests_for(row.key) == row.requests);
    CHECK(bytes.empty());
  }
}

TEST_CASE("a redirect is followed once, and only to the same host") {
  for (const char* key : {"moved", "malformed", "temporary"}) {
    CAPTURE(key);
    const auto store = stub().open("here");
    Bytes bytes;
    const auto object = store->get(key, {.limit = 100, .with_metadata = true}, bytes);
    REQUIRE(object.has_value());
    CHECK(text_of(bytes) == "the object");
    CHECK(object->metadata == store::Metadata{{"signature", "50ab"}, {"other", "1"}});
  }
  // The region that was learned is kept.
  const auto store = stub().open("here");
  Bytes bytes;
  const int before = requests_for("moved");
  for (int i = 0; i < 3; ++i) CHECK(store->get("moved", {.limit = 100}, bytes).has_value());
  CHECK(requests_for("moved") == before + 4);
}

TEST_CASE("content is not decoded") {
  Bytes bytes;
  const auto store = stub().open("here");
  CHECK(store->get("encoded", {.limit = 100}, bytes).has_value());
  CHECK(text_of(bytes) == "the object");
  CHECK(store->get("headers", {.limit = 10000}, bytes).has_value());
  CHECK(text_of(bytes).find("accept-encoding") == std::string::npos);
}

TEST_CASE("the options become headers, and all of them are signed") {
  const auto server = stub();
  auto options = server.options("here");
  options.expected_owner = "111122223333";
  options.request_payer = true;
  const auto store = store::open_s3(options, server.transport());
  REQUIRE(store.has_value());
  Bytes bytes;
  REQUIRE((*store)->get("headers", {.limit = 10000}, bytes).has_value());
  const std::string headers = text_of(bytes);
  CHECK(headers.find("x-amz-expected-bucket-owner: 111122223333\n") != std::string::npos);
  CHECK(headers.find("x-amz-request-payer: requester\n") != std::string::npos);
  CHECK(headers.find("SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-expected-bucket-owner;"
                     "x-amz-request-payer;x-amz-security-token,") != std::string::npos);
}

TEST_CASE("the bucket's region is found, whatever the status says") {
  struct Row {
    const char* bucket;
    const char* region;
  };
  for (const Row& row : {Row{"here", "us-east-1"}, Row{"far", "eu-west-1"}, Row{"closed", "eu-west-1"},
                         Row{"odd", "eu-west-1"}, Row{"mute", "us-east-1"}}) {
    CAPTURE(row.bucket);
    const auto server = stub();
    const auto bucket = store::S3Bucket::find(server.options(row.bucket), server.transport());
    REQUIRE(bucket.has_value());
    CHECK((*bucket)->region() == row.region);
  }
  const auto server = stub();
  const auto absent = store::open_s3(server.options("absent"), server.transport());
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().code == Errc::not_found);
}

TEST_CASE("a bucket that refuses the credentials does not open") {
  struct Row {
    const char* bucket;
    std::optional<Errc> code;  // nullopt: it opens
    const char* message;
  };
  for (const Row& row : {Row{"nobody", Errc::authentication, "403 InvalidAccessKeyId"},
                         Row{"forged", Errc::authentication, "403 SignatureDoesNotMatch"},
                         Row{"over", Errc::authentication, "403 ExpiredToken"},
                         Row{"skewed", Errc::authentication, "RequestTimeTooSkewed; S3's clock says "},
                         Row{"owned", Errc::invalid_argument, "another account than 111122223333"},
                         Row{"shut", std::nullopt, ""}}) {  // single objects may be readable
    CAPTURE(row.bucket);
    const auto server = stub();
    auto options = server.options(row.bucket);
    options.expected_owner = "111122223333";
    const auto bucket = store::S3Bucket::find(options, server.transport());
    REQUIRE(bucket.has_value() == !row.code);
    if (bucket) continue;
    CHECK(bucket.error().code == *row.code);
    CAPTURE(bucket.error().message);
    CHECK(bucket.error().message.find(row.message) != std::string::npos);
  }
}

TEST_CASE("credentials that expire in the middle are renewed once, and refusals believed in the end") {
  class Renewable final : public aws::CredentialSource {
   public:
    Result<aws::Credentials> get() override { return aws::Credentials{key, "secret", "", std::nullopt}; }
    bool renew(const std::string&) override { return key = "AKIANEW", ++renewals, can_renew; }
    std::string key = "AKIAOLD";
    int renewals = 0;
    bool can_renew = true;
  };
  const auto server = stub();
  const auto source = std::make_shared<Renewable>();
  auto transport = server.transport();
  transport.credentials = source;
  const auto store = store::open_s3(server.options("here"), transport);
  REQUIRE(store.has_value());
  Bytes bytes;
  CHECK((*store)->get("renewable", {.limit = 100}, bytes).has_value());
  CHECK(source->renewals == 1);
  // Refused with the new ones as well: once more, and no further.
  const int before = requests_for("expired");
  CHECK_FALSE((*store)->get("expired", {.limit = 100}, bytes).has_value());
  CHECK(requests_for("expired") == before + 2);
  source->can_renew = false;
  for (int i = 0; i < 200; ++i) {
    const auto object = (*store)->get("expired", {.limit = 100}, bytes);
    REQUIRE_FALSE(object.has_value());
    CHECK(object.error().code == Errc::authentication);
  }
  CHECK(requests_for("expired") == before + 2 + 63);
}

TEST_CASE("a listing that breaks its promises is an error") {
  const auto store = stub().open("here");
  const auto all = [](const store::ObjectInfo&) { return true; };
  for (const char* prefix : {"circle/", "disorder/", "twice/", "outside/", "no-end/", "page/", "cut/"}) {
    CAPTURE(prefix);
    const auto listed = store->list(prefix, "", all, kNoTrouble);
    REQUIRE_FALSE(listed.has_value());
    CHECK(listed.error().code == Errc::corrupt);
    int troubles = 0;
    CHECK(store->folder(prefix, [&](std::string_view, const Error&) { ++troubles; }).has_value());
    CHECK(troubles == 1);
  }
  CHECK(store->list("empty/", "", all, kNoTrouble).has_value());
}

TEST_CASE("silence ends, by time or by interrupt") {
  const auto server = stub();
  std::atomic<bool> cancel{false};
  auto transport = server.transport();
  transport.http = aws::make_http({.ca_bundle = {}, .cancel = &cancel, .stall = std::chrono::seconds{1}});
  transport.retry.attempts = 1;
  transport.retry.cancel = &cancel;
  const auto store = store::open_s3(server.options("here"), transport);
  REQUIRE(store.has_value());
  Bytes bytes;
  const auto start = std::chrono::steady_clock::now();
  SECTION("by time") {
    const auto object = (*store)->get("stall", {.limit = 100}, bytes);
    REQUIRE_FALSE(object.has_value());
    CHECK(object.error() == Error{Errc::io, "the server was silent for too long"});
  }
  SECTION("by interrupt") {
    std::thread interrupt([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds{100});
      cancel = true;
    });
    const auto object = (*store)->get("stall", {.limit = 100}, bytes);
    interrupt.join();
    REQUIRE_FALSE(object.has_value());
    CHECK(object.error() == Error{Errc::io, "the run was interrupted"});
    CHECK((*store)->get("good", {.limit = 100}, bytes).error() == Error{Errc::io, "the run was interrupted"});
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{5});
}

TEST_CASE("what is small is fetched by somebody who holds all the room") {
  const auto server = stub();
  auto options = server.options("here");
  options.most_bytes = 4;
  const auto store = store::open_s3(options, server.transport());
  REQUIRE(store.has_value());
  Bytes large, small;
  const auto held = (*store)->get("good", {.limit = 100u << 20}, large);
  REQUIRE(held.has_value());
  REQUIRE(held->room != nullptr);
  const auto beside = (*store)->get("good", {.limit = 1u << 20}, small);  // would wait for ever
  REQUIRE(beside.has_value());
  CHECK(text_of(small) == "the object");
  CHECK(beside->room == nullptr);
}

TEST_CASE("many threads share one store") {
  const auto store = stub().open("here");
  std::atomic<int> right{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      Bytes bytes;
      for (int i = 0; i < 20; ++i)
        if (store->get("good", {.limit = 100}, bytes) && text_of(bytes) == "the object") ++right;
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(right == 320);
}
