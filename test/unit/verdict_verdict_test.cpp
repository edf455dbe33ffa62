#include <algorithm>
#include <random>
#include <string>

#include "support/catch.hpp"
#include "trailseal/verdict.hpp"

using namespace trailseal;
using namespace trailseal::verdict;

namespace {

Verdict random_verdict(std::mt19937& random, int number) {
  Verdict verdict;
  verdict.run.tool_version = "1";
  verdict.complete = random() % 5 != 0;
  for (std::uint64_t Tally::*field : {&Tally::digests_found, &Tally::digests_verified, &Tally::logs_listed,
                                      &Tally::logs_verified, &Tally::bytes_read, &Tally::logs_pending}) {
    verdict.tally.*field = random() % 100;
  }
  for (int i = 0; i < static_cast<int>(random() % 4); ++i) {
    ChainCoverage chain;
    chain.chain = std::to_string(random() % 1000) + "/" + std::to_string(number) + "/" + std::to_string(i);
    verdict.chains.push_back(chain);
  }
  std::ranges::sort(verdict.chains, {}, &ChainCoverage::chain);
  for (const char* fingerprint : {"a", "b", "c"}) {
    if (random() % 2 == 0) continue;
    KeyUse key;
    key.fingerprint = fingerprint;
    key.origin = random() % 2 == 0 ? "keys.json" : "more.pem";
    key.digests_verified = random() % 9;
    if (random() % 2 == 0) key.validity = Interval{Time{Seconds{random() % 50}}, Time{Seconds{50 + random() % 50}}};
    verdict.keys.push_back(key);
  }
  for (int i = 0; i < static_cast<int>(random() % 6); ++i) {
    Finding finding{};
    finding.code = codes()[random() % codes().size()].code;
    finding.subject = std::to_string(random() % 5);
    verdict.findings.add(finding);
  }
  for (std::uint64_t i = 0; i < random() % 3; ++i)
    verdict.forensics.rates.push_back({Time{Seconds{3600 * i}}, random() % 9, 0, 0});
  return verdict;
}

}  // namespace

TEST_CASE("merging verdicts is associative and commutative") {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    const Verdict a = random_verdict(random, 1), b = random_verdict(random, 2), c = random_verdict(random, 3);
    CHECK(merge(a, b) == merge(b, a));
    CHECK(merge(merge(a, b), c) == merge(a, merge(b, c)));
    if (merge(a, b).complete)
      CHECK(merge(a, b).outcome() >= std::max(a.findings.outcome(false), b.findings.outcome(false)));
  }
}

TEST_CASE("a merged key tells where it came from") {
  Verdict a, b;
  a.keys.push_back({"f", "PKCS#1", "one.pem, two.pem", 2048, std::nullopt, 3});
  b.keys.push_back({"f", "PKCS#1", "keys.json, two.pem", 2048, Interval{Time{Seconds{1}}, Time{Seconds{9}}}, 4});
  const Verdict both = merge(a, b);
  REQUIRE(both.keys.size() == 1);
  CHECK(both.keys[0].origin == "keys.json, one.pem, two.pem");
  CHECK(both.keys[0].digests_verified == 7);
  CHECK(both.keys[0].validity == b.keys[0].validity);
}

TEST_CASE("the same origin stays as it is, whatever its path holds") {
  Verdict part;
  part.keys.push_back({"f", "PKCS#1", "z, keys of July.json", 2048, std::nullopt, 1});
  CHECK(merge(part, part).keys[0].origin == "z, keys of July.json");
}

TEST_CASE("an outcome is a word and an exit status") {
  CHECK(to_string(Outcome::verified) == "verified");
  CHECK(to_string(Outcome::open) == "open");
  CHECK(to_string(Outcome::violated) == "violated");
  CHECK(exit_status(Outcome::verified) == 0);
  CHECK(exit_status(Outcome::violated) == 1);
  CHECK(exit_status(Outcome::open) == 2);
}

TEST_CASE("nothing proven and a run cut short are never a success") {
  Verdict verdict;
  CHECK(verdict.outcome() == Outcome::open);
  verdict.tally.digests_verified = 1;
  CHECK(verdict.outcome() == Outcome::verified);
  verdict.complete = false;
  CHECK(verdict.outcome() == Outcome::open);
  Finding finding{};
  finding.code = Code::digest_key_validity;
  verdict.findings.add(finding);
  CHECK(verdict.outcome() == Outcome::open);
  verdict.run.strict = true;
  CHECK(verdict.outcome() == Outcome::open);  // the part that was seen does not speak for the whole
  verdict.complete = true;
  CHECK(verdict.outcome() == Outcome::violated);
  verdict.tally.digests_verified = 0;
  CHECK(verdict.outcome() == Outcome::violated);
}

TEST_CASE("coverage is rounded down, so that 100 percent means all") {
  struct Row {
    int span;
    std::vector<std::pair<int, int>> proven;
    int seconds, basis_points;
  };
  const Row rows[] = {
      {0, {}, 0, 0},
      {3600, {}, 0, 0},
      {3600, {{0, 3600}}, 3600, 10'000},
      {100'000, {{0, 99'999}}, 99'999, 9'999},
      {864'000, {{0, 3600}, {7200, 864'000}}, 860'400, 9'958},
      {3, {{0, 1}}, 1, 3'333},
      {1, {{0, 5}}, 5, 10'000},
  };
  for (const Row& row : rows) {
    ChainCoverage chain;
    chain.span = {Time{}, Time{Seconds{row.span}}};
    for (const auto& [begin, end] : row.proven) chain.proven.push_back({Time{Seconds{begin}}, Time{Seconds{end}}});
    CAPTURE(row.span);
    CHECK(chain.proven_time() == Seconds{row.seconds});
    CHECK(chain.proven_basis_points() == row.basis_points);
  }
}
