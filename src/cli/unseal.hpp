// --envelope-keys of trailseal verify: logs and digests that were sealed at the client are opened on their way.
#pragma once

#include <optional>
#include <vector>

#include "cli/aws_flags.hpp"
#include "cli/flags.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/verify.hpp"

namespace trailseal::cli {

// --envelope-keys, --envelope-kms, --envelope-context, and how they are judged.
std::vector<Flag> unseal_flags();

// Reads the keys. Without any, `unsealing` still tells an envelope from a file that was altered. `backend` must outlive
// it.
std::optional<UsageError> make_unsealing(const Arguments& arguments, const crypto::Backend& backend,
                                         const AwsAccess& access, verify::Unsealing& unsealing);

}  // namespace trailseal::cli
