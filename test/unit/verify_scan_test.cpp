#include "verify/scan.hpp"

#include <chrono>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "verify/digest_listing.hpp"

using namespace trailseal;
using namespace trailseal::verify;

TEST_CASE("days have zones") {
  const DayZones zones("p/", "n_");
  const struct {
    std::string name, begin;
    bool inside;
    std::string next;
  } rows[] = {
      {"p/!", "p/0000/01/01/n_", false, "p/0000/01/01/n_"},
      {"p/2026/07/01/a", "p/2026/07/01/n_", false, "p/2026/07/02/n_"},
      {"p/2026/07/01/n_x", "p/2026/07/01/n_x", true, "p/2026/07/02/n_"},
      {"p/2026/07/01/o", "p/2026/07/02/n_", false, "p/2026/07/02/n_"},
      {"p/2026/07/01x", "p/2026/07/02/n_", false, "p/2026/07/02/n_"},
      {"p/2026/02/29/n_", "p/2026/03/01/n_", false, "p/2026/03/01/n_"},
      {"p/2026/12/31/z", "p/2027/01/01/n_", false, "p/2027/01/01/n_"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name);
    const auto found = zones.find(row.name), next = zones.next(row.name);
    REQUIRE(found);
    CHECK(found->begin == row.begin);
    CHECK(found->inside == row.inside);
    REQUIRE(next);
    CHECK(next->begin == row.next);
  }
  CHECK_FALSE(zones.find("p/zzz"));
  CHECK_FALSE(zones.next("p/9999/12/31/n_a"));
}

TEST_CASE("folders have zones") {
  const FolderZones zones("p/", FolderZones::accounts());
  CHECK(zones.find("p/!")->begin == "p/0");
  CHECK(zones.find("p/5/")->inside);
  CHECK(zones.find("p/999999999999/")->inside);
  CHECK(zones.find("p/a/")->begin == "p/o-");
  CHECK(zones.find("p/o-abc/")->inside);
  CHECK_FALSE(zones.find("p/p/"));
  CHECK(zones.next("p/5/")->begin == "p/o-");
}

TEST_CASE("what is planted in a zone ends the listing of that day and no other") {
  test::MemoryStore store;
  for (int i = 0; i < 50'000; ++i) store.put("p/2026/07/01/n_" + std::to_string(i), "");
  store.put("p/2026/07/02/n_ours", "");
  const DayZones zones("p/", "n_");
  std::atomic<bool> stop{false};
  std::vector<std::string> ours;
  const auto end = scan(
      {store, "p/", {}, {}, zones, stop},
      [&](const store::ObjectInfo& name, bool) {
        if (!name.key.ends_with("ours")) return Seen::foreign;
        ours.push_back(name.key);
        return Seen::ours;
      },
      [](std::string_view, const Error&) {});
  REQUIRE(end);
  CHECK(end->left.size() == 1);
  CHECK(ours == std::vector<std::string>{"p/2026/07/02/n_ours"});
  CHECK(store.list_requests() <= 25);
}

TEST_CASE("a day whose digests stand behind planted names is not called empty") {
  const trail::Root root{"", "", "111122223333"};
  const trail::ChainId chain{"", "111122223333", "mgmt", "us-east-1", "us-east-1"};
  const Time end = *parse_time("2026-07-01T05:00:00Z");
  const std::string key = trail::DigestKey{root, chain, end, false, "2026/07/01"}.key();
  const std::string names = key.substr(0, key.rfind('_') + 1);
  const auto day = static_cast<std::int32_t>(end.time_since_epoch() / std::chrono::days{1});
  const std::atomic<bool> stop{false};
  for (const int planted : {0, 100, 5'000}) {
    CAPTURE(planted);
    test::MemoryStore store;
    store.put(key, "");
    for (int i = 0; i < planted; ++i) store.put(names + "!" + std::to_string(i), "");
    int troubles = 0;
    const auto listed = list_day(store, root, chain, day, stop, [&](std::string_view, const Error&) { ++troubles; });
    CHECK((listed.size() == 1 || troubles == 1));
    CHECK((troubles == 1) == (planted == 5'000));
  }
}
