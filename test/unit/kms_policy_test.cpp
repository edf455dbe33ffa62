#include "kms/policy.hpp"

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::kms;

TEST_CASE("patterns of IAM") {
  struct Row {
    const char *pattern, *text;
    bool matches;
  };
  const Row rows[] = {{"", "", true},         {"", "a", false},       {"*", "", true},
                      {"*", "a:b", true},     {"?", "", false},       {"?", "a", true},
                      {"a*c", "abbc", true},  {"a*c", "abcd", false}, {"a*b*c", "axbybc", true},
                      {"**", "x", true},      {"a?c", "abc", true},   {"a?c", "ac", false},
                      {"A", "a", false},      {"a*", "ba", false},    {"*a", "aab", false},
                      {"*aab", "aaaab", true}};
  for (const Row& row : rows) {
    CAPTURE(row.pattern, row.text);
    CHECK(matches(row.pattern, row.text) == row.matches);
  }
  CHECK(matches_action("KMS:Decrypt*", "kms:decrypt"));
  CHECK(!matches(std::string(2'000, '*') + "b", std::string(2'000, 'a')));
}

TEST_CASE("what is no policy") {
  struct Row {
    std::string text;
    const char* says;
  };
  const auto with = [](const std::string& members) { return R"({"Statement":{)" + members + "}}"; };
  const std::string good = R"("Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*")";
  CHECK(parse_policy(as_bytes(with(good))));
  CHECK(parse_policy(as_bytes(R"({"Statement":[]})")));
  const Row rows[] = {
      {"", "not proper JSON"},
      {"[]", "Statement is missing"},
      {"{}", "Statement is missing"},
      {R"({"Statement":"x"})", "Statement is missing"},
      {R"({"Statement":[1]})", "statement 1: not an object"},
      {R"({"Statement":[],"Statement":[]})", "a name stands twice"},
      {with(good + R"(,"Action":"kms:Decrypt")"), "a name stands twice"},
      {with(R"("Effect":"allow","Principal":"*","Action":"kms:*")"), "Effect is neither"},
      {with(R"("Principal":"*","Action":"kms:*")"), "Effect is neither"},
      {with(R"("Effect":"Allow","Action":"kms:*")"), "Principal is missing"},
      {with(R"("Effect":"Allow","Principal":"x","Action":"kms:*")"), "Principal is missing"},
      {with(R"("Effect":"Allow","Principal":{"Aws":"*"},"Action":"kms:*")"), "Principal is missing"},
      {with(R"("Effect":"Allow","Principal":{"AWS":1},"Action":"kms:*")"), "Principal is missing"},
      {with(good + R"(,"NotPrincipal":"*")"), "Principal is missing"},
      {with(good + R"(,"NotAction":"kms:*")"), "Action is missing"},
      {with(R"("Effect":"Allow","Principal":"*","Action":{})"), "Action is missing"},
      {with(R"("Effect":"Allow","Principal":"*","Action":["a",1])"), "Action is missing"},
      {with(good + R"(,"NotResource":"*")"), "Resource is no text"},
      {with(good + R"(,"Condition":[])"), "Condition is not"},
      {with(good + R"(,"Condition":{"StringLike":"x"})"), "Condition is not"},
      {with(good + R"(,"Condition":{"StringLike":{"a":{}}})"), "Condition is not"},
      {with(good + R"(,"Conditions":{})"), "no statement has a Conditions"},
      {std::string(200'000, ' '), "more than"},
      {std::string(100'000, '['), "nested too deeply"},
  };
  for (const Row& row : rows) {
    CAPTURE(row.text.substr(0, 120));
    const auto policy = parse_policy(as_bytes(row.text));
    REQUIRE(!policy);
    CAPTURE(policy.error().message);
    CHECK(policy.error().message.find(row.says) != std::string::npos);
  }
}
