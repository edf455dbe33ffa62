#include "verify/bench.hpp"

#include <utility>
#include <vector>

#include "crypto/hash_many.hpp"

namespace trailseal::verify {
namespace {

constexpr base::GunzipLimits kLogLimits{.max_output = 2ull << 30};

// Contents that are hashed side by side lie here: some ten of a usual size.
constexpr std::size_t kRoom = 4u << 20;
constexpr std::size_t kAlign = 64;

void note_kms_events(ByteView content, LogFacts& facts) {
  auto events = trail::parse_kms_events(content);
  facts.kms_unsearched = !events;
  if (events) facts.kms_events = std::move(*events);
}

void look_into(const LogJob& job, ByteView content) {
  if (job.wish.look_closer && trail::may_hold_kms_events(content)) note_kms_events(content, job.facts);
  if (job.wish.use && (job.again || !damaged(job.facts.gzip, job.facts.envelope.get())))
    job.wish.use(job.facts, content);
}

}  // namespace

bool damaged(const std::optional<base::GzipFailure>& gzip, const Unsealed* envelope) {
  return (gzip && gzip->fault != base::GzipFault::limit) ||
         (envelope != nullptr && envelope->state == Unsealed::State::broken);
}

Result<Bench> Bench::make(const crypto::Backend& backend) {
  Bench bench;
  TRY(bench.hasher, backend.hasher(crypto::Hash::sha256));
  bench.side_by_side_ = crypto::hashes_side_by_side(backend);
  return bench;
}

void Bench::work(std::span<const LogJob* const> jobs) {
  if (!side_by_side_ || jobs.size() == 1) {
    for (const auto* job : jobs) work_alone(*job);
    return;
  }
  if (!room_) room_ = std::make_unique_for_overwrite<std::uint8_t[]>(kRoom);
  std::vector<Inflated> batch;
  std::size_t filled = 0;
  for (const auto* job : jobs) {
    const std::size_t size = base::Gunzip::stated_size(job->stored);
    if (size > kRoom - filled) {
      hash(batch);
      batch.clear();
      filled = 0;
    }
    ByteView content;
    if (size > kRoom || !gunzip.into(job->stored, kLogLimits, {room_.get() + filled, kRoom - filled}, content)) {
      work_alone(*job);
      continue;
    }
    batch.push_back({job, content});
    filled += std::min(kRoom - filled, (content.size() + kAlign - 1) / kAlign * kAlign);
  }
  hash(batch);
}

void Bench::hash(std::span<const Inflated> batch) {
  std::vector<crypto::HashTask> tasks;
  for (const auto& [job, content] : batch) tasks.push_back({.content = content, .expected = job->wish.expected});
  crypto::hash_many(*hasher, tasks);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    auto& facts = batch[i].job->facts;
    facts.content_size = batch[i].content.size();
    facts.hash = tasks[i].hash;
    facts.error = std::move(tasks[i].error);
    facts.crypto_failed = facts.error.has_value();
    look_into(*batch[i].job, batch[i].content);
  }
}

void Bench::work_alone(const LogJob& job) {
  auto& facts = job.facts;
  ByteView content;
  std::size_t pieces = 0;
  facts.gzip = gunzip.pieces(job.stored, kLogLimits, [&](ByteView piece) {
    content = piece;
    ++pieces;
    facts.content_size += piece.size();
    hasher->update(piece);
  });
  if (auto hashed = hasher->finish(facts.hash); !hashed) {
    facts.error = std::move(hashed).error();
    facts.crypto_failed = true;
  }
  if (!job.wish.look_closer && !job.wish.use) return;
  if (facts.gzip && !facts.gzip->content_complete) return;
  // Hardly ever in more than one piece: then once more, for the bytes are still here.
  const bool whole = pieces <= 1 || !gunzip.whole(job.stored, kLogLimits, content);
  facts.kms_unsearched = job.wish.look_closer && !whole;
  if (whole) look_into(job, content);
}

}  // namespace trailseal::verify
