// Running the program that credential_process names.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "aws/secret.hpp"
#include "trailseal/result.hpp"

namespace trailseal::aws {

// Takes a command line apart as a POSIX shell would (blanks, '...', "...", backslash) and expands nothing: "$", "*",
// "~", ";" and "|" are ordinary characters. Errors: invalid_argument (an open quote, no word at all).
Result<std::vector<std::string>> split_command(std::string_view line);

struct ProgramLimits {
  std::chrono::milliseconds time{60'000};  // a person may have to touch a key
  std::size_t output = 1u << 16;
};

// The standard output of a program that ends with status 0. It is searched in PATH, gets no input and our environment,
// and its standard error is ours, for it may ask something. It is killed when it takes too long or writes too much.
// Errors: not_found, io (a status, a signal), limit; never its output.
Result<Secret> run_program(const std::vector<std::string>& words, const ProgramLimits& limits = {});

}  // namespace trailseal::aws
