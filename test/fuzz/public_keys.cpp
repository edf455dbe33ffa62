// A key that parses can be named, written, read again and used.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;

namespace {

void demand(bool promise) {
  if (!promise) std::abort();
}

}  // namespace

void fuzz(ByteView input) {
  const crypto::Backend& backend = *crypto::backends().front();
  const Result<std::vector<PublicKey>> keys = parse_public_keys(input, "origin", backend);
  if (!keys) {
    demand(!keys.error().message.empty());
    demand(keys.error().code == Errc::corrupt || keys.error().code == Errc::unsupported ||
           keys.error().code == Errc::limit);
    return;
  }
  PublicKeySet set;
  for (const PublicKey& key : *keys) {
    demand(key.fingerprint.size() == 32 && key.origin == "origin");
    demand(!key.validity || key.validity->begin <= key.validity->end);
    const Bytes der = key.encoding == "PKCS#1" ? key.key.pkcs1_der() : key.key.spki_der();
    const Result<std::vector<PublicKey>> again = parse_public_keys(der, "origin", backend);
    demand(again && again->size() == 1 && again->front().fingerprint == key.fingerprint);
    demand(set.add(key, backend).has_value());
    const PublicKeySet::Entry* entry = set.find(key.fingerprint);
    demand(entry != nullptr && entry->key.key == key.key && entry->verifier != nullptr);
  }
  demand(set.entries().size() <= keys->size());
}
