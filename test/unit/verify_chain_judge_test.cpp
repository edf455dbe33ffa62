// Every way in which a chain can be broken, as a table: what was done to ten hourly digests, and what is said of it.
#include <functional>

#include "support/catch.hpp"
#include "support/facts.hpp"

using namespace trailseal;
using namespace trailseal::test;
using std::chrono::hours;
using std::chrono::minutes;
using verdict::Code;

namespace {

Time at(int hour) { return kEpoch + hours{hour}; }

struct Row {
  const char* what;
  std::set<int> missing;
  std::function<void(Chain&)> change;
  const char* slugs;
  int basis_points;  // of coverage
};

const Row kRows[] = {
    {"nothing", {}, [](Chain&) {}, "", 10000},
    {"one deleted in the middle", {5}, [](Chain&) {}, "digest.missing", 9000},
    {"three deleted in the middle", {4, 5, 6}, [](Chain&) {}, "digest.missing", 7000},
    {"two holes", {3, 7}, [](Chain&) {}, "digest.missing", 8000},
    {"the newest deleted", {9}, [](Chain&) {}, "", 10000},
    {"the three newest deleted", {7, 8, 9}, [](Chain&) {}, "chain.head-stale", 7000},
    {"the oldest deleted", {0}, [](Chain&) {}, "chain.start-missing", 9000},
    {"the oldest deleted, outside the window", {0}, [](Chain& c) { c.window.since = at(3); }, "", 10000},
    {"deleted outside the window", {3}, [](Chain& c) { c.window.since = at(5); }, "", 10000},
    {"deleted just where the window begins", {5}, [](Chain& c) { c.window.since = at(5); }, "digest.missing", 10000},
    {"deleted where the window ends",
     {5},
     [](Chain& c) { c.window.until = at(5) - minutes{30}; },
     "digest.missing",
     9090},
    {"the window's only digest deleted",
     {5},
     [](Chain& c) {
       c.window.since = at(4) + minutes{10};
       c.window.until = at(4) + minutes{50};
     },
     "chain.window-uncovered",
     0},
    {"the window begins before the chain", {}, [](Chain& c) { c.window.since = at(-5); }, "chain.begins-late", 7142},
    {"the window begins before a chain without its start",
     {0},
     [](Chain& c) { c.window.since = at(-4); },
     "chain.start-missing",
     6923},
    {"a bucket that is no source",
     {5},
     [](Chain& c) {
       c.absent[{"b", "digest-5"}] = verify::Absence::no_source;
     },
     "chain.source-missing",
     9000},
    {"a predecessor that cannot be read",
     {5},
     [](Chain& c) {
       c.absent[{"b", "digest-5"}] = verify::Absence::unreadable;
     },
     "digest.unreadable",
     9000},
    {"stopped and started", {5, 6}, [](Chain& c) { c[7].digest->previous.reset(); }, "chain.restart", 7000},
    {"restarted without a pause", {}, [](Chain& c) { c[5].digest->previous.reset(); }, "chain.restart", 9000},
    {"a starting digest that overlaps the older segment",
     {},
     [](Chain& c) {
       c[5].digest->previous.reset();
       c[5].digest->start -= minutes{30};
     },
     "chain.restart",
     9000},
    {"signature invalid",
     {},
     [](Chain& c) { c[5].own = verify::SignatureState::invalid; },
     "digest.signature-invalid",
     9000},
    {"signature invalid, deletions behind it",
     {3, 4},
     [](Chain& c) { c[5].own = verify::SignatureState::invalid; },
     "chain.gap digest.signature-invalid",
     7000},
    {"signature lost, held by the successor",
     {},
     [](Chain& c) {
       c[5].own = verify::SignatureState::absent;
       c[5].signature.reset();
       c[5].successor = verify::SignatureState::valid;
     },
     "digest.metadata-missing",
     10000},
    {"signature wrong in the metadata only",
     {},
     [](Chain& c) {
       c[5].own = verify::SignatureState::invalid;
       c[5].successor = verify::SignatureState::valid;
     },
     "digest.signature-invalid",
     10000},
    {"another signed digest in its place", {}, [](Chain& c) { c[5].hash.fill(0xee); }, "chain.link-mismatch", 9000},
    {"another signature of the same content",
     {},
     [](Chain& c) { c[5].signature = std::string(512, 'b'); },
     "chain.link-mismatch",
     9000},
    {"the signature in upper case",
     {},
     [](Chain& c) { c[5].signature = std::string(512, 'A'); },
     "digest.signature-case",
     10000},
    {"not readable",
     {},
     [](Chain& c) {
       c[5].digest.reset();
       c[5].read_error = Error{Errc::access_denied, "no"};
     },
     "digest.unreadable",
     9000},
    {"moved", {}, [](Chain& c) { c[5].location_ok = false; }, "digest.moved", 9000},
    {"of another account", {}, [](Chain& c) { c[5].account_ok = false; }, "digest.account-mismatch", 9000},
    {"a fork",
     {},
     [](Chain& c) {
       auto twin = digest_facts(6);
       twin.key = "twin";
       twin.ref.end += minutes{1};
       c.digests.push_back(twin);
     },
     "chain.fork digest.key-template",
     10000},
    {"a loop", {}, [](Chain& c) { c[5].digest->previous->key = "digest-8"; }, "chain.loop", 10000},
    {"an overlap", {}, [](Chain& c) { c[5].digest->start -= minutes{10}; }, "chain.overlap", 10000},
    {"a hole in time between linked digests",
     {},
     [](Chain& c) { c[5].digest->start += minutes{10}; },
     "chain.gap",
     9833},
    {"a hash of 63 digits", {}, [](Chain& c) { c[5].digest->previous->hash_short = true; }, "digest.hash-short", 10000},
    {"a predecessor of another chain", {}, [](Chain& c) { c[5].chain = 7; }, "chain.link-mismatch", 10000},
    {"freshness not judged", {}, [](Chain& c) { c.freshness.at.reset(); }, "chain.head-not-judged", 10000},
    {"no digest at all", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, [](Chain&) {}, "chain.window-uncovered", 0},
};

}  // namespace

TEST_CASE("what is said of a broken chain") {
  for (const auto& row : kRows) {
    CAPTURE(row.what);
    Chain chain(10, row.missing);
    row.change(chain);
    const auto judged = chain.judge();
    CHECK(slugs(judged.findings) == row.slugs);
    CHECK(judged.coverage.proven_basis_points() == row.basis_points);
  }
}

TEST_CASE("missing digests are counted from the hourly cadence and their hours named") {
  const auto judged = Chain(10, {4, 5, 6}).judge();
  const auto findings = judged.findings.sorted();
  REQUIRE(findings.size() == 1);
  REQUIRE(findings[0].count == 3);
  REQUIRE(judged.coverage.tally.digests_missing == 3);
  REQUIRE(findings[0].when == Interval{at(3), at(6)});
  REQUIRE(findings[0].detail.find("at least 1, by cadence 3: the hours that end 2026-07-01T04:00:00Z, "
                                  "2026-07-01T05:00:00Z, 2026-07-01T06:00:00Z") == 0);
}

TEST_CASE("a gap names the proven digests on either side of it") {
  const struct {
    const char* what;
    std::set<int> missing;
    std::function<void(Chain&)> change;
    int last_good, next;  // -1: none
  } rows[] = {
      {"deleted", {4, 5}, [](Chain&) {}, 3, 6},
      {"the newest ones deleted", {7, 8, 9}, [](Chain&) {}, 6, -1},
      {"the oldest deleted", {0}, [](Chain&) {}, -1, 1},
      {"stopped and started", {5, 6}, [](Chain& c) { c[7].digest->previous.reset(); }, 4, 7},
      {"one that its successor contradicts", {}, [](Chain& c) { c[5].hash.fill(0xee); }, 4, 6},
      {"one whose signature does not verify", {}, [](Chain& c) { c[5].own = verify::SignatureState::invalid; }, 4, 6},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    Chain chain(10, row.missing);
    row.change(chain);
    const auto judged = chain.judge();
    REQUIRE(judged.coverage.gaps.size() == 1);
    const auto& gap = judged.coverage.gaps[0];
    const auto uri = [](int n) { return "s3://b/digest-" + std::to_string(n); };
    REQUIRE(gap.last_good.has_value() == (row.last_good >= 0));
    REQUIRE(gap.next.has_value() == (row.next >= 0));
    if (gap.last_good) CHECK(gap.last_good->uri == uri(row.last_good));
    if (gap.last_good) CHECK(gap.last_good->hour == Interval{at(row.last_good - 1), at(row.last_good)});
    if (gap.next) CHECK(gap.next->uri == uri(row.next));
    if (gap.next) CHECK(gap.next->sha256.size() == 64);
  }
}

TEST_CASE("a head is stale before the earlier of T - 1 h and N - the maximal age") {
  Chain chain(10);  // the head ends at 9:00
  const struct {
    Time at, now;
    bool stale;
  } rows[] = {
      {kEpoch + hours{10}, kEpoch + hours{10}, false},   {kEpoch + hours{10}, kEpoch + hours{30}, false},
      {kEpoch + hours{11}, kEpoch + hours{30}, true},    {kEpoch + hours{11}, kEpoch + minutes{690}, false},
      {kEpoch + hours{12}, kEpoch + minutes{691}, true},
  };
  for (const auto& row : rows) {
    chain.freshness.at = row.at;
    chain.freshness.now = row.now;
    CAPTURE(to_string(row.at), to_string(row.now));
    const auto judged = chain.judge();
    CHECK(judged.coverage.head_stale == row.stale);
    CHECK((slugs(judged.findings) == "chain.head-stale") == row.stale);
    CHECK((judged.coverage.proven_basis_points() == 10000) == !row.stale);
    REQUIRE(judged.coverage.tail.has_value());
    CHECK(*judged.coverage.tail == Interval{kEpoch + hours{9}, row.at});
  }
}

TEST_CASE("backfill digests have links but no cadence") {
  Chain chain(10);
  for (const int n : {3, 6}) {
    auto facts = digest_facts(n);
    facts.key += "_backfill";
    facts.ref.backfill = true;
    facts.backfill_timestamp = to_string(at(20));
    facts.digest->previous.reset();
    chain.digests.push_back(facts);
  }
  SECTION("without links") { REQUIRE(slugs(chain.judge().findings).empty()); }
  SECTION("the generation time is lost") {
    chain.digests.back().backfill_timestamp.reset();
    REQUIRE(slugs(chain.judge().findings) == "digest.backfill-timestamp");
  }
  SECTION("the generation time is before the hour") {
    chain.digests.back().backfill_timestamp = "2026-06-30T00:00:00Z";
    REQUIRE(slugs(chain.judge().findings) == "digest.backfill-timestamp");
  }
  SECTION("linked to one that is not there") {
    chain.digests.back().digest->previous = trail::Previous{"b", "gone_backfill", {}, false, "aa", "SHA-256"};
    REQUIRE(slugs(chain.judge().findings) == "digest.missing");
  }
  SECTION("the oldest, linked to one that is not there") {
    chain.digests[10].digest->previous = trail::Previous{"b", "gone_backfill", {}, false, "aa", "SHA-256"};
    REQUIRE(slugs(chain.judge().findings) == "chain.start-missing");
  }
}
