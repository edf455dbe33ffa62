#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "verify/witness.hpp"

using namespace trailseal;
using std::chrono::hours;
using std::chrono::minutes;
using trail::KmsEvent;
using verdict::Code;
using verify::Presence;
using verify::WitnessFacts;

namespace {

const Time kNoon = *parse_iso_utc("2026-07-01T12:00:00Z");
const std::string kKey = "arn:aws:kms:eu-west-1:111122223333:key/a";
const std::string kOther = "arn:aws:kms:eu-west-1:111122223333:key/b";

std::string log_key(Time stamp, char unique = 'x') {
  return trail::LogKey{
      {"", "", "111122223333"}, trail::LogKind::management_and_data, "us-east-1", stamp, std::string(16, unique)}
      .key();
}

store::Attributes under(const std::string& key, bool bucket_key = false) {
  store::Attributes attributes;
  attributes.encryption = "aws:kms";
  attributes.kms_key = key;
  attributes.bucket_key = bucket_key;
  return attributes;
}

KmsEvent data_key(const std::string& object, Time at, const std::string& key = kKey, const std::string& id = "") {
  KmsEvent event;
  event.kind = KmsEvent::Kind::data_key;
  event.name = "GenerateDataKey";
  event.id = id.empty() ? object + to_string(at) : id;
  event.at = at;
  event.key = key;
  event.trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/mgmt";
  event.object = "arn:aws:s3:::" + object;
  return event;
}

verdict::ChainCoverage chain_of(const std::string& trail) {
  verdict::ChainCoverage chain;
  chain.account = "111122223333";
  chain.trail = trail;
  chain.home_region = chain.region = "us-east-1";
  return chain;
}

// Logs of the key's region are proven from 06:00 to 18:00; one other object is witnessed under each of the keys.
struct Scene {
  WitnessFacts facts;
  verify::WitnessContext context;
  std::map<verify::ObjectName, Presence> presence;

  explicit Scene(std::string expected = "") : facts(std::move(expected)) {
    verify::GroupCover cover;
    cover.first = kNoon - hours{6};
    cover.first_is_starting = true;
    cover.head = kNoon + hours{6};
    cover.proven = {{*cover.first, *cover.head}};
    context.covers[{"111122223333", "eu-west-1"}] = cover;
    for (const auto& key : {kKey, kOther}) {
      facts.add_object("b", log_key(kNoon - hours{2}, key.back()), under(key));
      facts.add_events({data_key("b/" + log_key(kNoon - hours{2}, key.back()), kNoon - hours{2}, key)});
    }
  }

  verify::WitnessJudgement judge(Presence presence_of_unseen = Presence::absent) {
    facts.seal();
    for (const auto& name : facts.unseen()) presence[name] = presence_of_unseen;
    return judge_witnesses(facts, presence, context);
  }
};

std::uint64_t count(const verify::WitnessJudgement& judged, Code code) {
  const auto totals = judged.findings.totals();
  const auto found = totals.find(code);
  return found == totals.end() ? 0 : found->second;
}

}  // namespace

TEST_CASE("the name of an object survives its short form") {
  WitnessFacts facts("");
  for (const std::string& key :
       {log_key(kNoon),
        std::string("pre/AWSLogs/x/AWSLogs/o-exampleorgid/111122223333/CloudTrail-Insight/eu-west-1/2026/"
                    "07/01/111122223333_CloudTrail-Insight_eu-west-1_20260701T1200Z_0123456789abcdef.json.gz"),
        std::string("AWSLogs/111122223333/odd"), std::string("k")})
    facts.add_object("bucket", key, under(kKey));
  facts.seal();
  std::set<std::string> names;
  for (const auto& object : facts.objects) names.insert(facts.uri(object.name));
  CHECK(names.size() == 4);
  CHECK(names.contains("s3://bucket/" + log_key(kNoon)));
  CHECK(names.contains("s3://bucket/k"));
  CHECK(names.contains(
      "s3://bucket/pre/AWSLogs/x/AWSLogs/o-exampleorgid/111122223333/CloudTrail-Insight/eu-west-1/2026/07/"
      "01/111122223333_CloudTrail-Insight_eu-west-1_20260701T1200Z_0123456789abcdef.json.gz"));
}

TEST_CASE("an object is witnessed, mismatched, missing, or none can be expected") {
  struct Row {
    const char* what;
    std::function<void(Scene&)> change;
    std::uint64_t witnessed, mismatched, missing, not_applicable;
  };
  const std::string key = log_key(kNoon);
  const auto object = [&](Scene& scene) { scene.facts.add_object("b", key, under(kKey)); };
  const Row rows[] = {
      {"witnessed",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("b/" + key, kNoon)});
       },
       2, 0, 0, 0},
      {"recorded by two trails",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("b/" + key, kNoon), data_key("b/" + key, kNoon)});
       },
       2, 0, 0, 0},
      {"uploaded twice",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("b/" + key, kNoon), data_key("b/" + key, kNoon + minutes{1})});
       },
       2, 0, 0, 0},
      {"under two keys, one of them right",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("b/" + key, kNoon, kOther), data_key("b/" + key, kNoon)});
       },
       2, 0, 0, 0},
      {"under another key",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("b/" + key, kNoon, kOther)});
       },
       1, 1, 0, 0},
      {"missing", [&](Scene& s) { object(s); }, 1, 0, 1, 0},
      {"an event that was refused",
       [&](Scene& s) {
         object(s);
         auto event = data_key("b/" + key, kNoon);
         event.error = "DisabledException";
         s.facts.add_events({event});
       },
       1, 0, 1, 0},
      {"the witness of another bucket",
       [&](Scene& s) {
         object(s);
         s.facts.add_events({data_key("c/" + key, kNoon)});
       },
       1, 0, 1, 0},
      {"the witness of the trail that delivers it",
       [&](Scene& s) {
         object(s);
         s.context.chains = {chain_of("mgmt")};
         s.facts.add_events({data_key("b/" + key, kNoon)});
       },
       2, 0, 0, 0},
      {"the witness of another trail than the one that delivers it",
       [&](Scene& s) {
         object(s);
         s.context.chains = {chain_of("mgmt")};
         auto event = data_key("b/" + key, kNoon);
         event.trail = "arn:aws:cloudtrail:us-east-1:111122223333:trail/other";
         s.facts.add_events({event});
       },
       1, 0, 1, 0},
      {"the witness of a trail of that name in another account",
       [&](Scene& s) {
         object(s);
         s.context.chains = {chain_of("mgmt")};
         auto event = data_key("b/" + key, kNoon, kOther);
         event.trail = "arn:aws:cloudtrail:us-east-1:444455556666:trail/mgmt";
         s.facts.add_events({event});
       },
       1, 0, 1, 0},
      {"a Bucket Key", [&](Scene& s) { s.facts.add_object("b", key, under(kKey, true)); }, 1, 0, 0, 1},
      {"logs of the key's region not read",
       [&](Scene& s) {
         object(s);
         s.context.covers.clear();
       },
       1, 0, 0, 1},
      {"not proven then",
       [&](Scene& s) {
         object(s);
         s.context.covers.begin()->second.proven = {{kNoon - hours{6}, kNoon - minutes{5}},
                                                    {kNoon + minutes{5}, kNoon + hours{6}}};
       },
       1, 0, 0, 1},
      {"a log of then did not verify",
       [&](Scene& s) {
         object(s);
         s.facts.add_unread(
             "AWSLogs/111122223333/CloudTrail/eu-west-1/2026/07/01/"
             "111122223333_CloudTrail_eu-west-1_20260701T1210Z_0123456789abcdef.json.gz");
       },
       1, 0, 0, 1},
      {"a log of another region did not verify",
       [&](Scene& s) {
         object(s);
         s.facts.add_unread(log_key(kNoon + minutes{10}));
       },
       1, 0, 1, 0},
      {"younger than the grace",
       [&](Scene& s) {
         object(s);
         s.context.covers.begin()->second.head = kNoon + minutes{39};
       },
       1, 0, 0, 1},
      {"at the edge of the window",
       [&](Scene& s) {
         object(s);
         s.context.window.since = kNoon;
       },
       1, 0, 0, 1},
      {"KMS events excluded",
       [&](Scene& s) {
         object(s);
         KmsEvent event;
         event.kind = KmsEvent::Kind::selectors;
         event.id = "s";
         event.at = kNoon - hours{1};
         event.excludes_kms = true;
         s.facts.add_events({event});
       },
       1, 0, 0, 1},
      {"excluded, and witnesses show the contrary",
       [&](Scene& s) {
         object(s);
         KmsEvent event;
         event.kind = KmsEvent::Kind::selectors;
         event.id = "s";
         event.at = kNoon - hours{3};
         event.excludes_kms = true;
         s.facts.add_events({event});
       },
       1, 0, 1, 0},
      {"excluded, and recorded again",
       [&](Scene& s) {
         object(s);
         KmsEvent event;
         event.kind = KmsEvent::Kind::selectors;
         event.id = "s";
         event.at = kNoon - hours{1};
         event.excludes_kms = true;
         KmsEvent again = event;
         again.id = "t";
         again.at = kNoon - minutes{30};
         again.excludes_kms = false;
         s.facts.add_events({event, again});
       },
       1, 0, 1, 0},
  };
  for (const Row& row : rows) {
    CAPTURE(row.what);
    Scene scene;
    row.change(scene);
    const auto judged = scene.judge(Presence::there);
    REQUIRE(judged.keys.size() == 2);
    const auto& use = judged.keys[0];
    CHECK(use.key == kKey);
    CHECK(use.witnessed == row.witnessed);
    CHECK(use.mismatched == row.mismatched);
    CHECK(use.missing == row.missing);
    CHECK(use.not_applicable >= row.not_applicable);
    CHECK(use.objects == use.witnessed + use.mismatched + use.missing + use.not_applicable);
    CHECK(count(judged, Code::kms_witness_missing) == row.missing);
    CHECK(count(judged, Code::kms_witness_key_mismatch) == row.mismatched);
    CHECK(judged.findings.outcome(false) ==
          (row.missing + row.mismatched != 0 ? verdict::Outcome::open : verdict::Outcome::verified));
  }
}

TEST_CASE("an event without its object is an orphan only where the object would have been found") {
  const std::string key = log_key(kNoon);
  for (const auto& [presence, orphans] : {std::pair{Presence::absent, 1u}, std::pair{Presence::there, 0u},
                                          std::pair{Presence::unknown, 0u}, std::pair{Presence::out_of_scope, 0u}}) {
    Scene scene;
    scene.facts.add_events({data_key("b/" + key, kNoon), data_key("b/" + key, kNoon + minutes{1})});
    const auto judged = scene.judge(presence);
    CHECK(count(judged, Code::kms_witness_orphan) == orphans);
    CHECK(judged.keys[0].orphans == orphans);
    CHECK(count(judged, Code::source_unreadable) == (presence == Presence::unknown ? 1u : 0u));
  }
  SECTION("expiry takes an object before the log that names it") {
    Scene scene;
    auto& cover = scene.context.covers.begin()->second;
    cover.first = kNoon - minutes{10};
    cover.first_is_starting = false;
    scene.facts.add_events({data_key("b/" + key, kNoon)});
    CHECK(count(scene.judge(), Code::kms_witness_orphan) == 0);
  }
  SECTION("a prefix or a bucket is no object") {
    Scene scene;
    scene.facts.add_events({data_key("b/AWSLogs/111122223333/CloudTrail/", kNoon), data_key("b", kNoon)});
    const auto judged = scene.judge();
    CHECK(judged.findings.totals().empty());
    CHECK(judged.keys[0].probes == 1);
  }
}

TEST_CASE("an expected key is compared with what S3 declares") {
  const auto codes = [](const std::optional<store::Attributes>& attributes, const std::string& key) {
    WitnessFacts facts(kKey);
    facts.add_object("b", key, attributes);
    return facts.findings.totals();
  };
  const std::string log = log_key(kNoon);
  CHECK(codes(under(kKey), log).empty());
  CHECK(codes(under(kOther), log).contains(Code::kms_key_unexpected));
  CHECK(codes(store::Attributes{}, log).contains(Code::kms_key_unexpected));
  CHECK(codes(std::nullopt, log).contains(Code::kms_key_unknown));
  const auto digest = [](const char* stamp, const char* day) {
    return std::string("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/") + day +
           "/111122223333_CloudTrail-Digest_us-east-1_mgmt_us-east-1_" + stamp + ".json.gz";
  };
  CHECK(codes(store::Attributes{}, digest("20250521T235959Z", "2025/05/21")).empty());
  CHECK(codes(store::Attributes{}, digest("20250522T000000Z", "2025/05/22")).contains(Code::kms_key_unexpected));
}

TEST_CASE("a key is the same by ARN and by id") {
  CHECK(verify::same_key(kKey, kKey));
  CHECK(verify::same_key(kKey, "a"));
  CHECK(verify::same_key("a", kKey));
  CHECK_FALSE(verify::same_key(kKey, kOther));
  CHECK_FALSE(verify::same_key("", kKey));
  CHECK_FALSE(verify::same_key("key", "xkey"));
  CHECK(verify::same_key("", ""));
}

TEST_CASE("a change of the key tells who, and which gaps begin then") {
  Scene scene;
  KmsEvent event;
  event.kind = KmsEvent::Kind::key_change;
  event.name = "DisableKey";
  event.id = "d";
  event.at = kNoon;
  event.key = "a";
  event.actor = "arn:aws:iam::111122223333:user/edsger";
  event.source_ip = "192.0.2.7";
  KmsEvent stranger = event;
  stranger.id = "e";
  stranger.key = "z";
  scene.facts.add_events({event, event, stranger});
  verdict::ChainCoverage chain;
  chain.gaps.push_back({{kNoon + minutes{13}, kNoon + hours{4}}, Code::chain_gap});
  chain.gaps.push_back({{kNoon + hours{5}, kNoon + hours{6}}, Code::chain_gap});
  scene.context.chains.push_back(chain);
  const auto judged = scene.judge();
  REQUIRE(count(judged, Code::kms_key_event) == 1);
  CHECK(judged.findings.sorted().front().detail ==
        "DisableKey by arn:aws:iam::111122223333:user/edsger from 192.0.2.7; 1 gap begins within two hours");
}

TEST_CASE("of too many changes the earliest are judged, whatever comes first, and that is said") {
  constexpr auto kMost = WitnessFacts::kMostChanges;
  std::vector<KmsEvent> events(kMost + 1);
  for (std::size_t i = 0; i < events.size(); ++i) {
    events[i].kind = KmsEvent::Kind::key_change;
    events[i].name = "EnableKey";
    events[i].id = std::to_string(i);
    events[i].at = kNoon + Seconds{static_cast<std::int64_t>(i)};
    events[i].key = kKey;
  }
  for (const bool backwards : {false, true}) {
    if (backwards) std::reverse(events.begin(), events.end());
    WitnessFacts facts("");
    facts.add_events({events.begin(), events.begin() + 7});
    facts.add_events(events);
    facts.add_events({events.begin(), events.begin() + 7});  // recorded by two trails
    facts.seal();
    REQUIRE(facts.changes.size() == kMost);
    CHECK(facts.changes_dropped);
    CHECK(facts.changes.front().id == "0");
    CHECK(facts.changes.back().id == std::to_string(kMost - 1));
    const auto judged = judge_witnesses(facts, {}, {});
    CHECK(count(judged, Code::kms_events_limit) == 1);
  }
  WitnessFacts few("");
  few.add_events({events.begin(), events.begin() + 100});
  few.seal();
  CHECK_FALSE(few.changes_dropped);
}
