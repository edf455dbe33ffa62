// Facts without files: a chain of proven digests to take away from, for the tests of the judges.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <string>

#include "verify/judge.hpp"

namespace trailseal::test {

inline const Time kEpoch = std::chrono::sys_days{std::chrono::year{2026} / 7 / 1};  // digest n ends n hours later

inline trail::ChainId chain_id() { return {"", "111122223333", "mgmt", "us-east-1", "us-east-1"}; }

// Digest number n of the chain: ends kEpoch + n h, names digest n-1, and is proven. Number 0 is a starting digest.
inline verify::DigestFacts digest_facts(int n) {
  verify::DigestFacts facts;
  const auto name = [](int i) { return "digest-" + std::to_string(i); };
  facts.key = name(n);
  facts.ref.end = kEpoch + std::chrono::hours{n};
  facts.ref.day =
      static_cast<std::int32_t>(std::chrono::floor<std::chrono::days>(facts.ref.end).time_since_epoch().count());
  facts.hash.fill(static_cast<std::uint8_t>(n));
  facts.has_metadata = true;
  facts.signature = std::string(512, 'a');
  facts.own = verify::SignatureState::valid;
  facts.location_ok = facts.account_ok = true;
  trail::Digest digest;
  digest.account = chain_id().account;
  digest.start = facts.ref.end - std::chrono::hours{1};
  digest.end = facts.ref.end;
  digest.end_text = to_string(digest.end);
  digest.bucket = "b";
  digest.key = facts.key;
  digest.signature_algorithm = "SHA256withRSA";
  if (n > 0) {
    trail::Previous previous{"b", name(n - 1), {}, false, std::string(512, 'a'), "SHA-256"};
    previous.hash.fill(static_cast<std::uint8_t>(n - 1));
    digest.previous = previous;
  }
  facts.digest = std::move(digest);
  return facts;
}

// A chain to judge. Change `digests`, `window` and `freshness` freely, then call judge().
struct Chain {
  std::deque<verify::DigestFacts> digests;
  std::map<verify::Place, verify::Absence> absent;
  verify::Window window;
  verify::Freshness freshness;

  // Digests 0 to count-1 without those in `missing`.
  explicit Chain(int count, const std::set<int>& missing = {}) {
    for (int n = 0; n < count; ++n)
      if (!missing.contains(n)) digests.push_back(digest_facts(n));
    freshness.at = freshness.now = kEpoch + std::chrono::hours{count - 1};
    freshness.max_head_age = std::chrono::minutes{150};
  }

  verify::DigestFacts& operator[](int n) {
    for (auto& facts : digests)
      if (facts.ref.end == kEpoch + std::chrono::hours{n}) return facts;
    return digests.emplace_back(digest_facts(n));
  }

  verify::ChainJudgement judge() const {
    std::map<verify::Place, const verify::DigestFacts*> places;
    std::vector<const verify::DigestFacts*> list;
    for (const auto& facts : digests) {
      places.emplace(verify::Place{"b", facts.key}, &facts);
      list.push_back(&facts);
    }
    std::sort(list.begin(), list.end(), [](const auto* a, const auto* b) { return a->ref.end < b->ref.end; });
    verify::ChainInput input{.id = chain_id(),
                             .digests = list,
                             .contexts = {},
                             .places = places,
                             .absent = absent,
                             .window = window,
                             .freshness = freshness};
    input.contexts.resize(list.size(), {.chain = chain_id().to_string(),
                                        .account = chain_id().account,
                                        .bucket = "b",
                                        .source_has_metadata = true,
                                        .proven_keys = {}});
    return verify::judge_chain(input);
  }
};

// The slugs of all findings, sorted, each once: "chain.restart digest.missing".
inline std::string slugs(const verdict::Findings& findings) {
  std::set<std::string> names;
  for (const auto& finding : findings.sorted()) names.emplace(verdict::info(finding.code).slug);
  std::string out;
  for (const auto& name : names) out += (out.empty() ? "" : " ") + name;
  return out;
}

}  // namespace trailseal::test
