// Credentials that are renewed before they expire.
#pragma once

#include <functional>
#include <memory>

#include "aws/credentials.hpp"

namespace trailseal::aws {

// Renewed so long before they expire, so that a request is never under way with credentials that die.
inline constexpr Seconds kRenewEarly{300};

// Asks `find` at the first use and again when what it gave is about to expire; never twice at a time, and threads with
// credentials that are still good do not wait for it. If a renewal fails, the old ones are used for as long as they are
// good. A failure is kept for a minute: it would be the same for each of a thousand requests. `now` is the clock.
std::unique_ptr<CredentialSource> make_refreshing_source(std::function<Result<Credentials>()> find,
                                                         std::function<Time()> now);

// Always these.
std::unique_ptr<CredentialSource> make_fixed_source(Credentials credentials);

}  // namespace trailseal::aws
