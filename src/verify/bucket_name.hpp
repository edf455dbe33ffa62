// What is the bucket of a mirror called?
#pragma once

#include <string>

#include "verify/context.hpp"
#include "verify/plan.hpp"

namespace trailseal::verify {

struct BucketName {
  std::string name;    // empty: unknown
  std::string origin;  // as in verdict::SourceUse
};

// The name given by the user, or the one that the oldest valid digest of each chain states, or that all digests read on
// the way claim. Errors: invalid_argument when valid digests state two.
Result<BucketName> name_bucket(Context& context, const Plan& plan, std::uint32_t source);

// "SOURCE holds digests of the buckets A and B; ..." with the way out.
Error two_names(std::string_view label, const std::string& one, const std::string& other);

}  // namespace trailseal::verify
