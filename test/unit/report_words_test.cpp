#include "report/words.hpp"

#include "report/checks.hpp"
#include "report/text_layout.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::report;

TEST_CASE("numbers in words") {
  CHECK(thousands(0) == "0");
  CHECK(thousands(999) == "999");
  CHECK(thousands(1'000) == "1,000");
  CHECK(thousands(1'234'567) == "1,234,567");
  CHECK(counted(1, "digest", "digests") == "1 digest");
  CHECK(counted(0, "digest", "digests") == "0 digests");
  CHECK(counted(1'204, "digest", "digests") == "1,204 digests");
  CHECK(hundredths(0) == "0.00");
  CHECK(hundredths(9'958) == "99.58");
  CHECK(hundredths(10'000) == "100.00");
  CHECK(report::hours(Seconds{3'599}) == "0.99");
  CHECK(report::hours(Seconds{106'200}) == "29.50");
  CHECK(bytes(999) == "999 B");
  CHECK(bytes(1'000) == "1.0 kB");
  CHECK(bytes(999'999) == "999.9 kB");
  CHECK(bytes(1'000'000) == "1.0 MB");
  CHECK(bytes(1'250'000'000'000) == "1.2 TB");
  CHECK(bytes(18'446'744'073'709'551'615u) == "18 EB");
}

TEST_CASE("wrapping keeps the indent, the width and long words") {
  struct Row {
    std::string_view lead, text;
    std::size_t width, indent;
    std::string_view lines;
  };
  const Row rows[] = {
      {"", "", 10, 0, "\n"},
      {"", "one two", 10, 0, "one two\n"},
      {"", "one two three", 8, 0, "one two\nthree\n"},
      {"  - ", "one two three", 8, 4, "  - one\n    two\n    three\n"},
      {"a ", "text", 20, 6, "a     text\n"},
      {"a long lead", "text", 20, 4, "a long lead\n    text\n"},
      {"", "an extraordinarily long word", 8, 2, "  an\n  extraordinarily\n  long\n  word\n"},
      {"lead  ", "", 20, 6, "lead\n"},
  };
  for (const Row& row : rows) CHECK(wrap(row.lead, row.text, row.width, row.indent) == row.lines);
}

TEST_CASE("colour wraps a text and nothing else") {
  CHECK(paint("x", Tone::bad, false) == "x");
  CHECK(paint("x", Tone::plain, true) == "x");
  CHECK(paint("", Tone::bad, true).empty());
  CHECK(paint("x", Tone::good, true) == "\x1b[32mx\x1b[0m");
}

TEST_CASE("a summary never sounds better than the outcome") {
  verdict::Verdict verdict;
  CHECK(summary(verdict) == "no digest was proven");
  verdict.complete = false;
  CHECK(summary(verdict) == "interrupted; no digest was proven");
  verdict.tally.digests_verified = 1;
  CHECK(summary(verdict) == "interrupted; 1 digest and 0 log files of 0 chains proven");
  verdict::Finding finding{};
  finding.code = verdict::Code::log_unlisted;
  verdict.findings.add(finding);
  verdict.complete = true;
  CHECK(summary(verdict).starts_with("1 open question; 1 digest"));
  verdict.run.strict = true;
  CHECK(summary(verdict).starts_with("1 violation; 1 digest"));
  finding.code = verdict::Code::digest_foreign_object;
  verdict.findings.add(finding);
  CHECK(summary(verdict).starts_with("2 violations; 1 digest"));
  verdict.run.strict = false;
  CHECK(summary(verdict).starts_with("1 open question; 1 warning; 1 digest"));
}

TEST_CASE("a summary says how much of all chains is proven") {
  const auto at = [](int hour) { return Time{} + std::chrono::hours{hour}; };
  verdict::Verdict verdict;
  verdict.tally.digests_verified = 2;
  verdict.chains.resize(2);
  verdict.chains[0].span = verdict.chains[1].span = {at(0), at(3)};
  verdict.chains[0].proven = {{at(0), at(2)}};
  CHECK(summary(verdict) ==
        "2 digests and 0 log files of 1 of 2 chains proven, 33.33% of 6.00 chain hours, "
        "1970-01-01 00:00:00 to 1970-01-01 02:00:00 UTC");
}

TEST_CASE("a check without anything to look at did not run") {
  const auto words = [](const verdict::Verdict& verdict) {
    std::string list;
    for (const Check& check : checks_run(verdict)) list += std::string(check.name) + " ";
    return list;
  };
  verdict::Verdict verdict;
  verdict.run.fresh_at = Time{};
  CHECK(words(verdict) == "unlisted-logs ");
  const std::string of_digests = "digest-signatures digest-locations chain-links chain-continuity ";
  verdict.tally.digests_found = 1;
  verdict.chains.resize(1);
  CHECK(words(verdict) == of_digests + "unlisted-logs ");
  verdict.tally.digests_verified = 1;
  CHECK(words(verdict) == of_digests + "log-hashes unlisted-logs ");
  verdict.chains[0].head_judged = true;
  CHECK(words(verdict) == of_digests + "head-freshness log-hashes unlisted-logs ");
}
