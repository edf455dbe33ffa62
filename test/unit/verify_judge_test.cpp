// The smaller judges: intervals, key coverage, unlisted logs, one digest, one log.
#include "support/catch.hpp"
#include "support/facts.hpp"

using namespace trailseal;
using namespace trailseal::test;
using namespace trailseal::verify;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {
Time at(int hour) { return kEpoch + hours{hour}; }
Interval span(int begin, int end) { return {at(begin), at(end)}; }
}  // namespace

TEST_CASE("intervals are united and subtracted") {
  REQUIRE(unite({}).empty());
  REQUIRE(unite({span(3, 4), span(1, 2), span(2, 3), span(6, 7), span(5, 5)}) == std::vector{span(1, 4), span(6, 7)});
  REQUIRE(unite({span(1, 9), span(2, 3)}) == std::vector{span(1, 9)});
  REQUIRE(subtract(span(0, 10), {}) == std::vector{span(0, 10)});
  REQUIRE(subtract(span(0, 10), {span(0, 10)}).empty());
  REQUIRE(subtract(span(0, 10), {span(-5, 1), span(3, 4), span(9, 20)}) == std::vector{span(1, 3), span(4, 9)});
  REQUIRE(subtract(span(5, 6), {span(1, 2), span(8, 9)}) == std::vector{span(5, 6)});
}

TEST_CASE("keys cover a time only where no other key can have been in use") {
  const std::vector<Interval> two{{at(0), at(0) + days{30}}, {at(0) + days{20}, at(0) + days{50}}};
  REQUIRE_FALSE(keys_cover({}, at(0)));
  REQUIRE_FALSE(keys_cover(two, at(-1)));
  REQUIRE(keys_cover(two, at(0)));
  REQUIRE(keys_cover(two, at(0) + days{25}));
  REQUIRE(keys_cover(two, at(0) + days{38}));
  REQUIRE_FALSE(keys_cover(two, at(0) + days{39}));  // the third key may have begun
  const std::vector<Interval> hole{{at(0), at(0) + days{30}}, {at(0) + days{60}, at(0) + days{90}}};
  REQUIRE_FALSE(keys_cover(hole, at(0) + days{40}));
}

TEST_CASE("an unlisted log is judged by its stamp") {
  const GroupCover starting{{span(0, 5), span(7, 10)}, at(0), true, at(10)};
  GroupCover cut = starting;
  cut.first_is_starting = false;
  const struct {
    const char* what;
    const GroupCover& cover;
    Time stamp;
    Unlisted expected;
  } rows[] = {
      {"inside", starting, at(2), Unlisted::inside},
      {"inside, 16 minutes from an edge", starting, at(7) + minutes{16}, Unlisted::inside},
      {"15 minutes from an edge", starting, at(7) + minutes{15}, Unlisted::in_gap},
      {"15 minutes before a gap", starting, at(5) - minutes{15}, Unlisted::in_gap},
      {"in the gap", starting, at(6), Unlisted::in_gap},
      {"at the head", starting, at(10), Unlisted::pending},
      {"16 minutes before the head", starting, at(10) - minutes{16}, Unlisted::inside},
      {"15 minutes before the head", starting, at(10) - minutes{15}, Unlisted::pending},
      {"2 h 30 min behind the head", starting, at(10) + minutes{150}, Unlisted::pending},
      {"further behind the head", starting, at(10) + minutes{151}, Unlisted::behind_head},
      {"15 minutes behind the start", starting, at(0) + minutes{15}, Unlisted::before_start},
      {"16 minutes behind the start", starting, at(0) + minutes{16}, Unlisted::inside},
      {"before the start", starting, at(-3), Unlisted::before_start},
      {"15 minutes behind the start's begin", starting, *starting.first + minutes{15}, Unlisted::before_start},
      {"16 minutes behind the start's begin", starting, *starting.first + minutes{16}, Unlisted::inside},
      {"15 minutes behind a cut chain's begin", cut, *cut.first + minutes{15}, Unlisted::before_chain},
      {"before a chain without a start", cut, at(-3), Unlisted::before_chain},
      {"nothing is proven", GroupCover{}, at(3), Unlisted::no_chain},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    CHECK(classify_unlisted(row.stamp, row.cover) == row.expected);
  }
}

TEST_CASE("what is said of one digest") {
  DigestContext context{
      .chain = "c", .account = "111122223333", .bucket = "b", .source_has_metadata = true, .proven_keys = {}};
  auto facts = digest_facts(5);
  const auto judge = [&] {
    verdict::Findings findings;
    judge_digest(facts, context, findings);
    return slugs(findings);
  };
  SECTION("nothing") { REQUIRE(judge().empty()); }
  SECTION("each gzip fault") {
    facts.digest.reset();
    const std::pair<base::GzipFault, const char*> rows[] = {{base::GzipFault::not_gzip, "digest.not-gzip"},
                                                            {base::GzipFault::truncated, "digest.truncated"},
                                                            {base::GzipFault::corrupt, "digest.corrupt"},
                                                            {base::GzipFault::trailing, "digest.trailing-data"},
                                                            {base::GzipFault::limit, "digest.limit"}};
    for (const auto& [fault, slug] : rows) {
      facts.gzip = base::GzipFailure{fault, "", false};
      CHECK(judge() == slug);
    }
  }
  SECTION("a frame at fault, the content whole") {
    facts.gzip = base::GzipFailure{base::GzipFault::trailing, "", true};
    REQUIRE(judge() == "digest.trailing-data");
    REQUIRE(facts.proven());
  }
  SECTION("no digest in it") {
    facts.digest.reset();
    facts.parse_error = Error{Errc::corrupt, "x"};
    REQUIRE(judge() == "digest.malformed");
    facts.parse_error = Error{Errc::limit, "x"};
    REQUIRE(judge() == "digest.limit");
  }
  SECTION("an unknown key") {
    facts.own = SignatureState::key_unknown;
    REQUIRE(judge() == "digest.key-unknown");
    context.proven_keys = {{at(-24), at(24 * 29)}};
    REQUIRE(judge() == "digest.key-foreign");
  }
  SECTION("an unknown key and no signature") {
    facts.own = SignatureState::absent;
    REQUIRE(judge() == "digest.key-unknown");
  }
  SECTION("a malformed signature") {
    facts.own = SignatureState::malformed;
    facts.signature = "zz";
    REQUIRE(judge() == "digest.signature-malformed");
  }
  SECTION("labels") {
    facts.signature_algorithm = "none";
    REQUIRE(judge() == "digest.algorithm-label");
    facts.signature_algorithm = "SHA256withRSA";
    REQUIRE(judge().empty());
    facts.ref.day += 1;
    REQUIRE(judge() == "digest.key-template");
  }
  SECTION("the crypto layer could not tell") {
    facts.own = SignatureState::failed;
    facts.crypto_error = Error{Errc::unsupported, "backends disagree"};
    REQUIRE(judge() == "crypto.backends-disagree");
  }
}

TEST_CASE("what is said of one log") {
  trail::ListedLog log{"b", "k", {}, true};
  LogFacts facts;
  const auto judge = [&] {
    verdict::Findings findings;
    judge_log(log, facts, {"c", "d", span(0, 1)}, "", findings);
    const auto outcome = findings.outcome(false);
    CHECK(outcome == outcome_of(log, facts));
    return slugs(findings);
  };
  REQUIRE(judge().empty());
  const std::pair<Errc, const char*> errors[] = {
      {Errc::not_found, "log.missing"}, {Errc::access_denied, "log.unreadable"},    {Errc::archived, "log.unreadable"},
      {Errc::io, "log.unreadable"},     {Errc::invalid_argument, "log.unreadable"}, {Errc::limit, "log.limit"}};
  for (const auto& [code, slug] : errors) {
    facts.error = Error{code, "x"};
    CHECK(judge() == slug);
  }
  facts.error.reset();
  const std::pair<base::GzipFault, const char*> faults[] = {{base::GzipFault::not_gzip, "log.not-gzip"},
                                                            {base::GzipFault::truncated, "log.truncated"},
                                                            {base::GzipFault::corrupt, "log.corrupt"},
                                                            {base::GzipFault::trailing, "log.trailing-data"},
                                                            {base::GzipFault::limit, "log.limit"}};
  for (const auto& [fault, slug] : faults) {
    facts.gzip = base::GzipFailure{fault, "", true};
    CHECK(judge() == slug);
  }
  facts.gzip.reset();
  facts.hash.fill(1);
  CHECK(judge() == "log.hash-mismatch");
  log.hash_known = false;
  CHECK(judge() == "log.algorithm");
}
