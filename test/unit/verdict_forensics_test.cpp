#include "trailseal/forensics.hpp"

#include <algorithm>
#include <random>
#include <set>

#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::verdict;

namespace {

Time second(std::uint64_t n) { return Time{Seconds{n}}; }

// Parts as a run makes them: sorted, and within them nothing twice. Events repeat between parts, as two trails record
// them, and in some of these with another time, as only a forger would.
Forensics random_part(std::mt19937& random) {
  Forensics part;
  part.timeline = random() % 2 == 0;
  part.events = random() % 100;
  Forensics all;
  for (std::size_t i = 0; i < random() % 5; ++i) {
    Forensics one;
    Explanation explanation;
    explanation.chain = std::to_string(random() % 4);
    explanation.cause = causes()[random() % causes().size()].cause;
    one.explanations.push_back(explanation);
    TamperingEvent event;
    event.event.id = std::to_string(random() % 6);
    event.event.at = second(random() % 8 == 0 ? random() % 50 : event.event.id[0]);
    event.event.log = std::to_string(random() % 3);
    event.rule = random() % 2 == 0 ? "stop-logging" : "delete-trail";
    one.tampering.push_back(event);
    one.rates.push_back({second(3600 * (random() % 5)), random() % 9, random() % 3, random() % 2});
    part.merge(std::move(one));
  }
  return part;
}

Forensics merged(Forensics a, Forensics b) {
  a.merge(std::move(b));
  return a;
}

}  // namespace

TEST_CASE("merging forensics is associative and commutative") {
  std::mt19937 random(11);
  for (int round = 0; round < 500; ++round) {
    const Forensics a = random_part(random), b = random_part(random), c = random_part(random);
    CHECK(merged(a, b) == merged(b, a));
    CHECK(merged(merged(a, b), c) == merged(a, merged(b, c)));
    CHECK(merged(a, Forensics{}) == a);
  }
}

TEST_CASE("an event that two trails recorded stands once, at its first record") {
  TamperingEvent event;
  event.event.id = "e";
  event.event.at = second(9);
  event.rule = "stop-logging";
  Forensics a, b;
  event.event.log = "b";
  a.tampering = {event};
  event.event.log = "a";
  b.tampering = {event};
  event.rule = "delete-trail";
  b.tampering.insert(b.tampering.begin(), event);
  const Forensics both = merged(a, b);
  REQUIRE(both.tampering.size() == 2);
  CHECK(both.tampering[1].event.log == "a");
}

TEST_CASE("of more than are kept, the first in order are, in whatever order they come") {
  const auto part = [](std::uint64_t begin, std::uint64_t end) {
    Forensics out;
    for (auto i = begin; i < end; ++i) {
      TamperingEvent event;
      event.event.at = second(i);
      event.event.id = std::to_string(i);
      out.tampering.push_back(event);
      out.rates.push_back({second(3600 * i), 1, 0, 0});
    }
    return out;
  };
  const std::uint64_t most = Forensics::kMostTampering;
  const Forensics a = part(0, most / 2), b = part(most / 4, most), c = part(most, most + 5);
  const Forensics whole = merged(merged(a, b), c);
  CHECK(whole.tampering.size() == most);
  CHECK(whole.tampering.back().event.at == second(most - 1));
  CHECK(whole.truncated);
  CHECK(whole == merged(c, merged(b, a)));
  CHECK(whole == merged(b, merged(c, a)));
  CHECK_FALSE(merged(a, b).truncated);
  CHECK(whole.rates.size() == most + 5);
  CHECK(whole.rates[most / 4].events == 2);
}

TEST_CASE("words lead back to what they stand for") {
  std::set<std::string_view> slugs;
  for (const CauseInfo& each : causes()) {
    CHECK(find_cause(each.slug) == each.cause);
    CHECK(info(each.cause).slug == each.slug);
    CHECK(slugs.insert(each.slug).second);
  }
  for (const auto each : {Confidence::unexplained, Confidence::medium, Confidence::high, Confidence::certain})
    CHECK(find_confidence(to_string(each)) == each);
  for (const auto each : {Standing::verified, Standing::looked_up, Standing::unverified})
    CHECK(find_standing(to_string(each)) == each);
  for (const auto each : {Effect::narrows, Effect::destroys, Effect::unreadable, Effect::reroutes, Effect::context})
    CHECK(find_effect(to_string(each)) == each);
  CHECK_FALSE(find_cause("sunspots"));
  CHECK_FALSE(find_confidence("sure"));
  CHECK_FALSE(find_standing(""));
  CHECK_FALSE(find_effect("N"));
}
