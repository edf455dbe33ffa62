// Trouble is never tampering: whatever single call of an honest store fails, and from whatever call on all of them
// fail, the outcome becomes "open" and never "violated"; and never "verified" either, for something was not read.
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/evidence.hpp"

using namespace trailseal;
using namespace trailseal::test;

namespace {

// Not not_found: a store that says "there is no such object" has answered.
constexpr Errc kTroubles[] = {Errc::access_denied, Errc::archived, Errc::io, Errc::limit, Errc::invalid_argument};

std::vector<std::pair<Operation, std::string>> calls_of_a_clean_run(bool versions) {
  SmallBucket bucket(small_objects());
  if (versions) bucket.store().keep_versions();
  std::vector<std::pair<Operation, std::string>> calls;
  bucket.store().on_call([&](Operation operation, std::string_view key) -> std::optional<Error> {
    calls.emplace_back(operation, key);
    return std::nullopt;
  });
  const auto verdict = bucket.verify(versions);
  REQUIRE(verdict);
  REQUIRE(verdict->outcome() == verdict::Outcome::verified);
  return calls;
}

std::string codes_of(const verdict::Verdict& verdict) {
  std::string text;
  for (const auto& finding : verdict.findings.sorted())
    text += std::string(verdict::info(finding.code).slug) + " " + finding.subject + " " + finding.detail + "\n";
  return text;
}

void fail_each_call(bool versions) {
  const Objects honest = small_objects();
  const auto calls = calls_of_a_clean_run(versions);
  REQUIRE(calls.size() > honest.size());
  for (const bool and_all_after : {false, true}) {
    for (std::size_t failing = 0; failing < calls.size(); ++failing) {
      for (const Errc code : kTroubles) {
        SmallBucket bucket(honest);
        if (versions) bucket.store().keep_versions();
        std::size_t call = 0;
        bucket.store().on_call([&](Operation, std::string_view) -> std::optional<Error> {
          const std::size_t number = call++;
          if (number == failing || (and_all_after && number > failing)) return Error{code, "made to fail"};
          return std::nullopt;
        });
        const auto verdict = bucket.verify(versions);
        CAPTURE(failing, calls[failing].second, to_string(code), and_all_after);
        REQUIRE(verdict);
        INFO(codes_of(*verdict));
        CHECK(verdict->outcome() == verdict::Outcome::open);
      }
    }
  }
}

}  // namespace

TEST_CASE("a call that fails leaves the outcome open") { fail_each_call(false); }

TEST_CASE("a call that fails leaves the outcome open when versions are asked for") { fail_each_call(true); }

TEST_CASE("a part that cannot be listed leaves the outcome open") {
  const Objects honest = small_objects();
  std::set<std::string> prefixes;
  for (const auto& [key, entry] : honest)
    for (std::size_t slash = key.find('/'); slash != std::string::npos; slash = key.find('/', slash + 1))
      prefixes.insert(key.substr(0, slash + 1));
  for (const auto& prefix : prefixes) {
    SmallBucket bucket(honest);
    bucket.store().hide(prefix, Error{Errc::access_denied, "made to fail"});
    const auto verdict = bucket.verify();
    CAPTURE(prefix);
    REQUIRE(verdict);
    INFO(codes_of(*verdict));
    CHECK(verdict->outcome() == verdict::Outcome::open);
  }
}

TEST_CASE("metadata that cannot be read are no violation") {
  const Objects honest = small_objects();
  for (const auto& [key, entry] : honest) {
    SmallBucket bucket(honest);
    bucket.store().objects()[key].metadata_error = Error{Errc::io, "made to fail"};
    const auto verdict = bucket.verify();
    CAPTURE(key);
    REQUIRE(verdict);
    INFO(codes_of(*verdict));
    CHECK(verdict->outcome() != verdict::Outcome::violated);
  }
}
