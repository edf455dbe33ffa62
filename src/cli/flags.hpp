// Command line flags: described as data, parsed by cxxopts (this folder is its only home).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/result.hpp"

namespace trailseal::cli {

struct Flag {
  std::string_view name;      // without the dashes
  std::string_view argument;  // "FILE|DIR"; empty: a switch
  std::string help;
  char letter = 0;  // the short form; 0: none
  bool repeatable = false;
};

class Arguments {
 public:
  std::vector<std::string> words;  // as they were given
  std::vector<std::string> positional;
  std::map<std::string, std::vector<std::string>, std::less<>> values;

  bool has(std::string_view flag) const { return values.contains(flag); }
  std::vector<std::string> all(std::string_view flag) const;
  std::optional<std::string> one(std::string_view flag) const;
};

// A mistake on the command line, in words for the user.
struct UsageError {
  std::string message, hint;
};

// Reads `words` (what follows the command's name). Behind "--" everything is positional. A flag that is unknown, lacks
// its argument, or is given twice without being repeatable is an error.
std::optional<UsageError> parse_flags(const std::vector<Flag>& flags, const std::vector<std::string>& words,
                                      Arguments& arguments);

}  // namespace trailseal::cli
