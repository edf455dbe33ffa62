#include <map>
#include <string>
#include <vector>

#include "aws/retry.hpp"
#include "aws/service_error.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;
using std::chrono::milliseconds;

namespace {

struct Answer {
  int status = 0;  // 0: an Error
  std::string body;
  Errc error = Errc::io;
};

class Script final : public Http {
 public:
  explicit Script(std::vector<Answer> answers) : answers_(std::move(answers)) {}
  Result<HttpResponse> send(const HttpRequest&, Bytes& body) override {
    const Answer& answer = answers_.at(std::min(sent++, answers_.size() - 1));
    body.assign(answer.body.begin(), answer.body.end());
    if (answer.status == 0) return Error{answer.error, "scripted"};
    return HttpResponse{answer.status, {}};
  }
  std::size_t sent = 0;

 private:
  std::vector<Answer> answers_;
};

}  // namespace

TEST_CASE("only what may pass is tried again") {
  struct Row {
    Answer answer;
    std::size_t attempts;
  };
  const Row rows[] = {
      {{200, ""}, 1},
      {{304, ""}, 1},
      {{403, "<Error><Code>SlowDown</Code></Error>"}, 1},
      {{404, ""}, 1},
      {{400, ""}, 1},
      {{400, "<Error><Code>InvalidArgument</Code></Error>"}, 1},
      {{501, ""}, 1},
      {{0, "", Errc::limit}, 1},
      {{0, "", Errc::authentication}, 1},
      {{429, ""}, 5},
      {{500, ""}, 5},
      {{502, ""}, 5},
      {{503, "<Error><Code>SlowDown</Code></Error>"}, 5},
      {{504, ""}, 5},
      {{400, "<Error><Code>RequestTimeout</Code></Error>"}, 5},
      {{400, R"({"__type":"com.amazonaws.cloudtrail#ThrottlingException"})"}, 5},
      {{400, R"({"__type":"DependencyTimeoutException:http://x/"})"}, 5},
      {{400, R"({"__type":"com.amazonaws.kms#KMSInternalException"})"}, 5},
      {{400, R"({"__type":"DisabledException"})"}, 1},
      {{400, "<ErrorResponse><Error><Code>Throttling</Code></Error></ErrorResponse>"}, 5},
      {{0, "", Errc::io}, 5},
  };
  for (const Row& row : rows) {
    CAPTURE(row.answer.status, row.answer.body);
    Script http({row.answer});
    std::size_t prepared = 0, slept = 0;
    RetryPolicy policy;
    policy.sleep = [&](milliseconds) { ++slept; };
    HttpRequest request;
    Bytes body;
    const auto response = send_with_retries(http, request, body, policy, [&](HttpRequest&) -> Result<void> {
      ++prepared;
      return {};
    });
    CHECK(response.has_value() == (row.answer.status != 0));
    CHECK(http.sent == row.attempts);
    CHECK(prepared == row.attempts);
    CHECK(slept == row.attempts - 1);
  }
}

TEST_CASE("waits grow, are random, and have an end") {
  RetryPolicy policy;
  policy.random = [] { return 0.5; };
  const int expected[] = {50, 100, 200, 400, 800, 1600, 3200, 6400, 10000, 10000};
  for (unsigned n = 1; n <= 10; ++n) CHECK(backoff(policy, n) == milliseconds{expected[n - 1]});
  CHECK(backoff(policy, 4'000'000'000u) == milliseconds{10000});
  CHECK(backoff(policy, 1, true) == milliseconds{250});
  CHECK(backoff(policy, 10, true) == milliseconds{10000});
  policy.random = [] { return 0.0; };
  CHECK(backoff(policy, 5) == milliseconds{0});
}

TEST_CASE("what died is sent again over a new connection, and what was answered over the old one") {
  class Watch final : public Http {
   public:
    Result<HttpResponse> send(const HttpRequest& request, Bytes&) override {
      fresh.push_back(request.fresh);
      if (fresh.size() == 2) return Error{Errc::io, "reset"};
      return HttpResponse{fresh.size() == 4 ? 200 : 503, {}};
    }
    std::vector<bool> fresh;
  } http;
  RetryPolicy policy;
  policy.sleep = [](milliseconds) {};
  HttpRequest request;
  Bytes body;
  CHECK(send_with_retries(http, request, body, policy, nullptr)->status == 200);
  CHECK(http.fresh == std::vector<bool>{false, false, true, true});
}

TEST_CASE("an interrupt and a failing signature end the attempts") {
  std::atomic<bool> cancel{false};
  RetryPolicy policy;
  policy.cancel = &cancel;
  policy.sleep = [&](milliseconds) { cancel = true; };
  HttpRequest request;
  Bytes body;
  Script http({{503, ""}});
  CHECK(send_with_retries(http, request, body, policy, nullptr)->status == 503);
  CHECK(http.sent == 1);
  const auto refused = send_with_retries(http, request, body, policy, [](HttpRequest&) -> Result<void> {
    return Error{Errc::authentication, "no credentials"};
  });
  CHECK(refused.error().code == Errc::authentication);
  CHECK(http.sent == 1);
}

TEST_CASE("AWS_MAX_ATTEMPTS") {
  struct Row {
    const char* text;
    unsigned attempts;
  };
  for (const Row& row : {Row{"1", 1}, Row{"7", 7}, Row{"0", 5}, Row{"-1", 5}, Row{"many", 5}, Row{"3x", 5},
                         Row{"101", 5}, Row{"99999999999", 5}})
    CHECK(retry_policy([&](const std::string&) { return std::optional<std::string>(row.text); }).attempts ==
          row.attempts);
  CHECK(retry_policy([](const std::string&) { return std::nullopt; }).attempts == 5);
}

TEST_CASE("a service's error is read from XML or JSON, and never from anything else") {
  struct Row {
    const char* body;
    const char* code;
    const char* message;
  };
  const Row rows[] = {
      {"<?xml version=\"1.0\"?>\n<Error><Code>NoSuchKey</Code><Message>a &amp; b</Message></Error>", "NoSuchKey",
       "a & b"},
      {"<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>AccessDenied</Code></Error></ErrorResponse>",
       "AccessDenied", ""},
      {R"({"__type":"AccessDeniedException","Message":"no"})", "AccessDeniedException", "no"},
      {R"({"__type":5,"message":[]})", "", ""},
      {"<html><Error><Code>NoSuchKey</Code></Error></html>", "", ""},
      {"<Error><Code>NoSuchKey</Code>", "", ""},
      {"NoSuchKey", "", ""},
      {"", "", ""},
  };
  for (const Row& row : rows) {
    CAPTURE(row.body);
    const auto error = service_error({400, {}}, as_bytes(row.body));
    CHECK(error.code == row.code);
    CHECK(error.message == row.message);
  }
}

TEST_CASE("how often is tried without a number") {
  struct Row {
    std::map<std::string, std::string> variables;
    unsigned attempts;
  };
  for (const Row& row : {Row{{}, 5}, Row{{{"AWS_RETRY_MODE", "legacy"}}, 5}, Row{{{"AWS_RETRY_MODE", "standard"}}, 3},
                         Row{{{"AWS_RETRY_MODE", "adaptive"}}, 3},
                         Row{{{"AWS_RETRY_MODE", "standard"}, {"AWS_MAX_ATTEMPTS", "7"}}, 7}}) {
    const auto policy = retry_policy([&](const std::string& name) -> std::optional<std::string> {
      const auto found = row.variables.find(name);
      return found == row.variables.end() ? std::nullopt : std::optional(found->second);
    });
    CHECK(policy.attempts == row.attempts);
  }
}
