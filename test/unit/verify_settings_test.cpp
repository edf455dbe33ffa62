// What CloudTrail says of its trails, against what the bucket proves.
#include "verify/settings.hpp"

#include <functional>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::verify;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const Time kNow = parse_time("2026-07-02T12:00:00Z").value();
const std::string kArn = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mgmt";

verdict::ChainCoverage chain(const std::string& region, std::optional<Time> head) {
  verdict::ChainCoverage out;
  out.account = "111122223333";
  out.trail = "mgmt";
  out.home_region = "us-east-1";
  out.region = region;
  out.chain = "111122223333/mgmt@us-east-1/" + region;
  out.head = head;
  return out;
}

verdict::TrailStatus status(const std::string& region, std::optional<Time> delivered) {
  return {.region = region,
          .logging = true,
          .logging_started = kNow - hours{1000},
          .logging_stopped = {},
          .latest_delivery = delivered,
          .latest_digest_delivery = delivered,
          .delivery_error = "",
          .digest_delivery_error = ""};
}

// A healthy account: the newest digest ended 70 minutes ago and was delivered half an hour later.
struct World {
  Request request;
  SettingsAnswer answer;
  std::vector<verdict::ChainCoverage> chains = {chain("us-east-1", kNow - minutes{70}),
                                                chain("eu-west-1", kNow - minutes{70})};
  std::vector<SourcePlace> places = {{"acme", ""}};

  World() {
    answer.asked = kNow;
    answer.listed = kNow;
    answer.trails = {{.arn = kArn,
                      .name = "mgmt",
                      .account = "111122223333",
                      .home_region = "us-east-1",
                      .bucket = "acme",
                      .prefix = "",
                      .multi_region = true,
                      .organization = false,
                      .validation = true,
                      .regions = {status("eu-west-1", kNow - minutes{40}), status("us-east-1", kNow - minutes{40})}}};
  }
  verdict::TrailSettings& trail() { return answer.trails.front(); }
  verdict::TrailStatus& home() { return trail().regions.back(); }
  void let_be_organizations() {
    trail().organization = true;
    for (auto& each : chains) each.org = "o-acme";
  }
};

std::vector<verdict::Finding> judged(const World& world) {
  verdict::Findings findings;
  judge_settings({world.request, world.answer, world.chains, world.places}, findings);
  return findings.sorted();
}

std::string slugs(const World& world) {
  std::string out;
  for (const auto& finding : judged(world)) out += std::string(verdict::info(finding.code).slug) + " ";
  return out;
}

}  // namespace

TEST_CASE("what CloudTrail says raises doubts and settles none") {
  struct Row {
    const char* what;
    std::function<void(World&)> change;
    const char* expected;
  };
  const Row rows[] = {
      {"all is well", [](World&) {}, ""},
      {"nothing can be learned", [](World& w) { w.answer.trails.clear(); }, "settings.unavailable "},
      {"a refusal", [](World& w) { w.answer.troubles = {"GetTrailStatus in eu-west-1: AccessDenied"}; },
       "settings.unavailable "},
      {"nothing to learn about", [](World& w) { w.answer.trails.clear(), w.chains.clear(); }, ""},

      // The newest digests.
      {"the newest is gone", [](World& w) { w.chains[0].head = kNow - minutes{130}; }, "settings.digests-behind "},
      {"of the other region", [](World& w) { w.chains[1].head = kNow - hours{20}; }, "settings.digests-behind "},
      {"an hour and a quarter before its delivery", [](World& w) { w.chains[0].head = kNow - minutes{115}; }, ""},
      {"a second more", [](World& w) { w.chains[0].head = kNow - minutes{115} - Seconds{1}; },
       "settings.digests-behind "},
      {"delivered while we listed", [](World& w) { w.home().latest_digest_delivery = kNow + minutes{20}; }, ""},
      {"delivered while we listed, and the one before is gone",
       [](World& w) {
         w.home().latest_digest_delivery = kNow + minutes{20};
         w.chains[0].head = kNow - minutes{136};
       },
       "settings.digests-behind "},
      {"behind, but the window ends before",
       [](World& w) {
         w.chains[0].head = kNow - hours{20};
         w.request.until = kNow - hours{30};
       },
       ""},
      {"behind, and the window goes on",
       [](World& w) {
         w.chains[0].head = kNow - hours{20};
         w.request.until = kNow - hours{10};
       },
       "settings.digests-behind "},
      {"nothing is proven: other findings say so", [](World& w) { w.chains[0].head.reset(); }, ""},
      {"no word about deliveries",
       [](World& w) {
         w.chains[0].head = kNow - hours{20};
         w.home().latest_digest_delivery.reset();
       },
       ""},
      {"one account of an organization is behind: whose digest it was is not told",
       [](World& w) {
         w.let_be_organizations();
         w.chains[1].region = "us-east-1";
         w.chains[1].head = kNow - hours{20};
         w.trail().regions.erase(w.trail().regions.begin());
       },
       ""},
      {"all of them are",
       [](World& w) {
         w.let_be_organizations();
         for (auto& each : w.chains) each.head = kNow - hours{20};
       },
       "settings.digests-behind settings.digests-behind "},

      // A trail without a chain.
      {"no chain at all", [](World& w) { w.chains.clear(); }, "settings.no-chain "},
      {"its status is not known", [](World& w) { w.chains.clear(), w.trail().regions.clear(); }, "settings.no-chain "},
      {"a region's chain is gone", [](World& w) { w.chains.pop_back(); }, "settings.no-chain "},
      {"without validation there is none", [](World& w) { w.chains.clear(), w.trail().validation = false; }, ""},
      {"another account's chain of the same name does not count",
       [](World& w) {
         for (auto& each : w.chains) each.account = "444455556666";
       },
       "settings.unavailable settings.no-chain "},
      {"nor that of another home region",
       [](World& w) {
         for (auto& each : w.chains) each.home_region = "eu-west-1";
       },
       "settings.unavailable settings.no-chain "},
      {"an organization's trail, as a member sees it, is not the account's own of that name",
       [](World& w) { w.trail().organization = true; }, "settings.unavailable settings.no-chain "},
      {"an account's trail is not the organization's", [](World& w) { w.chains[0].org = w.chains[1].org = "o-acme"; },
       "settings.unavailable settings.no-chain "},
      {"it delivers beside what was looked at",
       [](World& w) {
         w.chains.clear();
         w.places[0].prefix = "other/";
       },
       ""},
      {"below it",
       [](World& w) {
         w.chains.clear();
         w.places[0].prefix = "logs/";
         w.trail().prefix = "logs/a";
       },
       "settings.no-chain "},
      {"only a part of it was looked at",
       [](World& w) {
         w.chains.clear();
         w.places[0].prefix = "AWSLogs/444455556666/";
       },
       ""},
      {"into another bucket",
       [](World& w) {
         w.chains.clear();
         w.places[0].bucket = "other";
       },
       ""},
      {"filters leave it out",
       [](World& w) {
         w.chains.clear();
         w.request.trails = {"other"};
       },
       ""},
      {"a filter leaves out its region",
       [](World& w) {
         w.chains.pop_back();
         w.request.regions = {"us-east-1"};
       },
       ""},
      {"a filter of an organization leaves it out",
       [](World& w) {
         w.chains.clear();
         w.request.orgs = {"o-acme"};
       },
       ""},
      {"too young",
       [](World& w) {
         w.chains.clear();
         for (auto& each : w.trail().regions) {
           each.latest_digest_delivery.reset();
           each.logging_started = kNow - minutes{100};
         }
       },
       ""},
      {"old enough",
       [](World& w) {
         w.chains.clear();
         for (auto& each : w.trail().regions) {
           each.latest_digest_delivery.reset();
           each.logging_started = kNow - minutes{151};
         }
       },
       "settings.no-chain "},
      {"it never logged",
       [](World& w) {
         w.chains.clear();
         for (auto& each : w.trail().regions) each = status(each.region, std::nullopt), each.logging = false;
       },
       ""},

      // How it is doing.
      {"not logging", [](World& w) { w.home().logging = false; }, "settings.not-logging "},
      {"without validation now", [](World& w) { w.trail().validation = false; }, "settings.validation-off "},
      {"logs cannot be delivered", [](World& w) { w.home().delivery_error = "AccessDenied"; },
       "settings.delivery-error "},
      {"digests neither",
       [](World& w) {
         w.home().delivery_error = "AccessDenied";
         w.home().digest_delivery_error = "AccessDenied";
       },
       "settings.delivery-error settings.delivery-error "},
      {"the same in two regions",
       [](World& w) {
         for (auto& each : w.trail().regions) each.delivery_error = "NoSuchBucket";
       },
       "settings.delivery-error "},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    World world;
    row.change(world);
    CHECK(slugs(world) == row.expected);
  }
}

TEST_CASE("the findings say what was expected and where") {
  World world;
  world.chains[0].head = kNow - hours{5};
  world.trail().regions[0].digest_delivery_error = "\x1b[2JAccessDenied";
  world.home().logging = false;
  world.home().logging_stopped = kNow - hours{5};
  for (int i = 0; i < 7; ++i) world.answer.troubles.push_back("trouble " + std::to_string(i));
  const auto all = judged(world);
  REQUIRE(all.size() == 4);
  for (const auto& finding : all) {
    switch (finding.code) {
      case verdict::Code::settings_digests_behind:
        CHECK(finding.chain == world.chains[0].chain);
        CHECK(finding.subject == kArn);
        CHECK(finding.when == Interval{kNow - hours{5}, kNow - minutes{40}});
        CHECK(finding.found == "the newest proven digest ends 2026-07-02T07:00:00Z");
        break;
      case verdict::Code::settings_delivery_error:
        CHECK(finding.found == "\x1b[2JAccessDenied");  // reports escape it
        CHECK(finding.detail == "digests in eu-west-1");
        break;
      case verdict::Code::settings_not_logging:
        CHECK(finding.detail == "in us-east-1 (stopped 2026-07-02T07:00:00Z)");
        break;
      default:
        CHECK(finding.code == verdict::Code::settings_unavailable);
        CHECK(finding.detail == "trouble 0; trouble 1; trouble 2; trouble 3; trouble 4; and 2 more");
    }
  }
}
