// Gathering, second half: the logs that proven digests list. Hashed in parallel, judged one by one, forgotten.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "base/hex.hpp"
#include "base/parallel.hpp"
#include "verify/gather.hpp"

namespace trailseal::verify {
namespace {

using verdict::Code;
using verdict::Outcome;

// Telling which other log a wrong content belongs to is a kindness; on longer lists it would cost too much.
constexpr std::size_t kMaxSwapSearch = 5000;

// Logs that a thread takes at once: of a long list several, which may be hashed side by side; with many threads one,
// lest the last be left alone with a queue.
std::size_t portion(std::size_t tasks, unsigned jobs) {
  return std::clamp<std::size_t>(tasks / (std::size_t{16} * jobs), 1, 8);
}

const trail::ListedLog& listed_of(const LogTask& task) { return task.digest->digest->logs[task.log]; }

// The few logs of a batch that are not simply right.
struct Odd {
  std::size_t task;
  LogFacts facts;
};

// Is it a log of the account and region whose digest lists it? A name of an unusual form is taken at its folder.
bool in_scope(std::string_view text, const std::optional<trail::LogKey>& key, const trail::ChainId& chain) {
  if (key) return key->root.account == chain.account && key->region == chain.region;
  return text.find("AWSLogs/" + (chain.org.empty() ? "" : chain.org + "/") + chain.account + "/CloudTrail") !=
             std::string_view::npos &&
         text.find("/" + chain.region + "/") != std::string_view::npos;
}

// What the log says of others, if it is what was signed; and what S3 declares of it, whatever it is.
void note_witnesses(WitnessFacts& witnesses, const trail::ListedLog& log, const LogFacts& facts) {
  if (!facts.error) witnesses.add_object(log.bucket, log.key, facts.attributes);
  if (outcome_of(log, facts) == Outcome::verified && !facts.kms_unsearched)
    witnesses.add_events(facts.kms_events);
  else
    witnesses.add_unread(log.key);
}

std::string_view name_of(std::string_view key) { return key.substr(key.rfind('/') + 1); }

}  // namespace

// What gives a log that was just read to whoever asked for it.
std::function<void(const LogFacts&, ByteView)> Gatherer::hand_out_of(const DigestFacts& digest,
                                                                     const trail::ListedLog& log) const {
  return [this, &digest, &log](const LogFacts& facts, ByteView content) {
    const auto& request = context_.request;
    if (const auto fault = fault_of(log, facts)) {
      if (request.unverified_log) request.unverified_log({log.bucket, log.key, *fault, digest.key, content});
    } else if (request.verified_log) {
      request.verified_log(
          {group_.chains[digest.chain].id, log, digest.key, digest.hour(), facts.stored_size, content});
    }
  };
}

std::vector<LogTask> Gatherer::list_logs(const std::vector<DigestFacts*>& digests) {
  std::vector<LogTask> tasks;
  for (auto* facts : digests) {
    const auto& chain = group_.chains[facts->chain];
    auto& totals = logs_[facts->chain];
    const auto name = chain.id.to_string();
    const bool wanted = context_.selects(chain.id) && context_.window.contains(facts->hour());
    const auto report = [&](Code code, const trail::ListedLog& log, std::string detail) {
      totals.findings.add({.code = code,
                           .chain = name,
                           .subject = uri(log.bucket, log.key),
                           .when = facts->hour(),
                           .detail = std::move(detail)});
    };
    const auto& logs = facts->digest->logs;
    std::unordered_map<std::string_view, std::size_t> seen;  // key -> index; the bucket is compared
    seen.reserve(logs.size());
    for (std::uint32_t i = 0; i < logs.size(); ++i) {
      const auto& log = logs[i];
      const auto [first, fresh] = seen.emplace(log.key, i);
      if (!fresh && logs[first->second].bucket == log.bucket && logs[first->second].hash == log.hash) {
        if (wanted) report(Code::digest_duplicate_log, log, "in " + std::string(name_of(facts->key)));
        continue;
      }
      const auto source = context_.source_of_bucket.find(log.bucket);
      const auto key = trail::parse_log_key(log.key);
      if (!key && source != context_.source_of_bucket.end()) listed_.add_odd(source->second, log.key);
      if (key && source != context_.source_of_bucket.end()) {
        const Location place{source->second, key->root};
        const auto location = std::lower_bound(plan_.locations.begin(), plan_.locations.end(), place);
        if (location != plan_.locations.end() && *location == place)
          listed_.add(listed_name(static_cast<std::uint32_t>(location - plan_.locations.begin()), *key));
      }
      if (key && key->region == chain.id.region) listed_.add_kind(key->kind);
      if (!wanted) continue;
      if (!in_scope(log.key, key, chain.id))
        report(Code::digest_foreign_log, log, "in " + std::string(name_of(facts->key)));
      ++totals.tally.logs_listed;
      if (source == context_.source_of_bucket.end()) {
        ++totals.tally.logs_open;
        report(Code::log_source_missing, log, "give the bucket " + log.bucket + " as a source too");
      } else {
        tasks.push_back({facts, i, source->second});
      }
    }
  }

  context_.progress.objects_total += tasks.size();
  return tasks;
}

void Gatherer::read_logs(const std::vector<DigestFacts*>& digests, const std::vector<LogTask>& tasks) {
  const bool hand_out = context_.request.verified_log || context_.request.unverified_log;
  const auto wish_of = [&](const LogTask& task) {
    const auto& log = listed_of(task);
    LogWish wish;
    if (log.hash_known) wish.expected = &log.hash;
    wish.look_closer = sources_with_metadata_.contains(task.source) || !context_.request.expected_kms_key.empty();
    if (hand_out) wish.use = hand_out_of(*task.digest, log);
    return wish;
  };
  std::mutex mutex;
  std::vector<Odd> odd;
  std::vector<std::uint8_t> read(tasks.size());  // not all, if the run is stopped
  std::atomic<std::uint64_t> stored{0}, hashed{0};
  const std::size_t together = portion(tasks.size(), context_.jobs);
  base::parallel_for(context_.jobs, (tasks.size() + together - 1) / together, 1, [&](std::size_t number) {
    if (context_.progress.stop) return;
    const std::size_t first = number * together;
    std::vector<LogRead> logs;
    for (std::size_t t = first; t < std::min(tasks.size(), first + together); ++t)
      logs.push_back({*context_.sources[tasks[t].source].store, listed_of(tasks[t]).key, wish_of(tasks[t])});
    context_.readers->borrow()->read_logs(logs);
    for (std::size_t i = 0; i < logs.size(); ++i) {
      auto& facts = logs[i].facts;
      const auto& log = listed_of(tasks[first + i]);
      if (facts.error && facts.error->code == Errc::io && context_.progress.stop) continue;
      if (logs[i].wish.look_closer) note_witnesses(context_.witness_facts, log, facts);
      context_.opened.add(tasks[first + i].source, facts.envelope.get());
      read[first + i] = 1;
      stored += facts.stored_size;
      hashed += facts.content_size;
      ++context_.progress.objects_done;
      context_.progress.bytes_done += facts.stored_size;
      if (outcome_of(log, facts) == Outcome::verified) continue;
      const std::lock_guard lock(mutex);
      odd.push_back({first + i, std::move(facts)});
    }
  });

  for (std::size_t t = 0; t < tasks.size(); ++t)
    if (read[t] != 0) ++logs_[tasks[t].digest->chain].tally.logs_verified;
  std::vector<FaultyLog> faulty;
  for (const auto& [index, facts] : odd) {
    const auto& task = tasks[index];
    const auto& log = listed_of(task);
    auto& totals = logs_[task.digest->chain];
    --totals.tally.logs_verified;
    ++(outcome_of(log, facts) == Outcome::violated ? totals.tally.logs_violated : totals.tally.logs_open);
    std::string_view belongs_to;
    const auto& logs = task.digest->digest->logs;
    if (logs.size() <= kMaxSwapSearch)
      for (const auto& other : logs)
        if (other.hash == facts.hash && other.key != log.key) belongs_to = other.key;
    judge_log(
        log, facts,
        {group_.chains[task.digest->chain].id.to_string(), std::string(name_of(task.digest->key)), task.digest->hour()},
        belongs_to, totals.findings);
    if (log.hash_known && !facts.crypto_failed) faulty.push_back({task.digest, task.log, task.source});
  }
  if (context_.request.versions) recover_logs(faulty);
  bytes_.bytes_read += stored;
  bytes_.bytes_hashed += hashed;
  for (auto* facts : digests) {
    facts->digest->logs.clear();
    facts->digest->logs.shrink_to_fit();
  }
}

}  // namespace trailseal::verify
