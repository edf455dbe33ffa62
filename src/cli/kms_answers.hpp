// What is known of KMS keys: a folder of saved answers, or KMS itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/aws_flags.hpp"
#include "cli/flags.hpp"
#include "trailseal/kms.hpp"

namespace trailseal::cli {

// --kms-answers and --kms-key.
std::vector<Flag> kms_flags();

// Reads the folders and asks about the keys that the flags name; nullopt without such flags. Errors: invalid_argument
// (not the ARN of a key, a folder without answers), those of listing a folder. What else goes wrong is in the answers.
Result<std::optional<kms::Answers>> read_kms_answers(const Arguments& arguments, const AwsAccess& access);

}  // namespace trailseal::cli
