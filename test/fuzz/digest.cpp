// A digest that parses has everything that a judge relies on.
#include <cstdlib>

#include "fuzz/fuzz.hpp"
#include "trailseal/trail.hpp"

using namespace trailseal;
using namespace trailseal::trail;

namespace {

void demand(bool promise) {
  if (!promise) std::abort();
}

bool same(const Digest& a, const Digest& b) {
  return a.account == b.account && a.start == b.start && a.end == b.end && a.logs.size() == b.logs.size() &&
         a.string_to_sign({}) == b.string_to_sign({});
}

}  // namespace

void fuzz(ByteView input) {
  static DigestParser used;  // what it read before must not matter
  DigestParser fresh;
  const Result<Digest> digest = fresh.parse(input);
  const Result<Digest> again = used.parse(input);
  demand(digest.has_value() == again.has_value());
  if (!digest) {
    demand(digest.error() == again.error() && !digest.error().message.empty());
    demand(digest.error().code == Errc::corrupt || digest.error().code == Errc::limit);
    return;
  }
  demand(same(*digest, *again));
  demand(is_account(digest->account) && digest->start <= digest->end);
  demand(to_string(digest->end) == digest->end_text);
  demand(!digest->bucket.empty() && !digest->key.empty() && digest->fingerprint.size() == 32);
  if (digest->previous) {
    demand(!digest->previous->bucket.empty() && !digest->previous->key.empty());
    demand(!digest->previous->signature.empty() && digest->previous->signature.size() % 2 == 0);
  }
  for (const ListedLog& log : digest->logs) {
    demand(!log.bucket.empty() && !log.key.empty());
    demand(log.hash_known || log.hash == Sha256{});
  }
}
