#include "trailseal/verdict.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace trailseal::verdict {

std::string_view to_string(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::verified: return "verified";
    case Outcome::open: return "open";
    case Outcome::violated: return "violated";
  }
  return "unknown";
}

int exit_status(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::verified: return 0;
    case Outcome::violated: return 1;
    case Outcome::open: return 2;
  }
  return 70;
}

void Tally::add(const Tally& other) noexcept {
  digests_found += other.digests_found;
  digests_verified += other.digests_verified;
  digests_violated += other.digests_violated;
  digests_open += other.digests_open;
  digests_missing += other.digests_missing;
  backfill_verified += other.backfill_verified;
  logs_listed += other.logs_listed;
  logs_verified += other.logs_verified;
  logs_violated += other.logs_violated;
  logs_open += other.logs_open;
  logs_unlisted += other.logs_unlisted;
  logs_pending += other.logs_pending;
  logs_not_covered += other.logs_not_covered;
  bytes_read += other.bytes_read;
  bytes_hashed += other.bytes_hashed;
}

// Nothing found to verify, and a run that was cut short, are never a success.
Outcome Verdict::outcome() const {
  const Outcome judged = findings.outcome(run.strict);
  if (!complete) return Outcome::open;  // the whole could not be told, whatever the part that was seen holds
  return tally.digests_verified != 0 ? judged : std::max(judged, Outcome::open);
}

namespace {

// "a, b" and "b, c" -> "a, b, c"
std::string join_origins(const std::string& a, const std::string& b) {
  if (a == b) return a;  // the common case, and a path may hold the separator itself
  constexpr std::string_view kSeparator = ", ";
  std::set<std::string_view> origins;
  for (std::string_view rest : {std::string_view(a), std::string_view(b)}) {
    while (!rest.empty()) {
      const std::size_t length = std::min(rest.find(kSeparator), rest.size());
      origins.insert(rest.substr(0, length));
      rest.remove_prefix(std::min(length + kSeparator.size(), rest.size()));
    }
  }
  std::string joined;
  for (const std::string_view origin : origins) {
    if (!joined.empty()) joined += kSeparator;
    joined += origin;
  }
  return joined;
}

std::optional<Interval> hull(const std::optional<Interval>& a, const std::optional<Interval>& b) {
  if (!a || !b) return a ? a : b;
  return Interval{std::min(a->begin, b->begin), std::max(a->end, b->end)};
}

void merge_key(KeyUse& ours, const KeyUse& theirs) {
  ours.origin = join_origins(ours.origin, theirs.origin);
  ours.encoding = std::min(ours.encoding, theirs.encoding);
  ours.bits = std::max(ours.bits, theirs.bits);
  ours.validity = hull(ours.validity, theirs.validity);
  ours.digests_verified += theirs.digests_verified;
}

std::vector<KeyUse> merge_keys(const std::vector<KeyUse>& a, const std::vector<KeyUse>& b) {
  std::map<std::string, KeyUse> by_fingerprint;
  for (const auto* keys : {&a, &b}) {
    for (const KeyUse& key : *keys) {
      const auto [place, is_new] = by_fingerprint.emplace(key.fingerprint, key);
      if (!is_new) merge_key(place->second, key);
    }
  }
  std::vector<KeyUse> merged;
  for (auto& [fingerprint, key] : by_fingerprint) merged.push_back(std::move(key));
  return merged;
}

std::vector<KmsKeyUse> merge_kms(std::vector<KmsKeyUse> a, const std::vector<KmsKeyUse>& b) {
  for (const KmsKeyUse& theirs : b) {
    const auto place = std::ranges::lower_bound(a, theirs.key, {}, &KmsKeyUse::key);
    if (place == a.end() || place->key != theirs.key) {
      a.insert(place, theirs);
      continue;
    }
    place->objects += theirs.objects;
    place->witnessed += theirs.witnessed;
    place->mismatched += theirs.mismatched;
    place->missing += theirs.missing;
    place->not_applicable += theirs.not_applicable;
    place->orphans += theirs.orphans;
    place->probes += theirs.probes;
  }
  return a;
}

// Those that come first in order are kept, so that the order of merging does not matter.
std::vector<KmsReader> merge_readers(const std::vector<KmsReader>& a, const std::vector<KmsReader>& b) {
  std::map<std::pair<std::string, std::string>, KmsReader> merged;
  for (const auto* readers : {&a, &b}) {
    for (const KmsReader& reader : *readers) {
      const auto [place, is_new] = merged.emplace(std::pair{reader.key, reader.actor}, reader);
      if (is_new) continue;
      KmsReader& ours = place->second;
      ours.reads += reader.reads;
      ours.denied += reader.denied;
      ours.first = std::min(ours.first, reader.first);
      ours.last = std::max(ours.last, reader.last);
    }
  }
  std::vector<KmsReader> kept;
  for (auto& [who, reader] : merged)
    if (kept.size() < kMostKmsReaders) kept.push_back(std::move(reader));
  return kept;
}

}  // namespace

Verdict merge(Verdict a, Verdict b) {
  a.tally.add(b.tally);
  std::ranges::move(b.chains, std::back_inserter(a.chains));
  std::ranges::sort(a.chains, {}, &ChainCoverage::chain);
  a.keys = merge_keys(a.keys, b.keys);
  std::ranges::move(b.trails, std::back_inserter(a.trails));
  std::ranges::sort(a.trails);
  const auto twice = std::ranges::unique(a.trails);
  a.trails.erase(twice.begin(), twice.end());
  a.kms_keys = merge_kms(std::move(a.kms_keys), b.kms_keys);
  a.kms_readers = merge_readers(a.kms_readers, b.kms_readers);
  a.kms_reads += b.kms_reads;
  a.findings.merge(std::move(b.findings));
  a.forensics.merge(std::move(b.forensics));
  a.complete = a.complete && b.complete;
  return a;
}

}  // namespace trailseal::verdict
