// The thin program: finds the command, hands it its arguments, turns the answer into an exit status.
#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

#include "base/escape.hpp"
#include "cli/command.hpp"

namespace trailseal::cli {

int fail(std::string_view message, std::string_view hint) {
  std::string text = fmt::format("trailseal: {}\n", message);
  if (!hint.empty()) text += fmt::format("hint: {}\n", hint);
  std::fputs(text.c_str(), stderr);
  return kCouldNotStart;
}

int print(std::string_view text, int status) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return status;
  if (errno == EPIPE) return kCouldNotStart;  // the reader had enough: no news to it, but no success either
  return fail(fmt::format("cannot write to standard output: {}", std::strerror(errno)));
}

namespace {

int unknown_command(const std::string& word) {
  std::vector<std::string_view> names;
  for (const Command& command : commands()) names.push_back(command.name);
  for (const std::string_view option : {"--help", "--version"}) names.push_back(option);
  const auto meant = suggest(word, names);
  return fail(fmt::format("unknown command '{}'", base::printable(word)),
              meant ? fmt::format("did you mean '{}'?", *meant) : "trailseal --help lists the commands");
}

int run_command(const Command& command, const std::vector<std::string>& words) {
  for (const std::string& word : words) {
    if (word == "--") break;
    if (word == "-h" || word == "--help") return print(help_of(command));
  }
  Arguments arguments;
  arguments.words = words;
  if (const auto mistake = parse_flags(command.flags, words, arguments)) {
    const std::string hint = fmt::format("trailseal {} --help", command.name);
    return fail(mistake->message, mistake->hint.empty() ? hint : mistake->hint);
  }
  return command.run(arguments);
}

// A file that is opened must not become standard output because that was closed (">&-"). Writing to these fails.
void fill_closed_streams() {
  for (int stream = 0; stream <= 2; ++stream)
    if (::fcntl(stream, F_GETFD) < 0) ::open("/dev/null", O_RDONLY);
}

int unknown_option(const std::string& word) {
  const auto meant = suggest(word, {"--help", "--version"});
  return fail(fmt::format("unknown option '{}'", base::printable(word)),
              meant ? fmt::format("did you mean '{}'?", *meant) : "options stand behind the command");
}

int dispatch(const std::vector<std::string>& words) {
  if (words.empty()) return fail("no command is given", "trailseal --help lists the commands");
  const std::string& first = words.front();
  if (first == "-h" || first == "--help" || (first == "help" && words.size() == 1)) return print(help_of_program());
  if (first == "--version") return print(version_text());
  if (first.starts_with('-')) return unknown_option(first);
  for (const Command& command : commands()) {
    if (command.name == first) return run_command(command, {words.begin() + 1, words.end()});
    if (first == "help" && command.name == words[1]) return print(help_of(command));
  }
  return unknown_command(first == "help" ? words[1] : first);
}

}  // namespace
}  // namespace trailseal::cli

// The only catch of the program's own: what arrives here is a bug, not evidence.
int main(int argc, char** argv) try {
  trailseal::cli::fill_closed_streams();
  std::signal(SIGPIPE, SIG_IGN);  // a reader that goes away is a failed write, with a message and a status
  return trailseal::cli::dispatch({argv + (argc > 0 ? 1 : 0), argv + argc});
} catch (const std::exception& bug) {
  std::fprintf(stderr, "trailseal: internal error: %s\nhint: this is a bug; please report it\n", bug.what());
  return trailseal::cli::kBug;
}
