#include "forensics/event_list.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "forensics/event_filter.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using forensics::Event;
using forensics::EventFilter;
using forensics::EventList;
using forensics::Trust;

namespace {

Event made(std::int64_t at, std::string id, Trust trust = Trust::verified) {
  Event event;
  event.at = Time(Seconds(at));
  event.id = std::move(id);
  event.name = "StopLogging";
  event.source = "cloudtrail.amazonaws.com";
  event.user_name = "ada";
  event.provenance.trust = trust;
  return event;
}

std::vector<forensics::EventRecord> records(const std::vector<Event>& events) {
  std::vector<forensics::EventRecord> all;
  for (const Event& event : events) all.push_back(to_record(event));
  return all;
}

// "at:id" of each event, "h" behind those that the event history has, too, "?" behind those that are not verified.
std::string listed(EventList& list) {
  std::string text;
  REQUIRE(list.for_each([&](const Event& event) {
    text += std::to_string(event.at.time_since_epoch().count()) + ":" + event.id;
    if (event.provenance.in_history) text += "h";
    if (event.provenance.trust != Trust::verified) text += "?";
    text += " ";
    return true;
  }));
  return text;
}

}  // namespace

TEST_CASE("an event survives being put aside") {
  Event event = made(1'751'338'800, "id");
  event.kind = Event::Kind::network_activity;
  event.region = std::string("a\0b", 3);
  event.account = "111122223333";
  event.actor = std::string(300, 'x');
  event.role = std::string(255, 'y');
  event.access_key = std::string(254, 'z');
  event.source_ip = "192.0.2.1";
  event.user_agent = "\xff\n";
  event.error = "AccessDenied";
  event.error_message = "no";
  event.detail = "d";
  event.read_only = false;
  event.mfa = true;
  event.resources = {{"AWS::S3::Bucket", "b"}, {"", "c"}};
  event.provenance = {Trust::unverified, "log.unlisted", "s3://b/k", "digest", 1'234'567, false};
  CHECK(to_event(to_record(event)) == event);
  event.read_only = std::nullopt;
  event.mfa = false;
  event.resources.clear();
  event.provenance = {Trust::verified, "", "", "", 0, true};
  CHECK(to_event(to_record(event)) == event);
  CHECK(to_event(to_record(Event{})) == Event{});
}

TEST_CASE("the newest come first, and the order is no accident of threads") {
  EventList forth({}), back({});
  const std::vector<Event> events = {made(1, "a"), made(3, "b"), made(2, "d"), made(2, "c")};
  REQUIRE(forth.add(records(events)));
  for (auto each = events.rbegin(); each != events.rend(); ++each) REQUIRE(back.add(records({*each})));
  CHECK(listed(forth) == "3:b 2:c 2:d 1:a ");
  CHECK(listed(back) == "3:b 2:c 2:d 1:a ");
}

TEST_CASE("an event is shown once, and what is not proven never hides behind it") {
  EventList list({});
  Event forged = made(5, "a", Trust::unverified);
  Event other = made(5, "b");
  other.source_ip = "192.0.2.9";
  REQUIRE(list.add(
      records({made(5, "a", Trust::event_history), made(5, "a"), made(5, "a"), forged, made(5, "b"), other, made(4, ""),
               made(4, ""), made(3, "c", Trust::event_history), made(3, "c", Trust::event_history)})));
  CHECK(listed(list) == "5:ah 5:a? 5:b 5:b 4: 4: 3:c? ");
}

TEST_CASE("what does not fit into memory is put aside, and nothing changes") {
  std::vector<Event> events;
  std::mt19937 chance(7);
  for (int i = 0; i < 5000; ++i) {
    events.push_back(made(static_cast<std::int64_t>(chance() % 500), "id-" + std::to_string(chance() % 3000)));
    if (i % 7 == 0)
      events.push_back(made(events.back().at.time_since_epoch().count(), events.back().id, Trust::event_history));
  }
  EventList whole({}), parts({.newest = {}, .memory = 20'000}), few({.newest = 100}),
      few_parts({.newest = 100, .memory = 20'000}), many_parts({.newest = 3000, .memory = 20'000});
  REQUIRE(whole.add(records(events)));
  for (const Event& event : events)
    for (EventList* list : {&parts, &few, &few_parts, &many_parts}) REQUIRE(list->add(records({event})));
  const std::string expected = listed(whole);
  CHECK(listed(parts) == expected);
  std::size_t end = 0;
  for (int i = 0; i < 100; ++i) end = expected.find(' ', end) + 1;
  CHECK(listed(few) == expected.substr(0, end));
  CHECK(listed(few_parts) == expected.substr(0, end));
  for (int i = 100; i < 3000; ++i) end = expected.find(' ', end) + 1;
  CHECK(listed(many_parts) == expected.substr(0, end));
}

TEST_CASE("a visitor may have enough") {
  for (const std::size_t memory : {std::size_t{1} << 20, std::size_t{100}}) {
    EventList list({.newest = {}, .memory = memory});
    REQUIRE(list.add(records({made(1, "a"), made(2, "b")})));
    REQUIRE(list.add(records({made(3, "c"), made(4, "d")})));
    int seen = 0;
    REQUIRE(list.for_each([&](const Event&) { return ++seen < 2; }));
    CHECK(seen == 2);
  }
}

TEST_CASE("patterns") {
  const struct {
    const char *text, *pattern;
    bool matches;
  } kRows[] = {
      {"StopLogging", "StopLogging", true},
      {"StopLogging", "stoplogging", true},
      {"StopLogging", "Stop", false},
      {"StopLogging", "Stop*", true},
      {"StopLogging", "*log*", true},
      {"StopLogging", "*", true},
      {"", "*", true},
      {"", "", true},
      {"x", "", false},
      {"abcabd", "*abd", true},
      {"abcabd", "a*c*d", true},
      {"abcabd", "a*d*c", false},
      {"192.0.2.17", "192.0.2.*", true},
      {"192.0.21.7", "192.0.2.*", false},
      {"aaa", "a*a*a*a", false},
      {"aaab", "**b**", true},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.text, row.pattern);
    CHECK(forensics::matches_pattern(row.text, row.pattern) == row.matches);
  }
}

TEST_CASE("each filter keeps what it says, and all together what all say") {
  Event event = made(100, "id-1");
  event.actor = "arn:aws:sts::111122223333:assumed-role/admin/ada";
  event.role = "arn:aws:iam::111122223333:role/admin";
  event.account = "111122223333";
  event.region = "us-east-1";
  event.access_key = "ASIA1";
  event.source_ip = "192.0.2.1";
  event.error = "AccessDenied";
  event.read_only = false;
  event.resources = {{"AWS::S3::Bucket", "b"}, {"AWS::CloudTrail::Trail", "t"}};
  using Set = void (*)(EventFilter&);
  const struct {
    const char* what;
    Set set;
    bool kept;
  } kRows[] = {
      {"nothing", [](EventFilter&) {}, true},
      {"since", [](EventFilter& f) { f.since = Time(Seconds(100)); }, true},
      {"since later", [](EventFilter& f) { f.since = Time(Seconds(101)); }, false},
      {"until", [](EventFilter& f) { f.until = Time(Seconds(101)); }, true},
      {"until now", [](EventFilter& f) { f.until = Time(Seconds(100)); }, false},
      {"id", [](EventFilter& f) { f.ids = {"ID-1"}; }, true},
      {"another id", [](EventFilter& f) { f.ids = {"id"}; }, false},
      {"one of the names",
       [](EventFilter& f) {
         f.names = {"DeleteTrail", "stop*"};
       },
       true},
      {"another name", [](EventFilter& f) { f.names = {"DeleteTrail"}; }, false},
      {"user", [](EventFilter& f) { f.users = {"ada"}; }, true},
      {"user by ARN", [](EventFilter& f) { f.users = {"*assumed-role/admin/*"}; }, true},
      {"user by role", [](EventFilter& f) { f.users = {"arn:aws:iam::111122223333:role/admin"}; }, true},
      {"another user", [](EventFilter& f) { f.users = {"grace"}; }, false},
      {"source", [](EventFilter& f) { f.sources = {"cloudtrail.amazonaws.com"}; }, true},
      {"short source", [](EventFilter& f) { f.sources = {"cloudtrail"}; }, true},
      {"another source", [](EventFilter& f) { f.sources = {"cloud"}; }, false},
      {"resource", [](EventFilter& f) { f.resources = {"t"}; }, true},
      {"resource type", [](EventFilter& f) { f.resources = {"AWS::S3::*"}; }, true},
      {"another resource", [](EventFilter& f) { f.resources = {"c"}; }, false},
      {"access key", [](EventFilter& f) { f.access_keys = {"ASIA1"}; }, true},
      {"another access key", [](EventFilter& f) { f.access_keys = {"ASIA2"}; }, false},
      {"address", [](EventFilter& f) { f.source_ips = {"192.0.2.*"}; }, true},
      {"another address", [](EventFilter& f) { f.source_ips = {"198.*"}; }, false},
      {"error", [](EventFilter& f) { f.errors = {"AccessDenied"}; }, true},
      {"any error", [](EventFilter& f) { f.errors = {"*"}; }, true},
      {"another error", [](EventFilter& f) { f.errors = {"Throttling*"}; }, false},
      {"account", [](EventFilter& f) { f.accounts = {"111122223333"}; }, true},
      {"another account", [](EventFilter& f) { f.accounts = {"222233334444"}; }, false},
      {"region", [](EventFilter& f) { f.regions = {"us-east-1"}; }, true},
      {"another region", [](EventFilter& f) { f.regions = {"us-east-2"}; }, false},
      {"kind",
       [](EventFilter& f) {
         f.kinds = {Event::Kind::data, Event::Kind::management};
       },
       true},
      {"another kind", [](EventFilter& f) { f.kinds = {Event::Kind::insight}; }, false},
      {"writes", [](EventFilter& f) { f.read_only = false; }, true},
      {"reads", [](EventFilter& f) { f.read_only = true; }, false},
      {"two", [](EventFilter& f) { f.names = {"Stop*"}, f.users = {"ada"}; }, true},
      {"one of two", [](EventFilter& f) { f.names = {"Stop*"}, f.users = {"grace"}; }, false},
  };
  for (const auto& row : kRows) {
    CAPTURE(row.what);
    EventFilter filter;
    row.set(filter);
    CHECK(filter.matches(event) == row.kept);
  }
  Event plain = made(1, "x");
  EventFilter any_error;
  any_error.errors = {"*"};
  CHECK_FALSE(any_error.matches(plain));
  EventFilter writes;
  writes.read_only = false;
  CHECK(writes.matches(plain));  // an Insights event says nothing of it
  CHECK(forensics::parse_kind("network-activity") == Event::Kind::network_activity);
  CHECK_FALSE(forensics::parse_kind("networkactivity"));
}
