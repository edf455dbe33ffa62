#include "verify/read.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "verify/unseal.hpp"

namespace trailseal::verify {
namespace {

// An hour of logs takes about 430 bytes for each in a digest: the caps below allow 150,000 files an hour and region.
constexpr std::size_t kMaxDigestStored = 32u << 20;
constexpr base::GunzipLimits kDigestLimits{.max_output = base::Gunzip::kMaxWhole};

// CloudTrail's own log files stay below 50 MB of JSON.
constexpr std::size_t kMaxLogStored = 256u << 20;

// Logs that are fetched before they are worked on, unless they are large.
constexpr std::size_t kMostTogether = 8;
constexpr std::size_t kEnoughStored = 1u << 20;

// A buffer that grew beyond this is let go before its object is, so that no reader keeps what a giant took.
constexpr std::size_t kKeptBuffer = 1u << 20;
constexpr std::size_t kKeptBuffers = 2u << 20;  // all of a reader's together

void shrink(Bytes& bytes) {
  if (bytes.capacity() > kKeptBuffer) Bytes().swap(bytes);
}

class Shrinking {
 public:
  explicit Shrinking(Bytes& bytes) : bytes_(bytes) {}
  Shrinking(const Shrinking&) = delete;
  Shrinking& operator=(const Shrinking&) = delete;
  ~Shrinking() { shrink(bytes_); }

 private:
  Bytes& bytes_;
};

// There is an envelope, and no content.
bool stays_shut(const Unsealed* envelope) { return envelope != nullptr && envelope->state != Unsealed::State::opened; }

std::optional<std::string> value_of(const store::Metadata& metadata, std::string_view name) {
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

void Reader::read_digest(const store::ObjectStore& store, DigestFacts& facts, std::string_view version) {
  read_digest_once(store, facts, version, false);
  if (!damaged(facts.gzip, facts.envelope.get())) return;
  DigestFacts anew;
  anew.key = std::move(facts.key);
  anew.source = facts.source;
  anew.chain = facts.chain;
  anew.ref = facts.ref;
  facts = std::move(anew);
  read_digest_once(store, facts, version, true);
}

void Reader::read_logs(std::span<LogRead> logs) {
  std::vector<LogRead*> all;
  for (auto& log : logs) all.push_back(&log);
  read_logs_once(all, false);
  std::erase_if(all, [](const LogRead* log) { return !damaged(log->facts.gzip, log->facts.envelope.get()); });
  for (auto* log : all) log->facts = {};
  read_logs_once(all, true);
}

LogFacts Reader::read_log(const store::ObjectStore& store, std::string_view key, LogWish wish) {
  LogRead log{store, key, std::move(wish)};
  read_logs({&log, 1});
  return std::move(log.facts);
}

void Reader::read_digest_once(const store::ObjectStore& store, DigestFacts& facts, std::string_view version,
                              bool again) {
  auto& stored = stored_.front();
  auto object = store.get(
      facts.key, {.limit = kMaxDigestStored, .with_metadata = true, .version = version, .again = again}, stored);
  if (!object) {
    facts.read_error = std::move(object).error();
    return;
  }
  const Shrinking shrinking(stored);
  facts.stored_size = stored.size();
  if (object->metadata) {
    facts.has_metadata = true;
    facts.attributes = std::move(object->attributes);
    facts.signature = value_of(*object->metadata, "signature");
    facts.signature_algorithm = value_of(*object->metadata, "signature-algorithm");
    facts.backfill_timestamp = value_of(*object->metadata, "backfill-generation-timestamp");
  }
  if (object->metadata_error) {
    facts.has_metadata = true;
    facts.metadata_error = std::move(object->metadata_error);
  }
  facts.envelope = unseal(unsealing_, store, facts.key, *object, again, stored);
  if (stays_shut(facts.envelope.get())) return;
  auto bench = workshop_.borrow();
  ByteView content;
  facts.gzip = bench->gunzip.whole(stored, kDigestLimits, content);
  if (facts.gzip && !facts.gzip->content_complete) return;
  facts.content_size = content.size();
  bench->hasher->update(content);
  if (auto hashed = bench->hasher->finish(facts.hash); !hashed) {
    facts.crypto_error = std::move(hashed).error();
    return;
  }
  auto digest = bench->parser.parse(content);
  if (digest)
    facts.digest = std::move(*digest);
  else
    facts.parse_error = std::move(digest).error();
}

void Reader::read_logs_once(std::span<LogRead* const> logs, bool again) {
  for (std::size_t at = 0; at < logs.size();) {
    std::vector<LogJob> jobs;
    std::shared_ptr<const void> room;
    for (std::size_t sum = 0; at < logs.size() && jobs.size() < kMostTogether && sum < kEnoughStored && !room; ++at) {
      auto& log = *logs[at];
      if (stored_.size() == jobs.size()) stored_.emplace_back();
      auto& stored = stored_[jobs.size()];
      const store::GetOptions options{
          .limit = kMaxLogStored,
          .with_metadata = log.wish.look_closer || unsealing_.has_keys || (again && unsealing_.open),
          .version = log.wish.version,
          .again = again};
      auto object = log.store.get(log.key, options, stored);
      if (!object) {
        log.facts.error = std::move(object).error();
        continue;
      }
      if (object->metadata) log.facts.attributes = std::move(object->attributes);
      log.facts.stored_size = stored.size();
      log.facts.envelope = unseal(unsealing_, log.store, log.key, *object, again, stored);
      if (stays_shut(log.facts.envelope.get())) continue;
      room = std::move(object->room);  // who waits for room must hold none
      sum += stored.size();
      jobs.push_back({{}, log.wish, again, log.facts});
    }
    for (std::size_t i = 0; i < jobs.size(); ++i) jobs[i].stored = stored_[i];
    if (!jobs.empty()) workshop_.work(jobs);
    std::size_t kept = 0;
    for (auto& stored : stored_) {
      kept += stored.capacity();
      if (kept > kKeptBuffers) Bytes().swap(stored);
    }
  }
}

}  // namespace trailseal::verify
