// Is a digest what CloudTrail signed? Answers from the digest's own metadata, or from the copy of its signature that
// the next digest carries.
#pragma once

#include <string_view>

#include "trailseal/crypto.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

// Sets facts.signer and facts.own (and crypto_error). Needs facts.digest.
void check_own_signature(DigestFacts& facts, const trail::PublicKeySet& keys, const crypto::Backend& backend);

// Sets facts.successor: valid if `copy` (a successor's previousDigestSignature) verifies, else invalid unless it is
// valid already. A copy that does not verify proves nothing here: whoever can plant a file can write one. The judge of
// the link compares it where the successor is proven.
void check_copied_signature(DigestFacts& facts, std::string_view copy, const crypto::Backend& backend);

}  // namespace trailseal::verify
