// What events say of the evidence, whatever a record holds: conditions, subjects, lifecycle rules, explanations.
#include <algorithm>
#include <chrono>
#include <cstdlib>

#include "forensics/explain.hpp"
#include "forensics/tampering.hpp"
#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  std::vector<forensics::Notable> events;
  const auto read = trail::for_each_record(input, [&](const trail::LogRecord& record) {
    if (auto event = forensics::read_notable(record, {verdict::Standing::verified, "log", "digest"}))
      events.push_back(*std::move(event));
  });
  if (!read) return;
  std::sort(events.begin(), events.end());
  forensics::Scope everything;
  everything.everything = true;
  forensics::tampering_among(events, everything);

  verdict::Verdict verdict;
  verdict.run.sources = {{"mirror/", "acme-trail", "given"}};
  verdict.run.now = Time{std::chrono::hours{24 * 20'635}};
  verdict::ChainCoverage chain;
  chain.chain = "111122223333/mgmt@us-east-1/us-east-1";
  chain.account = "111122223333";
  chain.trail = "mgmt";
  chain.home_region = chain.region = "us-east-1";
  const Time noon = *verdict.run.now - std::chrono::hours{12};
  chain.proven = {{noon, noon + std::chrono::hours{4}}};
  const verdict::DigestCite digest{
      "s3://acme-trail/AWSLogs/d", std::string(64, 'a'), {noon - std::chrono::hours{1}, noon}};
  for (const auto code :
       {verdict::Code::chain_restart, verdict::Code::chain_head_stale, verdict::Code::chain_start_missing,
        verdict::Code::chain_begins_late, verdict::Code::digest_missing, verdict::Code::chain_gap}) {
    verdict::Gap gap{{noon, noon + std::chrono::hours{1}}, code};
    if (code != verdict::Code::chain_start_missing && code != verdict::Code::chain_begins_late) gap.last_good = digest;
    gap.next = digest;
    chain.gaps.push_back(gap);
    verdict.findings.add({.code = code, .chain = chain.chain, .subject = "s3://acme-trail/k", .when = gap.interval});
  }
  verdict.chains = {chain};
  auto scope = forensics::scope_of(verdict, events);
  for (const auto& each : forensics::explain({verdict, events, {}, std::move(scope)}))
    if (each.sentence.empty()) std::abort();
}
