// The trusted keys by name. What makes two keys the same is the key, not its encoding or its name; among names, those
// that were computed outrank those that a file stated, which may be wrong.
#include <algorithm>
#include <utility>

#include "base/hex.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::trail {
namespace {

std::string lower(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return small;
}

void merge_validity(std::optional<Interval>& validity, const std::optional<Interval>& other) {
  if (!other) return;
  if (!validity) {
    validity = other;
    return;
  }
  validity->begin = std::min(validity->begin, other->begin);
  validity->end = std::max(validity->end, other->end);
}

void merge_origin(std::string& origins, const std::string& other) {
  const std::string all = ", " + origins + ", ";
  if (all.find(", " + other + ", ") == std::string::npos) origins += ", " + other;
}

}  // namespace

void PublicKeySet::name(const std::string& fingerprint, Entry* entry, bool computed) {
  const auto [place, added] = by_fingerprint_.try_emplace(fingerprint, Name{entry, computed});
  if (!added && computed && !place->second.computed) place->second = Name{entry, true};
}

Result<void> PublicKeySet::add(PublicKey key, const crypto::Backend& backend) {
  // Everything that can fail comes first.
  const Bytes pkcs1 = key.key.pkcs1_der();
  std::vector<std::string> computed = {key.fingerprint};
  if (!key.validity && key.stated_fingerprint.empty()) {
    for (const Bytes& der : {pkcs1, key.key.spki_der()}) {
      TRY(const Bytes hash, backend.hash(crypto::Hash::md5, der));
      computed.push_back(base::to_hex(hash));
    }
  }
  const std::string stated = lower(key.stated_fingerprint);

  auto known = by_key_.find(pkcs1);
  if (known == by_key_.end()) {
    TRY(std::unique_ptr<crypto::RsaVerifier> verifier, backend.rsa_verifier(key.key));
    auto entry = std::make_unique<Entry>(Entry{std::move(key), std::move(verifier)});
    known = by_key_.emplace(pkcs1, entry.get()).first;
    const auto place = std::upper_bound(entries_.begin(), entries_.end(), entry, [](const auto& a, const auto& b) {
      return a->key.fingerprint < b->key.fingerprint;
    });
    entries_.insert(place, std::move(entry));
  } else {
    merge_validity(known->second->key.validity, key.validity);
    merge_origin(known->second->key.origin, key.origin);
  }
  for (const std::string& fingerprint : computed) name(fingerprint, known->second, true);
  if (!stated.empty()) name(stated, known->second, false);
  return {};
}

const PublicKeySet::Entry* PublicKeySet::find(std::string_view fingerprint) const {
  const auto found = by_fingerprint_.find(lower(fingerprint));
  return found == by_fingerprint_.end() ? nullptr : found->second.entry;
}

}  // namespace trailseal::trail
