#include "aws/secret.hpp"

#include <cstring>
#include <utility>

#include "aws/secret_json.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::aws;

TEST_CASE("wiping leaves no byte behind") {
  for (const std::size_t size : {std::size_t(5), std::size_t(500)}) {  // inside the string, and on the heap
    std::string text(size, 'k');
    const char* const memory = text.data();
    const std::size_t capacity = text.capacity();
    wipe(text);
    CHECK(text.empty());
    CHECK(text.capacity() == capacity);
    for (std::size_t i = 0; i < size; ++i) CHECK(memory[i] == '\0');
  }
}

TEST_CASE("a secret that was moved leaves no byte behind") {
  std::string source(10, 'k');
  Secret first(std::move(source));
  CHECK(std::memchr(source.data(), 'k', 10) == nullptr);
  const char* const memory = first.text().data();
  const Secret second(std::move(first));
  CHECK(second.text() == "kkkkkkkkkk");
  CHECK(std::memchr(memory, 'k', 10) == nullptr);
}

TEST_CASE("credentials are read from JSON strictly") {
  struct Row {
    const char *json, *outcome;
  };
  const Row rows[] = {
      {R"({"AccessKeyId":"A","SecretAccessKey":"S"})", "A S  never"},
      {R"({"AccessKeyId":"A","SecretAccessKey":"S","Token":"T","Expiration":"2026-07-01T00:00:00Z"})",
       "A S T 2026-07-01T00:00:00Z"},
      {R"({"AccessKeyId":"A","SecretAccessKey":"S","Token":null,"More":{"Token":"X"},"List":["Token"]})", "A S  never"},
      {R"({"AccessKeyId":"A","SecretAccessKey":"S","Expiration":"soon"})", "Expiration is not a time"},
      {R"({"AccessKeyId":"A"})", "SecretAccessKey is missing"},
      {R"({"SecretAccessKey":"S"})", "AccessKeyId is missing"},
      {R"({"AccessKeyId":"","SecretAccessKey":"S"})", "AccessKeyId is missing"},
      {R"({"AccessKeyId":"A","AccessKeyId":"B","SecretAccessKey":"S"})", "not a proper JSON object"},
      {R"([{"AccessKeyId":"A","SecretAccessKey":"S"}])", "not a proper JSON object"},
      {R"({"AccessKeyId":"A","SecretAccessKey":"S"} x)", "not a proper JSON object"},
      {R"({"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{}}}}}}}}})", "not a proper JSON object"},
      {"\"secret\"", "not a proper JSON object"},
      {"", "not a proper JSON object"},
      {"AKIA secret", "not a proper JSON object"},
  };
  for (const Row& row : rows) {
    INFO(row.json);
    const auto found = parse_credentials(as_bytes(row.json), "Token");
    const std::string outcome = found ? found->access_key + " " + found->secret_key.text() + " " +
                                            found->session_token.text() + " " +
                                            (found->expires ? to_string(*found->expires) : "never")
                                      : found.error().message;
    CHECK(outcome == row.outcome);
  }
  CHECK(parse_secret_json(as_bytes(std::string(65'537, ' '))).error().code == Errc::limit);
}
