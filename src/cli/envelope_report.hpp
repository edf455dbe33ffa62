// What trailseal envelope prints.
#pragma once

#include <string>
#include <vector>

#include "trailseal/envelope.hpp"

namespace trailseal::cli {

struct EnvelopeResult {
  std::string file;
  envelope::Opened opened;
};

// The exit status of all together: 1 if one is broken, else 2 if one is open, else 0.
int exit_status(const std::vector<EnvelopeResult>& results);

std::string envelope_text(const std::vector<EnvelopeResult>& results, std::size_t width, bool color);
std::string envelope_json(const std::vector<EnvelopeResult>& results);  // trailseal-envelope(1), REPORT FOR PROGRAMS

}  // namespace trailseal::cli
