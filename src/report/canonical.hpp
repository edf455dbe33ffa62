// The verdict as its JSON report has it. Reports that state the SHA-256 of that report are made of this, so that they
// are the same bytes whether they are made at once or from the JSON report later.
#pragma once

#include <string>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

struct Canonical {
  verdict::Verdict verdict;
  std::string json_sha256;  // in hexadecimal; "(unknown)" if the crypto library fails
};
Canonical canonical(const verdict::Verdict& verdict);

}  // namespace trailseal::report
