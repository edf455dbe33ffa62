// Listings cost little, whatever the bucket holds and whatever is planted in it.
#include "verify/plan.hpp"

#include <chrono>
#include <memory>
#include <set>
#include <string>

#include "support/catch.hpp"
#include "support/memory_store.hpp"
#include "trailseal/estimate.hpp"

using namespace trailseal;
using namespace trailseal::verify;
using test::MemoryStore;

namespace {

constexpr const char* kAccount = "111122223333";
constexpr const char* kRegion = "us-east-1";
const std::string kDigests = std::string("AWSLogs/") + kAccount + "/CloudTrail-Digest/" + kRegion + "/";

const Time kFirst = parse_time("2023-01-01T00:30:00Z").value();

trail::DigestKey digest(const std::string& trail, Time end, const std::string& prefix = "") {
  return {{prefix, "", kAccount},
          {"", kAccount, trail, kRegion, kRegion},
          end,
          false,
          to_string(end).substr(0, 4) + "/" + to_string(end).substr(5, 2) + "/" + to_string(end).substr(8, 2)};
}

void deliver(MemoryStore& store, const std::string& trail, Time from, int hours, const std::string& prefix = "") {
  for (int hour = 0; hour < hours; ++hour)
    store.put(digest(trail, from + std::chrono::hours{hour}, prefix).key(), std::string_view("12345"));
}

struct Outcome {
  Plan plan;
  std::uint64_t requests = 0;
};

Outcome plan_of(std::unique_ptr<MemoryStore> store, const Request& request, std::uint64_t search_limit = 10'000) {
  const auto* counted = store.get();
  std::vector<Source> sources;
  sources.push_back({std::move(store), "b"});
  sources.back().search_limit = search_limit;
  Progress progress;
  auto plan = make_plan(request, sources, 4, progress);
  return {std::move(plan), counted->list_requests()};
}

std::size_t refs(const Plan& plan) {
  std::size_t count = 0;
  for (const auto& group : plan.groups)
    for (const auto& chain : group.chains) count += chain.refs.size();
  return count;
}

std::size_t chains(const Plan& plan) {
  std::size_t count = 0;
  for (const auto& group : plan.groups) count += group.chains.size();
  return count;
}

bool trouble(const Plan& plan) { return plan.findings[0].totals().contains(verdict::Code::source_unreadable); }

Request day_of_2025() {
  Request request;
  request.since = parse_time("2025-06-10T00:00:00Z").value();
  request.until = parse_time("2025-06-11T00:00:00Z").value();
  return request;
}

constexpr int kThreeYears = 3 * 365 * 24;

}  // namespace

TEST_CASE("without a window every digest is listed, a thousand to a request") {
  auto store = std::make_unique<MemoryStore>();
  deliver(*store, "mgmt", kFirst, kThreeYears);
  const auto made = plan_of(std::move(store), {});
  CHECK(refs(made.plan) == kThreeYears);
  CHECK(made.requests <= 27 + 5);
}

TEST_CASE("a window of three years' digests costs a few requests and finds every chain") {
  auto store = std::make_unique<MemoryStore>();
  deliver(*store, "mgmt", kFirst, kThreeYears);
  deliver(*store, "short-lived", kFirst + std::chrono::hours{24 * 100}, 30);
  const auto made = plan_of(std::move(store), day_of_2025());
  CHECK(chains(made.plan) == 2);
  const auto& mgmt = made.plan.groups[0].chains[0];
  CHECK(made.requests <= 15);
  // The day, one or two on either side, the nearest before and behind, and the newest, and the days of the other.
  CHECK(mgmt.refs.size() <= 10 * 24);
  std::set<std::int32_t> days;
  for (const auto& ref : mgmt.refs) days.insert(ref.day);
  CHECK(days.size() + mgmt.unlisted.size() == 3 * 365);
  CHECK_FALSE(trouble(made.plan));
}

TEST_CASE("planted names cost a few requests and hide nothing") {
  struct Row {
    const char* what;
    std::function<std::string(int)> name;
    bool open;
  };
  const Row rows[] = {
      {"in a day's folder, before the digests", [](int i) { return kDigests + "2025/06/10/!junk" + std::to_string(i); },
       false},
      {"in a day's folder, behind the digests", [](int i) { return kDigests + "2025/06/10/zjunk" + std::to_string(i); },
       false},
      {"with a stamp in the name", [](int i) { return kDigests + "2025/06/10/zjunk_20" + std::to_string(i); }, false},
      {"before all days", [](int i) { return kDigests + "!" + std::to_string(i) + "/x"; }, false},
      {"trees", [](int i) { return kDigests + "2024/" + std::to_string(i) + "/a/b/c/d"; }, false},
      {"folders beside the regions",
       [](int i) { return "AWSLogs/111122223333/CloudTrail-Digest/aaa" + std::to_string(i) + "/x"; }, true},
      {"folders beside the logs", [](int i) { return "0" + std::to_string(i) + "/x"; }, true},
      {"folders beside the accounts", [](int i) { return "AWSLogs/!" + std::to_string(i) + "/x"; }, true},
  };
  constexpr int kPlanted = 100'000;
  for (const bool window : {false, true})
    for (const auto& row : rows) {
      CAPTURE(row.what, window);
      auto store = std::make_unique<MemoryStore>();
      deliver(*store, "mgmt", kFirst, kThreeYears);
      for (int i = 0; i < kPlanted; ++i) store->put(row.name(i), std::string_view());
      const auto made = plan_of(std::move(store), window ? day_of_2025() : Request{}, 100);
      CHECK(chains(made.plan) == 1);
      CHECK(refs(made.plan) >= (window ? 72u : static_cast<unsigned>(kThreeYears)));
      CHECK(trouble(made.plan) == row.open);
      if (std::string_view(row.what).find("beside") == std::string_view::npos) CHECK(made.requests < 60);
      CHECK(made.requests < 400);
    }
}

TEST_CASE("planted regions cost no keys") {
  auto store = std::make_unique<MemoryStore>();
  deliver(*store, "mgmt", kFirst, 24);
  for (int i = 0; i < 500; ++i)
    store->put("AWSLogs/111122223333/CloudTrail-Digest/aa-" + std::string(1, static_cast<char>('a' + i % 26)) +
                   std::string(1, static_cast<char>('a' + i / 26)) + "-1/2026/07/01/x",
               std::string_view());
  const auto made = plan_of(std::move(store), {});
  verdict::Findings findings;
  const auto needs = keys_needed(made.plan, findings);
  REQUIRE(needs.size() == 1);
  CHECK(needs[0].region == kRegion);
  CHECK(needs[0].earliest == kFirst);
  CHECK(trouble(made.plan));
}

TEST_CASE("a prefix that nobody named is found, if the search goes so far") {
  for (const std::uint64_t limit : {2, 100}) {
    auto store = std::make_unique<MemoryStore>();
    deliver(*store, "mgmt", kFirst, 24, "audit/of/logs");
    for (const char* name : {"a/x", "b/x", "c/d/x"}) store->put(name, std::string_view());
    const auto made = plan_of(std::move(store), {}, limit);
    CHECK(chains(made.plan) == (limit == 100 ? 1u : 0u));
    CHECK(trouble(made.plan) == (limit == 2));
  }
}

TEST_CASE("an estimate counts what is in the window") {
  auto store = std::make_unique<MemoryStore>();
  deliver(*store, "mgmt", kFirst, 48);
  const trail::LogKey log{{"", "", kAccount},
                          trail::LogKind::management_and_data,
                          kRegion,
                          kFirst + std::chrono::hours{1},
                          "abcdefghijklmnop"};
  store->put(log.key(), std::string_view("1234567"));
  std::vector<Source> sources;
  sources.push_back({std::move(store), "b"});
  Request request;
  request.until = kFirst + std::chrono::hours{24};
  Progress progress;
  const auto estimated = estimate(request, sources, progress);
  CHECK(estimated.digests() == Amount{25, 125});
  CHECK(estimated.log_files() == Amount{1, 7});
  CHECK(estimated.logs.at({kAccount, kRegion}).contains("2023-01-01"));
  CHECK(estimated.get_requests() == 29);
}
