// Facts: what happened to one object. Gatherers make them, judges read them; an Error in here is data.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/gunzip.hpp"
#include "trail/kms_events.hpp"
#include "trailseal/store.hpp"
#include "trailseal/trail.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::verify {

// A place that a trail delivers to, in one of the sources.
struct Location {
  std::uint32_t source = 0;
  trail::Root root;
  auto operator<=>(const Location&) const = default;
};

// A digest key of a known chain, in 16 bytes: an organisation's bucket holds millions.
struct DigestRef {
  Time end;                    // of the name's stamp
  std::uint32_t location = 0;  // index into Plan::locations
  std::int32_t day = 0;        // of its folder, in days since 1970
  bool backfill = false;
  auto operator<=>(const DigestRef&) const = default;
};

// What one check of a signature said.
enum class SignatureState {
  absent,       // there is none to check
  malformed,    // not hexadecimal, or of another length than the key's
  key_unknown,  // the key named in the digest is not trusted
  invalid,
  valid,
  failed,  // the crypto layer could not tell
};

struct DigestFacts {
  std::string key;
  std::uint32_t source = 0;
  std::uint32_t chain = 0;  // index into the group's chains
  DigestRef ref;

  std::optional<Error> read_error;
  std::shared_ptr<const Unsealed> envelope;  // nullptr: it was stored in none
  std::optional<base::GzipFailure> gzip;
  std::optional<Error> parse_error;
  std::uint64_t stored_size = 0;
  std::uint64_t content_size = 0;
  Sha256 hash{};                        // of the content, where there is any
  std::optional<trail::Digest> digest;  // its `logs` are taken away once they are verified

  bool has_metadata = false;
  store::Attributes attributes;
  std::optional<Error> metadata_error;   // there are some, and they could not be read
  std::optional<std::string> signature;  // of the metadata, as recorded
  std::optional<std::string> signature_algorithm;
  std::optional<std::string> backfill_timestamp;

  SignatureState own = SignatureState::absent;        // the metadata's signature
  SignatureState successor = SignatureState::absent;  // a successor's copy of it; invalid proves nothing
  std::optional<Error> crypto_error;
  const trail::PublicKeySet::Entry* signer = nullptr;  // the trusted key that the digest names

  std::size_t copies_checked = 0;  // how many of the successors' copies of its signature
  bool logs_dropped = false;       // its list of logs was let go and must be read again
  bool location_ok = false;        // the bucket and key that it states are where it was found
  bool account_ok = false;         // the account that it states is that of its key

  // CloudTrail signed this content for this place.
  bool proven() const {
    return digest && location_ok && account_ok && (own == SignatureState::valid || successor == SignatureState::valid);
  }
  // Its hour: from the content if that is proven, else from its name and the hourly cadence.
  Interval hour() const {
    if (proven()) return {digest->start, digest->end};
    return {ref.end - std::chrono::hours{1}, ref.end};
  }
};

// What happened to one log file that a proven digest lists.
struct LogFacts {
  std::optional<Error> error;                // of the store or the crypto layer
  bool crypto_failed = false;                // ... of the crypto layer
  std::shared_ptr<const Unsealed> envelope;  // nullptr: it was stored in none
  std::optional<base::GzipFailure> gzip;
  std::uint64_t stored_size = 0;
  std::uint64_t content_size = 0;
  Sha256 hash{};
  std::optional<store::Attributes> attributes;  // when they were asked for and the store has any
  std::vector<trail::KmsEvent> kms_events;      // when they were asked for; worth nothing unless the log verifies
  bool kms_unsearched = false;                  // there may be some: the log is too large, or no JSON
};

// The window of a request.
struct Window {
  std::optional<Time> since, until;

  bool contains(const Interval& hour) const {
    return (!since || hour.end >= *since) && (!until || hour.begin < *until);
  }

  std::optional<Interval> bounded() const {
    if (!since || !until) return std::nullopt;
    return Interval{*since, *until};
  }

  // By its name alone. A name whose stamp lies outside the window does not take a file out of a folder inside it.
  bool contains(const DigestRef& ref) const {
    const Time day{std::chrono::sys_days{std::chrono::days{ref.day}}};
    const bool misfiled = ref.end < day || ref.end >= day + std::chrono::days{1};
    return contains(Interval{ref.end - std::chrono::hours{1}, ref.end}) ||
           (misfiled && contains(Interval{day, day + std::chrono::days{1}}));
  }
};

}  // namespace trailseal::verify
