#include <set>
#include <string>

#include "support/catch.hpp"
#include "trailseal/finding.hpp"

using namespace trailseal;
using namespace trailseal::verdict;

TEST_CASE("the table of codes is complete and in order") {
  std::set<std::string_view> slugs;
  std::size_t at = 0;
  for (const CodeInfo& about : codes()) {
    CAPTURE(about.slug);
    CHECK(static_cast<std::size_t>(about.code) == at++);
    CHECK(&info(about.code) == &about);
    CHECK(find_code(about.slug) == about.code);
    CHECK(slugs.insert(about.slug).second);
    CHECK(about.strict >= about.severity);
    CHECK(about.text.find_last_of('.') != about.text.size() - 1);
  }
  CHECK(at > 50);
  CHECK_FALSE(find_code("digest.missin"));
  CHECK_FALSE(find_code(""));
}

TEST_CASE("severities have their words, in rising order") {
  CHECK(to_string(Severity::notice) == "notice");
  CHECK(to_string(Severity::warning) == "warning");
  CHECK(to_string(Severity::open) == "open");
  CHECK(to_string(Severity::violation) == "violation");
  CHECK(Severity::notice < Severity::warning);
  CHECK(Severity::open < Severity::violation);
}

TEST_CASE("findings are ordered by chain, time, subject, code, then by all the rest") {
  const auto make = [](std::string chain, int when, std::string subject, Code code, std::uint64_t count) {
    Finding finding{};
    finding.code = code;
    finding.chain = std::move(chain);
    if (when >= 0) finding.when = Interval{Time{Seconds{when}}, Time{Seconds{when + 1}}};
    finding.subject = std::move(subject);
    finding.count = count;
    return finding;
  };
  const Finding rising[] = {
      make("", -1, "z", Code::log_missing, 9),       make("a", -1, "z", Code::log_missing, 9),
      make("a", 0, "z", Code::log_missing, 9),       make("a", 5, "a", Code::log_missing, 9),
      make("a", 5, "b", Code::digest_unreadable, 9), make("a", 5, "b", Code::log_missing, 1),
      make("a", 5, "b", Code::log_missing, 2),       make("b", -1, "", Code::source_no_digests, 0),
  };
  for (std::size_t i = 0; i < std::size(rising); ++i) {
    for (std::size_t j = 0; j < std::size(rising); ++j) {
      CAPTURE(i, j);
      CHECK((rising[i] < rising[j]) == (i < j));
      CHECK((rising[i] == rising[j]) == (i == j));
    }
  }
}
