// What a command is: data for --help, the manual's lint and the parser, and one function.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/flags.hpp"

namespace trailseal::cli {

// Exit statuses besides those of a verdict (trailseal(1), EXIT STATUS).
inline constexpr int kCouldNotStart = 3;
inline constexpr int kBug = 70;  // EX_SOFTWARE

struct Example {
  std::string_view what;     // "the last day, strictly"
  std::string_view command;  // "trailseal verify --keys keys.json --since 24h --strict mirror/"
};

struct Command {
  std::string_view name;
  std::string_view summary;   // one line
  std::string_view synopsis;  // after the name: "[options] SOURCE..."
  std::vector<Example> examples;
  std::vector<Flag> flags;
  int (*run)(const Arguments&);  // returns the exit status
};

std::span<const Command> commands();
std::string_view version();                     // "0.1.0"
std::span<const std::string_view> libraries();  // "fmt 9.1.0", ...

std::string help_of_program();
std::string help_of(const Command& command);
std::string version_text();

// "trailseal: MESSAGE" and, unless empty, "hint: HINT" on standard error. Returns kCouldNotStart. The message is ours;
// whoever puts foreign text into it escapes it first.
int fail(std::string_view message, std::string_view hint = {});

// Writes to standard output and makes sure that it arrived. Returns `status`, or kCouldNotStart after a message.
int print(std::string_view text, int status = 0);

// The candidate that `word` was probably meant to be, or nullopt.
std::optional<std::string> suggest(std::string_view word, const std::vector<std::string_view>& candidates);

}  // namespace trailseal::cli
