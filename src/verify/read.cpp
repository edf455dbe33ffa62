#include "verify/read.hpp"

#include <algorithm>
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
constexpr base::GunzipLimits kLogLimits{.max_output = 2ull << 30};

// A buffer that grew beyond this is let go before its object is, so that no reader keeps what a giant took.
constexpr std::size_t kKeptBuffer = 1u << 20;

class Shrinking {
 public:
  explicit Shrinking(Bytes& bytes) : bytes_(bytes) {}
  Shrinking(const Shrinking&) = delete;
  Shrinking& operator=(const Shrinking&) = delete;
  ~Shrinking() {
    if (bytes_.capacity() > kKeptBuffer) Bytes().swap(bytes_);
  }

 private:
  Bytes& bytes_;
};

// A way that alters bytes leaves a broken frame (gzip holds a CRC-32): before that is called tampering, it is read
// again.
bool damaged(const std::optional<base::GzipFailure>& gzip, const Unsealed* envelope) {
  return (gzip && gzip->fault != base::GzipFault::limit) ||
         (envelope != nullptr && envelope->state == Unsealed::State::broken);
}

// There is an envelope, and no content.
bool stays_shut(const Unsealed* envelope) { return envelope != nullptr && envelope->state != Unsealed::State::opened; }

std::optional<std::string> value_of(const store::Metadata& metadata, std::string_view name) {
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::nullopt : std::optional(found->second);
}

void note_kms_events(ByteView content, LogFacts& facts) {
  auto events = trail::parse_kms_events(content);
  facts.kms_unsearched = !events;
  if (events) facts.kms_events = std::move(*events);
}

}  // namespace

Result<Bench> Bench::make(const crypto::Backend& backend) {
  Bench bench;
  TRY(bench.hasher, backend.hasher(crypto::Hash::sha256));
  return bench;
}

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

LogFacts Reader::read_log(const store::ObjectStore& store, std::string_view key, const LogWish& wish) {
  LogFacts facts = read_log_once(store, key, wish, false);
  return damaged(facts.gzip, facts.envelope.get()) ? read_log_once(store, key, wish, true) : facts;
}

void Reader::read_digest_once(const store::ObjectStore& store, DigestFacts& facts, std::string_view version,
                              bool again) {
  auto object = store.get(
      facts.key, {.limit = kMaxDigestStored, .with_metadata = true, .version = version, .again = again}, stored_);
  if (!object) {
    facts.read_error = std::move(object).error();
    return;
  }
  const Shrinking shrinking(stored_);
  facts.stored_size = stored_.size();
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
  facts.envelope = unseal(unsealing_, store, facts.key, *object, again, stored_);
  if (stays_shut(facts.envelope.get())) return;
  auto bench = benches_.borrow();
  ByteView content;
  facts.gzip = bench->gunzip.whole(stored_, kDigestLimits, content);
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

LogFacts Reader::read_log_once(const store::ObjectStore& store, std::string_view key, const LogWish& wish, bool again) {
  LogFacts facts;
  const bool with_metadata = wish.look_closer || unsealing_.has_keys || (again && unsealing_.open);
  auto object = store.get(
      key, {.limit = kMaxLogStored, .with_metadata = with_metadata, .version = wish.version, .again = again}, stored_);
  if (!object) {
    facts.error = std::move(object).error();
    return facts;
  }
  const Shrinking shrinking(stored_);
  if (object->metadata) facts.attributes = std::move(object->attributes);
  facts.stored_size = stored_.size();
  facts.envelope = unseal(unsealing_, store, key, *object, again, stored_);
  if (stays_shut(facts.envelope.get())) return facts;
  auto bench = benches_.borrow();
  ByteView content;
  std::size_t pieces = 0;
  facts.gzip = bench->gunzip.pieces(stored_, kLogLimits, [&](ByteView piece) {
    content = piece;
    ++pieces;
    facts.content_size += piece.size();
    bench->hasher->update(piece);
  });
  if (auto hashed = bench->hasher->finish(facts.hash); !hashed) {
    facts.error = std::move(hashed).error();
    facts.crypto_failed = true;
  }
  if (!wish.look_closer && !wish.use) return facts;
  if (facts.gzip && !facts.gzip->content_complete) return facts;
  // Hardly ever in more than one piece: then once more, for the bytes are still here.
  const bool whole = pieces <= 1 || !bench->gunzip.whole(stored_, kLogLimits, content);
  if (wish.look_closer) {
    facts.kms_unsearched = !whole;
    if (whole && trail::may_hold_kms_events(content)) note_kms_events(content, facts);
  }
  const bool read_once_more = damaged(facts.gzip, facts.envelope.get()) && !again;
  if (wish.use && whole && !read_once_more) wish.use(facts, content);
  return facts;
}

}  // namespace trailseal::verify
