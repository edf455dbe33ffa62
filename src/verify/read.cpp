#include "verify/read.hpp"

#include <utility>

namespace trailseal::verify {
namespace {

// An hour of logs takes about 430 bytes for each in a digest: the caps below allow 150,000 files an hour and region.
constexpr std::size_t kMaxDigestStored = 32u << 20;
constexpr base::GunzipLimits kDigestLimits{.max_output = base::Gunzip::kMaxWhole};

// CloudTrail's own log files stay below 50 MB of JSON.
constexpr std::size_t kMaxLogStored = 256u << 20;
constexpr base::GunzipLimits kLogLimits{.max_output = 2ull << 30};

std::optional<std::string> value_of(const store::Metadata& metadata, std::string_view name) {
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace

Result<Reader> Reader::make(const crypto::Backend& backend) {
  Reader reader;
  TRY(reader.hasher_, backend.hasher(crypto::Hash::sha256));
  return reader;
}

void Reader::read_digest(const store::ObjectStore& store, DigestFacts& facts, std::string_view version) {
  auto object = store.get(facts.key, {.limit = kMaxDigestStored, .with_metadata = true, .version = version}, stored_);
  if (!object) {
    facts.read_error = std::move(object).error();
    return;
  }
  facts.stored_size = stored_.size();
  if (object->metadata) {
    facts.has_metadata = true;
    facts.signature = value_of(*object->metadata, "signature");
    facts.signature_algorithm = value_of(*object->metadata, "signature-algorithm");
    facts.backfill_timestamp = value_of(*object->metadata, "backfill-generation-timestamp");
  }
  if (object->metadata_error) {
    facts.has_metadata = true;
    facts.metadata_error = std::move(object->metadata_error);
  }
  ByteView content;
  facts.gzip = gunzip_.whole(stored_, kDigestLimits, content);
  if (facts.gzip && !facts.gzip->content_complete) return;
  facts.content_size = content.size();
  hasher_->update(content);
  if (auto hashed = hasher_->finish(facts.hash); !hashed) {
    facts.crypto_error = std::move(hashed).error();
    return;
  }
  auto digest = parser_.parse(content);
  if (digest)
    facts.digest = std::move(*digest);
  else
    facts.parse_error = std::move(digest).error();
}

LogFacts Reader::read_log(const store::ObjectStore& store, std::string_view key, std::string_view version) {
  LogFacts facts;
  auto object = store.get(key, {.limit = kMaxLogStored, .version = version}, stored_);
  if (!object) {
    facts.error = std::move(object).error();
    return facts;
  }
  facts.stored_size = stored_.size();
  facts.gzip = gunzip_.pieces(stored_, kLogLimits, [&](ByteView piece) {
    facts.content_size += piece.size();
    hasher_->update(piece);
  });
  if (auto hashed = hasher_->finish(facts.hash); !hashed) {
    facts.error = std::move(hashed).error();
    facts.crypto_failed = true;
  }
  return facts;
}

}  // namespace trailseal::verify
