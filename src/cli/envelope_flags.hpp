// What trailseal envelope and trailseal verify share of the flags that say how envelopes are opened.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::cli {

// --require-commitment, --allow-legacy, --max-edks, --compat.
std::vector<Flag> envelope_policy_flags();
std::optional<UsageError> read_envelope_policy(const Arguments& arguments, envelope::Policy& policy);

// The NAME=VALUE pairs of `flag`.
std::optional<UsageError> read_envelope_context(const Arguments& arguments, std::string_view flag,
                                                envelope::Context& expected);

// Keys and plaintext must not end up in a core file.
void forbid_core_files();

}  // namespace trailseal::cli
