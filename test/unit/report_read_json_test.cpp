#include "report/read_json.hpp"

#include <functional>
#include <utility>

#include "golden/sample_verdicts.hpp"
#include "support/catch.hpp"
#include "trailseal/report.hpp"

using namespace trailseal;

namespace {

std::string json_of(const verdict::Verdict& verdict) { return report::find_format("json")->write(verdict, {}); }

verdict::Verdict sample(std::string_view name) {
  for (const test::Sample& each : test::samples())
    if (each.name == name) return each.make();
  return {};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error_of(std::string_view text) {
  const auto read = report::read_json(text);
  return read ? "none" : std::string(to_string(read.error().code)) + ": " + read.error().message;
}

}  // namespace

TEST_CASE("a JSON report is read back as it was written") {
  for (const test::Sample& each : test::samples()) {
    CAPTURE(each.name);
    const std::string written = json_of(each.make());
    const auto read = report::read_json(written);
    REQUIRE(read);
    CHECK(json_of(*read) == written);
    CHECK(read->outcome() == each.make().outcome());
  }
}

TEST_CASE("where no byte was replaced, the verdict is the same") {
  for (const char* name : {"honest", "nothing", "long"}) {
    CAPTURE(name);
    const auto read = report::read_json(json_of(sample(name)));
    REQUIRE(read);
    CHECK(*read == sample(name));
  }
}

TEST_CASE("findings that were counted and not kept stay counted") {
  verdict::Verdict verdict = sample("honest");
  for (std::size_t i = 0; i < verdict::Findings::kMaxPerCode + 5; ++i)
    verdict.findings.add({.code = verdict::Code::log_unlisted, .subject = std::to_string(i), .count = 3});
  verdict.tally.logs_unlisted = 3 * (verdict::Findings::kMaxPerCode + 5);
  const std::string written = json_of(verdict);
  const auto read = report::read_json(written);
  REQUIRE(read);
  CHECK(read->findings.dropped() == 5);
  CHECK(json_of(*read) == written);
}

TEST_CASE("findings whose bytes are replaced stand in the order of what is written") {
  verdict::Verdict verdict = sample("honest");
  // U+1F600 sorts before a stray 0xFF, and after the U+FFFD that is written instead.
  for (const char* subject : {"a\xFF", "a\xF0\x9F\x98\x80"})
    verdict.findings.add({.code = verdict::Code::log_unlisted, .subject = subject});
  verdict.tally.logs_unlisted = 2;
  const std::string written = json_of(verdict);
  const auto read = report::read_json(written);
  REQUIRE(read);
  CHECK(json_of(*read) == written);
}

TEST_CASE("another layout is the same report") {
  const std::string written = json_of(sample("incident"));
  std::string flat;
  for (const char c : written)
    if (c != '\n') flat += c;
  const auto read = report::read_json(flat);
  REQUIRE(read);
  CHECK(json_of(*read) == written);
}

TEST_CASE("what verify could not have written is refused") {
  const std::string good = json_of(sample("incident"));
  const struct {
    const char *from, *to, *error;
  } rows[] = {
      {"\"outcome\": \"violated\"", "\"outcome\": \"verified\"", "outcome is not what follows"},
      {"\"exit_status\": 1", "\"exit_status\": 0", "exit_status is not what follows"},
      {"\"summary\": \"3 violations", "\"summary\": \"0 violations", "summary is not what follows"},
      {"\"severity\": \"violation\"", "\"severity\": \"notice\"", "].severity is not what follows"},
      {"\"percent\": \"", "\"percent\": \"1", "].percent is not what follows"},
      {"\"cause\": \"digest.missing\"", "\"cause\": \"digest.mislaid\"", "member cause is missing or not what"},
      {"\"complete\": true", "\"complete\": 1", "member complete is missing or not what"},
      {"\"strict\": false,", "", "request.strict is not what follows"},
      {"\"complete\": true", "\"complete\": true, \"more\": {}", "more is not what follows"},
      {"\"complete\": true", "\"complete\": true, \"complete\": true", "a name stands twice"},
      {"\"schema_version\": \"1\"", "\"schema_version\": \"2\"", "unsupported: its schema version is '2'"},
      {"\"schema_version\": \"1\"", "\"schema_version\": \"\\u001b[2J\"", "version is '\\x1B[2J', and this program"},
      {"\"name\": \"trailseal\"", "\"name\": \"other\"", "names neither tool nor schema_version"},
      {"\"findings\": 14", "\"findings\": 13", "member findings is missing or not what"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.from, row.to);
    const std::string error = error_of(replaced(good, row.from, row.to));
    CAPTURE(error);
    CHECK(error.find(row.error) != std::string::npos);
  }
}

TEST_CASE("a report that contradicts its findings is refused") {
  using verdict::Code;
  using verdict::Outcome;
  using verdict::Verdict;
  const auto keep = [](Verdict& verdict, auto wanted) {
    verdict::Findings kept;
    for (const auto& finding : verdict.findings.sorted())
      if (wanted(finding)) kept.add(finding);
    verdict.findings = std::move(kept);
  };
  const auto without = [keep](Code code) {
    return [keep, code](Verdict& verdict) { keep(verdict, [&](const auto& finding) { return finding.code != code; }); };
  };
  const struct {
    const char* what;
    std::function<void(Verdict&)> change;
    const char* place;
  } rows[] = {
      {"nothing", [](Verdict&) {}, "none"},
      {"no findings, and every outcome verified",
       [](Verdict& v) {
         v.findings = {};
         for (auto& chain : v.chains) chain.outcome = Outcome::verified;
       },
       "totals.logs.violated is not"},
      {"no violation is left", without(Code::log_hash_mismatch), "totals.logs.violated is not"},
      {"digests that are missing without a finding", without(Code::digest_missing), "totals.digests.missing is not"},
      {"and without their number",
       [=](Verdict& v) {
         without(Code::digest_missing)(v);
         v.tally.digests_missing = 0;
         for (auto& chain : v.chains) chain.tally.digests_missing = 0;
       },
       "].gaps[0].cause is not"},
      {"chains made better",
       [](Verdict& v) {
         for (auto& chain : v.chains) chain.outcome = Outcome::verified;
       },
       "].outcome is not"},
      {"a chain made worse", [](Verdict& v) { v.chains[0].outcome = Outcome::open; }, "chains[0].outcome is not"},
      {"a gap without its finding", without(Code::chain_restart), "].gaps[0].cause is not"},
      {"a stale head without its finding", without(Code::chain_head_stale), "].head_state is not"},
      {"a gap left out",
       [](Verdict& v) {
         for (auto& chain : v.chains) chain.gaps.clear();
       },
       "].gaps is not"},
      {"more is proven than there is", [](Verdict& v) { v.chains[1].proven.push_back(v.chains[1].span); },
       "chains[1].gaps is not"},
      {"objects in no column", [](Verdict& v) { ++v.tally.digests_found; }, "totals.digests.found is not"},
      {"a verified log of no chain",
       [](Verdict& v) {
         ++v.tally.logs_listed;
         ++v.tally.logs_verified;
       },
       "totals.logs.listed is not"},
      {"unlisted logs forgotten", [](Verdict& v) { v.tally.logs_unlisted = 0; }, "totals.logs.unlisted is not"},
      {"unlisted logs without findings", without(Code::log_unlisted), "totals.logs.unlisted is not"},
      {"pending logs without a finding", without(Code::log_pending), "totals.logs.pending is not"},
      {"the cause of what is not there", [](Verdict& v) { v.forensics.explanations[0].code = Code::chain_loop; },
       "forensics.explanations[0].code is not"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.what);
    Verdict verdict = sample("incident");
    row.change(verdict);
    const std::string error = error_of(json_of(verdict));
    CAPTURE(error);
    CHECK(error.find(row.place) != std::string::npos);
  }
}

TEST_CASE("refused credentials are told once for all chains that they stopped") {
  verdict::Verdict verdict = sample("honest");
  auto& chain = verdict.chains[0];
  chain.outcome = verdict::Outcome::open;
  chain.gaps = {{chain.proven[0], verdict::Code::source_credentials_refused}};
  chain.proven.clear();
  for (verdict::Tally* tally : {&chain.tally, &verdict.tally}) {
    tally->digests_verified -= 54;
    tally->digests_open += 54;
  }
  CHECK(error_of(json_of(verdict)).find("totals.digests.open is not") != std::string::npos);
  verdict.findings.add({.code = verdict::Code::source_credentials_refused, .subject = "the credentials"});
  CHECK(error_of(json_of(verdict)) == "none");
}

TEST_CASE("what is no report at all is refused") {
  const std::string good = json_of(sample("nothing"));
  for (const std::string& text :
       {std::string(), std::string("null"), std::string("[]"), std::string("{}"), std::string("\x1f\x8b\0\0", 4),
        good.substr(0, good.size() / 2), good + "{}", std::string(100'000, '['), std::string(100'000, '{')}) {
    CAPTURE(text.substr(0, 20));
    CHECK(error_of(text).rfind("corrupt: it is no JSON report", 0) == 0);
  }
}
