// What a bucket remembers: gathering it, looking for the version that was signed, and judging both.
#include <algorithm>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "verify/recover.hpp"
#include "verify/version_judge.hpp"

using namespace trailseal;
using namespace trailseal::verify;
using verdict::Code;

namespace {

Time at(const char* text) { return parse_time(text).value(); }

// "m3": a delete marker with the id m3; "v3": a version; "v3=": one with the ETag of every other that ends in "=".
store::Version row(const std::string& text) {
  store::Version version;
  version.delete_marker = text[0] == 'm';
  version.id = text.substr(0, 2);
  version.object.modified = at("2026-07-01T00:00:00Z") + Seconds{text[1] - '0'};
  if (version.delete_marker) return version;
  version.object.etag = text.ends_with('=') ? "\"same\"" : "\"" + version.id + "\"";
  version.object.size = 7;
  return version;
}

KeyHistory history(std::initializer_list<const char*> newest_first) {
  KeyHistory out;
  out.key = "key";
  for (const char* text : newest_first) out.add(row(text));
  return out;
}

std::vector<verdict::Finding> judged(const std::function<void(verdict::Findings&)>& judge) {
  verdict::Findings findings;
  judge(findings);
  return findings.sorted();
}

const VersionContext kContext{"chain", "s3://b/key", Interval{at("2026-07-01T00:00:00Z"), at("2026-07-01T01:00:00Z")}};

}  // namespace

TEST_CASE("of many versions the newest and the oldest are kept, and all are counted") {
  KeyHistory flood;
  constexpr std::size_t kRows = 1000;
  for (std::size_t i = 0; i < kRows; ++i) {
    store::Version version;
    version.id = std::to_string(i);
    flood.add(version);
  }
  CHECK(flood.count == kRows);
  REQUIRE(flood.rows.size() == KeyHistory::kNewest + KeyHistory::kOldest);
  CHECK(flood.rows[KeyHistory::kNewest - 1].id == "15");
  CHECK(flood.rows[KeyHistory::kNewest].id == std::to_string(kRows - KeyHistory::kOldest));
  CHECK(flood.rows.back().id == "999");
  CHECK(flood.versioned);
  CHECK_FALSE(KeyHistory{}.deleted());
  KeyHistory before;
  store::Version null;
  null.id = "null";
  before.add(null);
  CHECK_FALSE(before.versioned);
}

TEST_CASE("older versions are tried from the oldest, delete markers and the current one are not") {
  const Error denied{Errc::access_denied, "no"};
  struct Row {
    std::initializer_list<const char*> history;
    std::string good, unreadable;  // ids
    std::vector<std::string> tried;
    std::string found;  // empty: none
    bool error;
    bool bytes_alone = true;
  };
  const Row rows[] = {
      {{}, "", "", {}, "", false},
      {{"v1"}, "v1", "", {}, "", false},
      {{"m1"}, "", "", {}, "", false},
      {{"m2", "v1"}, "v1", "", {"v1"}, "v1", false},
      {{"v2", "v1"}, "v1", "", {"v1"}, "v1", false},
      {{"v2", "v1"}, "v2", "", {"v1"}, "", false},
      {{"m4", "v3", "m2", "v1"}, "v3", "", {"v1", "v3"}, "v3", false},
      {{"m4", "v3", "v2", "v1"}, "v3", "v1", {"v1", "v2", "v3"}, "v3", false},
      {{"m4", "v3", "v2", "v1"}, "", "v2", {"v1", "v2", "v3"}, "", true},
      {{"m4", "v3=", "v2=", "v1="}, "", "", {"v1"}, "", false},
      {{"m4", "v3=", "v2=", "v1="}, "v2", "", {"v1", "v2"}, "v2", false, false},
  };
  for (const Row& one : rows) {
    std::vector<std::string> tried;
    const auto recovery = recover(history(one.history), one.bytes_alone, [&](const std::string& id) -> Result<bool> {
      tried.push_back(id);
      if (id == one.unreadable) return denied;
      return id == one.good;
    });
    CAPTURE(one.history.size(), one.good, one.unreadable);
    CHECK(tried == one.tried);
    CHECK((recovery.good ? recovery.good->id : "") == one.found);
    CHECK(recovery.error.has_value() == one.error);
    CHECK(recovery.unreadable.has_value() == one.error);
    CHECK(recovery.history.count == one.history.size());
  }
}

TEST_CASE("what became of looking for the signed version is one finding") {
  const auto start = [](std::initializer_list<const char*> rows) {
    Recovery recovery;
    recovery.history = history(rows);
    return recovery;
  };
  Recovery good = start({"m3", "v2", "v1"}), lost = start({"m3", "v2"}), nothing = start({}), refused = start({}),
           unread = start({"m3", "v2"});
  good.good = good.history.rows[1];
  refused.error = Error{Errc::io, "cut"};
  // Of a flood not all are tried: then nobody may say that the signed one is lost.
  Recovery flood = start({"m3", "v2"});
  for (int i = 0; i < 100; ++i) flood.history.add(row("v1"));
  const auto judged_flood = judged([&](verdict::Findings& findings) { judge_recovery(flood, kContext, "", findings); });
  REQUIRE(judged_flood.size() == 1);
  CHECK(judged_flood[0].code == Code::version_unavailable);
  CHECK(judged_flood[0].detail.find("38 more in between were not looked at") != std::string::npos);
  CHECK(judged([&](verdict::Findings& into) { judge_deleted_digest(flood, kContext, "", into); })[0].code ==
        Code::version_unavailable);
  flood.good = row("v1");
  CHECK(judged([&](verdict::Findings& into) { judge_recovery(flood, kContext, "", into); })[0].code ==
        Code::version_recoverable);
  unread.error = Error{Errc::archived, "in GLACIER"};
  unread.unreadable = unread.history.rows[1];
  struct Row {
    const Recovery& recovery;
    Code where_missed, where_deleted;  // judge_recovery, judge_deleted_digest
    const char *expected, *found, *detail;
  };
  const Row rows[] = {
      {good, Code::version_recoverable, Code::version_digest_deleted, "version v2 of 2026-07-01T00:00:02Z",
       "delete marker m3 of 2026-07-01T00:00:03Z", "2 versions, 1 delete marker; more"},
      {lost, Code::version_lost, Code::version_digest_removed, "", "delete marker m3 of 2026-07-01T00:00:03Z",
       "1 version, 1 delete marker; more"},
      {nothing, Code::version_lost, Code::version_digest_removed, "", "no version and no delete marker",
       "0 versions, 0 delete markers; more"},
      {refused, Code::version_unavailable, Code::version_unavailable, "", "", "input or output failed: cut"},
      {unread, Code::version_unavailable, Code::version_unavailable, "", "",
       "version v2 of 2026-07-01T00:00:02Z: archived: in GLACIER"},
  };
  for (const Row& one : rows) {
    const auto missed =
        judged([&](verdict::Findings& findings) { judge_recovery(one.recovery, kContext, "more", findings); });
    const auto deleted =
        judged([&](verdict::Findings& findings) { judge_deleted_digest(one.recovery, kContext, "more", findings); });
    REQUIRE(missed.size() == 1);
    REQUIRE(deleted.size() == 1);
    CAPTURE(verdict::info(one.where_missed).slug, one.detail);
    CHECK(missed[0].code == one.where_missed);
    CHECK(missed[0].chain == "chain");
    CHECK(missed[0].subject == "s3://b/key");
    CHECK(missed[0].when == kContext.when);
    CHECK(missed[0].expected == one.expected);
    CHECK(missed[0].found == one.found);
    if (one.where_missed != Code::version_unavailable) CHECK(missed[0].detail == one.detail);
    if (one.where_missed == Code::version_unavailable) CHECK(missed[0].detail.ends_with(one.recovery.error->message));
    CHECK(deleted[0].code == one.where_deleted);
    CHECK(deleted[0].expected == one.expected);
  }
}

TEST_CASE("an object is overwritten if it is there and older versions are, too") {
  struct Row {
    std::initializer_list<const char*> history;
    bool overwritten;
    const char* detail;
  };
  const Row rows[] = {
      {{"v1"}, false, ""},
      {{"m2", "v1"}, false, ""},
      {{"m1"}, false, ""},
      {{"v2", "v1"}, true, "2 versions, 0 delete markers"},
      {{"v2=", "v1="}, true, "2 versions, 0 delete markers; all have the same ETag, so the same bytes"},
      {{"v3=", "m2", "v1="}, true, "2 versions, 1 delete marker; all have the same ETag, so the same bytes"},
      {{"v3=", "v2", "v1="}, true, "3 versions, 0 delete markers"},
  };
  for (const Row& one : rows) {
    const auto findings =
        judged([&](verdict::Findings& into) { judge_overwritten(history(one.history), kContext, into); });
    CAPTURE(one.history.size(), one.detail);
    REQUIRE(findings.size() == (one.overwritten ? 1 : 0));
    if (!one.overwritten) continue;
    CHECK(findings[0].code == Code::version_overwritten);
    CHECK(findings[0].expected == "version v1 of 2026-07-01T00:00:01Z");
    CHECK(findings[0].found == describe(row(*one.history.begin())));
    CHECK(findings[0].detail == one.detail);
  }
}

TEST_CASE("deleted objects are folded in any order") {
  std::vector<KeyHistory> histories{history({"m1"}), history({"m9", "v1"}), history({"m9"}), history({"m4", "v2"})};
  for (std::size_t i = 0; i < histories.size(); ++i) histories[i].key = "key " + std::to_string(i);
  std::vector<std::size_t> order{0, 1, 2, 3};
  do {
    Removed left, right;
    for (std::size_t i = 0; i < order.size(); ++i)
      (i < 2 ? left : right)
          .add(histories[order[i]], Interval{at("2026-07-01T00:00:00Z") + Seconds{order[i]},
                                             at("2026-07-01T01:00:00Z") + Seconds{order[i]}});
    left.merge(right);
    CHECK(left.count == 4);
    CHECK(left.newest.key == "key 2");
    CHECK(left.span == Interval{at("2026-07-01T00:00:00Z"), at("2026-07-01T01:00:03Z")});
  } while (std::next_permutation(order.begin(), order.end()));

  CHECK(judged([](verdict::Findings& into) { judge_removed_objects({}, "subject", into); }).empty());
  CHECK(judged([](verdict::Findings& into) { judge_removed_digests({}, "chain", "b", true, nullptr, into); }).empty());
  Removed removed;
  removed.add(histories[1], std::nullopt);
  Recovery signed_one;
  signed_one.good = row("v1");
  for (const bool left : {false, true}) {
    const auto findings =
        judged([&](verdict::Findings& into) { judge_removed_digests(removed, "chain", "b", left, &signed_one, into); });
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].code == Code::version_digest_removed);
    CHECK(findings[0].subject == "s3://b/key 1");
    CHECK(findings[0].expected == describe(row("v1")));
    CHECK((findings[0].detail.find("expiry") != std::string::npos) == left);
  }
}

TEST_CASE("folders of dates are those that the window may touch, with what is no date") {
  test::MemoryStore store;
  store.keep_versions();
  for (const char* day : {"2025/12/31", "2026/06/30", "2026/07/01", "2026/07/02", "2026/07/05", "2026/13/01"})
    store.put("p/" + std::string(day) + "/x", "x");
  store.put("p/junk/x", "x");
  store.put("p/2026/7/x", "x");
  store.put("p/2026/07/01-/x", "x");
  store.erase("p/2026/07/02/x");
  const auto folders = [&](int levels, const Window& window) {
    std::string text;
    const auto found = dated_folders(store, "p/", levels, window);
    REQUIRE(found.has_value());
    for (const auto& folder : *found) text += folder.prefix.substr(2) + (folder.dated ? " " : "? ");
    return text;
  };
  CHECK(folders(2, {}) == "junk/? 2026/7/? 2025/12/ 2026/06/ 2026/07/ 2026/13/ ");
  CHECK(folders(3, {}) ==
        "junk/? 2026/7/? 2026/07/01-/? 2025/12/31/ 2026/06/30/ 2026/07/01/ 2026/07/02/ 2026/07/05/ 2026/13/01/ ");
  const Window day{at("2026-07-02T06:00:00Z"), at("2026-07-02T07:00:00Z")};
  CHECK(folders(2, day) == "junk/? 2026/7/? 2026/07/ 2026/13/ ");
  CHECK(folders(3, day) == "junk/? 2026/7/? 2026/07/01-/? 2026/07/01/ 2026/07/02/ 2026/13/01/ ");
  const Window early{std::nullopt, at("2026-01-01T00:00:00Z")};
  CHECK(folders(2, early) == "junk/? 2026/7/? 2025/12/ 2026/13/ ");

  store.fail("p/2026/07/", {Errc::access_denied, "no"});
  CHECK(dated_folders(store, "p/", 2, {}).has_value());
  CHECK_FALSE(dated_folders(store, "p/", 3, {}).has_value());
}

TEST_CASE("the history of a key is that of no longer key") {
  test::MemoryStore store;
  store.keep_versions();
  store.put("a", "1");
  store.put("a", "2");
  store.put("ab", "3");
  store.erase("b");
  const auto rows_of = [&](const char* key) { return history_of(store, key).value().rows.size(); };
  CHECK(rows_of("a") == 2);
  CHECK(rows_of("ab") == 1);
  CHECK(rows_of("abc") == 0);
  std::vector<std::string> seen;
  const auto visit = [&](const KeyHistory& one) {
    seen.push_back(one.key + " " + std::to_string(one.count) + (one.deleted() ? " deleted" : ""));
    return seen.size() < 3;
  };
  REQUIRE(for_each_history(store, "", visit));
  CHECK(seen == std::vector<std::string>{"a 2", "ab 1", "b 1 deleted"});
  seen.clear();
  REQUIRE(for_each_history(store, "ab", visit));
  CHECK(seen == std::vector<std::string>{"ab 1"});
}
