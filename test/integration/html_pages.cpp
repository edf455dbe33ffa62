// Writes the pages that the browser test opens: FOLDER/{incident,hostile,one,year}.html. "year" is the size of a large
// organization: 400 chains over a year, some with hundreds of holes and findings.
//
// usage: html_pages FOLDER
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <string>

#include "golden/hostile_verdict.hpp"
#include "golden/sample_verdicts.hpp"
#include "trailseal/report.hpp"

using namespace trailseal;
using std::chrono::hours;

namespace {

constexpr int kChains = 400, kRegions = 17;
const Time kBegin = std::chrono::sys_days{std::chrono::year{2025} / 7 / 1};
const Time kEnd = kBegin + std::chrono::days{365};

verdict::ChainCoverage chain_of_a_year(int number) {
  verdict::ChainCoverage chain;
  chain.account = std::to_string(111'122'220'000 + number / kRegions);
  chain.trail = "organization-trail";
  chain.home_region = "us-east-1";
  chain.region = "region-" + std::to_string(number % kRegions + 10);
  chain.chain = chain.account + "/" + chain.trail + "@" + chain.home_region + "/" + chain.region;
  chain.span = {kBegin, kEnd};
  chain.head = kEnd;
  chain.head_judged = true;
  chain.tally.digests_found = chain.tally.digests_verified = 8760;
  chain.tally.logs_listed = chain.tally.logs_verified = 40'000;
  return chain;
}

// `holes` of two hours, evenly spread.
void dig(verdict::Verdict& verdict, verdict::ChainCoverage& chain, int holes) {
  Time from = kBegin;
  for (int i = 0; i < holes; ++i) {
    const Time begin = kBegin + hours{8760 / (holes + 1) * (i + 1)};
    const Interval hole{begin, begin + hours{2}};
    chain.proven.push_back({from, begin});
    chain.gaps.push_back({hole, verdict::Code::digest_missing});
    verdict.findings.add({.code = verdict::Code::digest_missing,
                          .chain = chain.chain,
                          .subject = "s3://organization-logs/AWSLogs/" + chain.chain + "/" + std::to_string(i),
                          .when = hole,
                          .detail = "at least 1, by cadence 2: the hours that end then",
                          .count = 2});
    from = hole.end;
  }
  chain.proven.push_back({from, kEnd});
  if (holes != 0) chain.outcome = verdict::Outcome::violated;
}

verdict::Verdict year() {
  verdict::Verdict verdict;
  verdict.run.tool_version = "0.0.0";
  verdict.run.sources = {{"s3://organization-logs", "organization-logs", "given"}};
  for (int i = 0; i < kChains; ++i) {
    verdict.chains.push_back(chain_of_a_year(i));
    dig(verdict, verdict.chains.back(), i % 10 == 0 ? 200 : i % 3 == 0 ? 3 : 0);
  }
  std::ranges::sort(verdict.chains, {}, &verdict::ChainCoverage::chain);
  for (const auto& chain : verdict.chains) verdict.tally.add(chain.tally);
  verdict.forensics.explained = verdict.forensics.timeline = true;
  for (int hour = 0; hour < 8760; ++hour) {
    const auto events = static_cast<std::uint64_t>(500 + hour % 24 * 40 + hour % 168);
    verdict.forensics.rates.push_back({kBegin + hours{hour}, events, events / 4, events / 50});
  }
  return verdict;
}

verdict::Verdict one() {
  verdict::Verdict verdict = test::samples()[0].make();
  verdict.chains.resize(1);
  verdict.tally = verdict.chains[0].tally;
  return verdict;
}

bool write(const std::string& folder, const char* name, const verdict::Verdict& verdict) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string page = report::find_format("html")->write(verdict, {});
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::ofstream(folder + "/" + name + ".html", std::ios::binary) << page;
  std::ofstream(folder + "/" + name + ".json", std::ios::binary) << report::find_format("json")->write(verdict, {});
  std::printf("%s: %zu bytes, written in %.2f s\n", name, page.size(), took.count());
  return !page.empty();
}

}  // namespace

int main(int count, char** words) {
  if (count != 2) return 2;
  const std::string folder = words[1];
  verdict::Verdict incident;
  for (const test::Sample& sample : test::samples())
    if (sample.name == "incident") incident = sample.make();
  const bool written = write(folder, "incident", incident) && write(folder, "hostile", test::hostile_verdict()) &&
                       write(folder, "one", one()) && write(folder, "year", year());
  return written ? 0 : 1;
}
