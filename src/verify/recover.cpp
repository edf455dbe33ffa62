#include "verify/recover.hpp"

#include <algorithm>
#include <atomic>
#include <set>
#include <utility>

#include "base/parallel.hpp"
#include "verify/signature.hpp"

namespace trailseal::verify {

Recovery recover(KeyHistory history, bool bytes_alone, const std::function<Result<bool>(const std::string&)>& is_good) {
  Recovery out;
  std::set<std::pair<std::string, std::uint64_t>> bad;
  const auto seen = [&](const store::Version& row) {
    return bytes_alone && !row.object.etag.empty() && bad.contains({row.object.etag, row.object.size});
  };
  const auto& rows = history.rows;
  for (std::size_t i = rows.size(); i-- > 1 && !out.good;) {
    const auto& row = rows[i];
    if (row.delete_marker || seen(row)) continue;
    const auto good = is_good(row.id);
    if (!good) {
      if (!out.unreadable) {
        out.unreadable = row;
        out.error = good.error();
      }
    } else if (*good) {
      out.good = row;
      out.unreadable.reset();
      out.error.reset();
    } else {
      bad.emplace(row.object.etag, row.object.size);
    }
  }
  out.history = std::move(history);
  return out;
}

Recovery recover_log(Context& context, std::uint32_t source, const trail::ListedLog& log) {
  const auto& store = *context.sources[source].store;
  auto history = history_of(store, log.key);
  if (!history) {
    Recovery out;
    out.history.key = log.key;
    out.error = std::move(history).error();
    return out;
  }
  return recover(std::move(*history), true, [&](const std::string& id) -> Result<bool> {
    auto facts = context.readers->borrow()->read_log(store, log.key, {.version = id});
    if (facts.error) return *std::move(facts.error);
    return outcome_of(log, facts) == verdict::Outcome::verified;
  });
}

Recovery recover_digest(Context& context, std::uint32_t source, KeyHistory history, const std::string& account,
                        const std::vector<const DigestFacts*>& successors, DigestFacts& found) {
  const auto& store = *context.sources[source].store;
  const std::string key = history.key;
  return recover(std::move(history), false, [&](const std::string& id) -> Result<bool> {
    DigestFacts facts;
    facts.key = key;
    facts.source = source;
    context.readers->borrow()->read_digest(store, facts, id);
    if (facts.read_error) return *std::move(facts.read_error);
    check_own_signature(facts, context.keys, context.backend);
    if (!facts.digest) return false;
    facts.location_ok = facts.digest->bucket == context.buckets[source] && facts.digest->key == key;
    facts.account_ok = facts.digest->account == account;
    bool named = successors.empty();
    for (const auto* successor : successors) {
      check_copied_signature(facts, successor->digest->previous->signature, context.backend);
      named = named || successor->digest->previous->hash == facts.hash;
    }
    if (facts.crypto_error) return *std::move(facts.crypto_error);
    if (!named || !facts.proven()) return false;
    found = std::move(facts);
    return true;
  });
}

std::string LogRemains::to_string() const {
  std::string out = "of the " + std::to_string(listed) + " log files that it lists, " + std::to_string(present) +
                    " are there as they were signed";
  if (recoverable != 0) out += ", " + std::to_string(recoverable) + " can be recovered from older versions";
  if (lost != 0) out += ", " + std::to_string(lost) + " cannot";
  if (unknown != 0) out += ", of " + std::to_string(unknown) + " it could not be told";
  return out;
}

LogRemains remains_of(Context& context, const trail::Digest& digest) {
  std::atomic<std::uint64_t> present{0}, recoverable{0}, lost{0};
  base::parallel_for(context.jobs, digest.logs.size(), 1, [&](std::size_t i) {
    const auto& log = digest.logs[i];
    const auto source = context.source_of_bucket.find(log.bucket);
    if (source == context.source_of_bucket.end() || context.progress.stop) return;
    const auto facts = context.readers->borrow()->read_log(*context.sources[source->second].store, log.key, {});
    const auto outcome = outcome_of(log, facts);
    if (outcome == verdict::Outcome::verified) {
      ++present;
      return;
    }
    const auto recovery = context.has_versions[source->second] ? recover_log(context, source->second, log) : Recovery{};
    if (recovery.good)
      ++recoverable;
    else if (!recovery.error && outcome == verdict::Outcome::violated)
      ++lost;
  });
  LogRemains out{digest.logs.size(), present, recoverable, lost, 0};
  out.unknown = out.listed - out.present - out.recoverable - out.lost;
  return out;
}

}  // namespace trailseal::verify
