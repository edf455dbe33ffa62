// Gathering, where a log is not what was signed: what the bucket's history has of it.
#include <algorithm>
#include <optional>

#include "base/parallel.hpp"
#include "verify/gather.hpp"
#include "verify/recover.hpp"
#include "verify/version_judge.hpp"

namespace trailseal::verify {

void Gatherer::recover_logs(const std::vector<FaultyLog>& faulty) {
  constexpr std::size_t kChunk = 64;  // so many histories are held at once
  for (std::size_t at = 0; at < faulty.size() && !context_.progress.stop; at += kChunk) {
    std::vector<std::optional<Recovery>> answers(std::min(kChunk, faulty.size() - at));
    base::parallel_for(context_.jobs, answers.size(), 1, [&](std::size_t i) {
      const auto& one = faulty[at + i];
      if (context_.has_versions[one.source] && !context_.progress.stop)
        answers[i] = recover_log(context_, one.source, one.digest->digest->logs[one.log]);
    });
    if (context_.progress.stop) return;  // what was interrupted reads like trouble
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const auto& one = faulty[at + i];
      const auto& log = one.digest->digest->logs[one.log];
      if (answers[i])
        judge_recovery(*answers[i],
                       {group_.chains[one.digest->chain].id.to_string(), uri(log.bucket, log.key), one.digest->hour()},
                       "", logs_[one.digest->chain].findings);
    }
  }
}

}  // namespace trailseal::verify
