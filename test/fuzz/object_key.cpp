// Whatever parses is rebuilt to exactly the bytes that were read, and is one kind of object only.
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
  const std::string_view text = as_text(input);
  const std::optional<DigestKey> digest = parse_digest_key(text);
  const std::optional<LogKey> log = parse_log_key(text);
  demand(!digest || !log);
  if (digest) {
    demand(digest->key() == text);
    demand(digest->root.account == digest->chain.account && digest->root.org == digest->chain.org);
    demand(is_account(digest->chain.account) && (digest->chain.org.empty() || is_org(digest->chain.org)));
    demand(is_region(digest->chain.region) && is_region(digest->chain.home_region));
    demand(is_trail_name(digest->chain.trail));
    demand(digest->chain.home_region.find('_') == std::string::npos);
  }
  if (log) {
    demand(log->key() == text);
    const std::string_view name = text.substr(text.rfind('/') + 1);
    const std::string_view day = text.substr(text.size() - name.size() - 11, 10);
    const std::optional<LogName> same = parse_log_name(name, log->root.account, log->kind, log->region, day);
    demand(same && same->time == log->time && same->unique == log->unique);
  }
}
