// Any bytes as any of the answers about a key: judged without a violation, which no configuration can be.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "kms/judge.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const kms::Answer answer = Bytes(input.begin(), input.end());
  kms::Answers answers;
  answers.keys.push_back({"saved", "", answer, answer, answer, {answer}, {answer, answer}});
  answers.trails.push_back({"trails", answer});
  answers.events.push_back({"events", answer});
  verdict::Verdict verdict;
  verdict::ChainCoverage chain;
  chain.chain = "111122223333/main";
  chain.gaps = {{{Time(Seconds(0)), Time(Seconds(4'000'000'000))}, verdict::Code::chain_gap}};
  verdict.chains = {chain};
  kms::judge_keys(answers, {}, false, verdict);
  if (verdict.findings.count(verdict::Severity::violation, false) != 0 || verdict.kms_settings.size() != 1)
    std::abort();
}
