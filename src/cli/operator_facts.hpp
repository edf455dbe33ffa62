// Who runs the program, and which program that is: for the record of an acquisition.
#pragma once

#include <string>
#include <vector>

#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"

namespace trailseal::cli {

// "user@host", as the operating system has it.
std::string operating_user();

// SHA-256 of the running executable, in hexadecimal. Errors: those of reading it.
Result<std::string> own_hash(const crypto::Backend& backend);

// The words of a command line, without what may be secret: user and password of a URL.
std::vector<std::string> without_secrets(std::vector<std::string> words);

}  // namespace trailseal::cli
