// --kms of trailseal envelope: the keys of KMS that may be asked to open something, and the asking.
#pragma once

#include <string>
#include <vector>

#include "cli/aws_flags.hpp"
#include "trailseal/envelope.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

// `arns` alone are asked, each in its own region, whatever a message claims. Errors: invalid_argument (not the ARN of a
// key).
Result<envelope::KmsUnwrap> make_kms_unwrap(AwsAccess access, const std::vector<std::string>& arns);

}  // namespace trailseal::cli
