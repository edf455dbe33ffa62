// The two flags that choose who computes.
#pragma once

#include <memory>
#include <vector>

#include "cli/flags.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

std::vector<Flag> crypto_flags();  // --crypto, --cross-check

// Both of them, which is a mistake?
std::optional<UsageError> check_crypto_flags(const Arguments& arguments);

// The backend to ask; `cross_check` keeps the one that is made here alive. Errors: invalid_argument.
Result<const crypto::Backend*> choose_backend(const Arguments& arguments,
                                              std::unique_ptr<crypto::Backend>& cross_check);

}  // namespace trailseal::cli
