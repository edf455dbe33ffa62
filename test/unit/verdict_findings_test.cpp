#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "trailseal/verdict.hpp"

using namespace trailseal::verdict;

namespace {

Finding finding_of(Code code, std::string subject, std::uint64_t count = 1) {
  Finding finding{};
  finding.code = code;
  finding.subject = std::move(subject);
  finding.count = count;
  return finding;
}

Findings findings_of(const std::vector<Finding>& list) {
  Findings findings;
  for (const Finding& finding : list) findings.add(finding);
  return findings;
}

Findings merged(Findings a, Findings b) {
  a.merge(std::move(b));
  return a;
}

}  // namespace

TEST_CASE("findings count themselves and what they stand for") {
  const Findings findings =
      findings_of({finding_of(Code::digest_missing, "b", 3), finding_of(Code::digest_missing, "a", 2),
                   finding_of(Code::log_unlisted, "c")});
  CHECK(findings.totals() == std::map<Code, std::uint64_t>{{Code::digest_missing, 5}, {Code::log_unlisted, 1}});
  CHECK(findings.count(Severity::violation, false) == 2);
  CHECK(findings.count(Severity::open, false) == 1);
  CHECK(findings.count(Severity::violation, true) == 3);
  CHECK(findings.count(Severity::open, true) == 0);
  CHECK(findings.dropped() == 0);
  const auto sorted = findings.sorted();
  REQUIRE(sorted.size() == 3);
  CHECK(sorted[0].subject == "a");
  CHECK(sorted[2].subject == "c");
}

TEST_CASE("the worst finding decides") {
  struct Row {
    std::vector<Code> codes;
    Outcome usual, strict;
  };
  const Row rows[] = {
      {{}, Outcome::verified, Outcome::verified},
      {{Code::log_pending}, Outcome::verified, Outcome::verified},
      {{Code::digest_key_validity}, Outcome::verified, Outcome::violated},
      {{Code::log_unlisted}, Outcome::open, Outcome::violated},
      {{Code::chain_gap}, Outcome::open, Outcome::open},
      {{Code::chain_gap, Code::log_missing}, Outcome::violated, Outcome::violated},
      {{Code::log_missing, Code::log_pending}, Outcome::violated, Outcome::violated},
  };
  for (const Row& row : rows) {
    Findings findings;
    for (const Code code : row.codes) findings.add(finding_of(code, "x"));
    CHECK(findings.outcome(false) == row.usual);
    CHECK(findings.outcome(true) == row.strict);
  }
}

TEST_CASE("of too many findings the first in report order are kept and all are counted") {
  constexpr std::size_t kMore = Findings::kMaxPerCode + 500;
  std::vector<Finding> list;
  for (std::size_t i = 0; i < kMore; ++i) list.push_back(finding_of(Code::log_missing, std::to_string(100'000 + i), 2));
  std::mt19937 random(1);
  std::shuffle(list.begin(), list.end(), random);
  const Findings findings = findings_of(list);
  CHECK(findings.dropped() == 500);
  CHECK(findings.count(Severity::violation, false) == kMore);
  CHECK(findings.totals().at(Code::log_missing) == 2 * kMore);
  const auto sorted = findings.sorted();
  REQUIRE(sorted.size() == Findings::kMaxPerCode);
  CHECK(sorted.front().subject == "100000");
  CHECK(sorted.back().subject == std::to_string(100'000 + Findings::kMaxPerCode - 1));
}

TEST_CASE("merging does not depend on order or grouping, below and above the cap") {
  std::mt19937 random(2);
  for (const std::size_t size : {std::size_t{3}, std::size_t{60}, std::size_t{9'000}}) {
    std::vector<Findings> parts(4);
    Findings whole;
    for (Findings& part : parts) {
      for (std::size_t i = 0; i < size; ++i) {
        // Few codes and subjects, so that equal findings occur in different parts.
        const Code code = random() % 4 == 0 ? Code::log_pending : Code::log_missing;
        const Finding finding = finding_of(code, std::to_string(random() % 20'000), random() % 3);
        part.add(finding);
        whole.add(finding);
      }
    }
    const auto& [a, b, c, d] = std::tie(parts[0], parts[1], parts[2], parts[3]);
    CHECK(merged(merged(merged(a, b), c), d) == whole);
    CHECK(merged(a, merged(b, merged(c, d))) == whole);
    CHECK(merged(merged(d, c), merged(b, a)) == whole);
    CHECK(merged(whole, Findings{}) == whole);
    CHECK_FALSE(merged(a, b) == whole);
    CHECK((size < 9'000 || whole.dropped() > 0));
  }
}
