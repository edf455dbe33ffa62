// The parts of the program that a transcript cannot reach exactly: guesses, the progress line, counts of a log.
#include "cli/command.hpp"
#include "cli/log_summary.hpp"
#include "cli/progress.hpp"
#include "support/catch.hpp"

using namespace trailseal;
using namespace trailseal::cli;

TEST_CASE("a mistyped word is guessed, a foreign one is not") {
  const std::vector<std::string_view> words{"verify", "inspect", "explain", "digest.missing", "log.missing"};
  struct Row {
    std::string_view word;
    std::optional<std::string> guess;
  };
  const Row rows[] = {
      {"verfy", "verify"},
      {"verfiy", "verify"},
      {"digest.mising", "digest.missing"},
      {"log.misisng", "log.missing"},
      {"explan", "explain"},
      {"nothing-like-it", std::nullopt},
      {"", std::nullopt},
      {"xy", std::nullopt},
      {std::string_view(), std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.word);
    CHECK(suggest(row.word, words) == row.guess);
  }
  CHECK_FALSE(suggest(std::string(1'000'000, 'v'), words));
}

TEST_CASE("objects that are not known yet are expected") {
  CHECK(expected_objects(0, 0, 960) == 0);
  CHECK(expected_objects(1'000, 0, 960) == 1'000);
  CHECK(expected_objects(1'000, 10, 960) == 96'000);
  CHECK(expected_objects(96'000, 960, 960) == 96'000);
  CHECK(expected_objects(96'000, 961, 960) == 96'000);
}

TEST_CASE("the progress line fits, and knows nothing before the start") {
  CHECK(progress_line(0, 0, 0, 9, 80) == "listing the sources");
  CHECK(progress_line(0, 0, 0, 9, 7) == "listing");
  CHECK(progress_line(500, 1'000, 50'000'000, 10, 100) ==
        "[###############---------------] 500/1,000 objects  5.0 MB/s  ETA 10s");
  CHECK(progress_line(1'000, 1'000, 1, 10, 100).find("[##############################]") == 0);
  CHECK(progress_line(7, 3, 0, 1, 100).find("7/7") != std::string::npos);
  for (std::size_t width = 0; width < 100; ++width) {
    CAPTURE(width);
    CHECK(progress_line(123'456, 9'999'999, 1'000'000'000, 77, width).size() <= width);
  }
}

TEST_CASE("a log's records are counted, and nothing inside them") {
  struct Row {
    std::string_view json;
    std::optional<std::uint64_t> records;
  };
  const Row rows[] = {
      {R"({"Records":[]})", 0},
      {R"({"Records":[{"a":{"Records":[{},{}]}},{"b":[{}]}]})", 2},
      {R"([{"a":1},{"b":{}}])", 2},
      {R"({"other":[{}]})", std::nullopt},
      {R"({"Records":{}})", std::nullopt},
      {R"({"Records":[{}]} x)", std::nullopt},
      {R"({"Records":[{})", std::nullopt},
      {"", std::nullopt},
      {"{}", std::nullopt},
  };
  for (const Row& row : rows) {
    CAPTURE(row.json);
    const auto summary = summarize_log(as_bytes(row.json));
    CHECK(summary.has_value() == row.records.has_value());
    if (summary) CHECK(summary->records == row.records);
  }
  const auto summary = summarize_log(as_bytes(R"({"Records":[{"eventTime":"2026-07-01T10:00:00Z","eventName":"B"},
      {"eventTime":"never","eventName":"B"},{"x":{"eventTime":"1999-01-01T00:00:00Z"},"eventName":"A"}]})"));
  REQUIRE(summary);
  CHECK(summary->first == summary->last);
  CHECK(to_string(*summary->first) == "2026-07-01T10:00:00Z");
  CHECK(summary->event_names == std::map<std::string, std::uint64_t>{{"A", 1}, {"B", 2}});
}
