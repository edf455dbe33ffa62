// What is kept when there is too much. That logs are read as they are is in the cases of vectors/trailgen.
#include "forensics/collector.hpp"

#include <algorithm>
#include <string>

#include "support/catch.hpp"

using namespace trailseal;
using forensics::Collector;
using verdict::Standing;

namespace {

std::string record(const std::string& time, const std::string& id) {
  return R"({"eventTime":")" + time +
         R"(","eventSource":"guardduty.amazonaws.com","eventName":"UpdateDetector","eventID":")" + id + R"("})";
}

// Far more than may be kept, all long before anything that matters.
std::string flood() {
  std::string log = R"({"Records":[)";
  for (std::size_t i = 0; i < Collector::kMostNotable + 100; ++i)
    log += (i ? "," : "") + record("2020-01-01T00:00:00Z", "f" + std::to_string(i));
  return log + "]}";
}

}  // namespace

TEST_CASE("events that nothing proves drive out no others") {
  Collector collector({"acme-trail"});
  const std::string told = record("2026-07-01T12:00:00Z", "told");
  std::string quoted;
  for (const char each : told) quoted += each == '"' ? std::string("\\\"") : std::string(1, each);
  const std::string history = R"({"Events":[{"EventId":"told","CloudTrailEvent":")" + quoted + R"("}]})";
  REQUIRE(collector.add_history(as_bytes(history), "history.json"));
  const std::string log = flood();
  collector.add({"acme-trail", "planted", verdict::Code::log_unlisted, "", as_bytes(log)});
  const auto gathered = collector.take();
  CHECK(gathered.truncated);
  CHECK_FALSE(gathered.left_out_from);  // nothing that is proven
  CHECK(gathered.events.size() == Collector::kMostUnproven + 1);
  CHECK(std::ranges::count(gathered.events, Standing::looked_up,
                           [](const auto& each) { return each.event.standing; }) == 1);
}
