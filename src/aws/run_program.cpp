#include "aws/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

extern "C" char** environ;

namespace trailseal::aws {
namespace {

using Clock = std::chrono::steady_clock;

struct Descriptor {
  int number = -1;
  Descriptor() = default;
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { close(); }
  void close() {
    if (number >= 0) ::close(number);
    number = -1;
  }
};

// What posix_spawn is told: no input, output into the pipe, the usual signals. The process group stays ours, for the
// program may ask for a PIN on the terminal, and Ctrl-C is meant for it too.
class Start {
 public:
  explicit Start(int output) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    ::posix_spawnattr_init(&attributes_);
    ::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGDEF);
    sigset_t usual;
    ::sigemptyset(&usual);
    ::sigaddset(&usual, SIGPIPE);  // we ignore it; others rely on it
    ::posix_spawnattr_setsigdefault(&attributes_, &usual);
  }
  ~Start() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Start(const Start&) = delete;
  Start& operator=(const Start&) = delete;

  int run(const std::vector<std::string>& words, pid_t& child) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    return ::posix_spawnp(&child, arguments.front(), &actions_, &attributes_, arguments.data(), environ);
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

std::string too_long(const ProgramLimits& limits) {
  return "did not end within " + std::to_string(limits.time.count()) + " ms";
}

// Everything up to the end of the pipe.
Result<Secret> read_all(int pipe, Clock::time_point end, const ProgramLimits& limits, const std::string& name) {
  std::string output(limits.output + 1, '\0');  // never grows, so no copy stays behind
  std::size_t size = 0;
  const auto failed = [&](Errc code, const std::string& why) {
    wipe(output);
    return Error{code, name + ": " + why};
  };
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now()).count();
    pollfd ready{pipe, POLLIN, 0};
    const int polled = left > 0 ? ::poll(&ready, 1, static_cast<int>(left)) : 0;
    if (polled == 0) return failed(Errc::limit, too_long(limits));
    const ssize_t got = polled < 0 ? -1 : ::read(pipe, output.data() + size, output.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failed(Errc::io, std::generic_category().message(errno));
    size += static_cast<std::size_t>(got);
    if (size > limits.output) return failed(Errc::limit, "wrote more than " + std::to_string(limits.output) + " bytes");
    if (got == 0) break;
  }
  output.resize(size);
  return Secret(std::move(output));
}

// A program may close its output and go on: its end is waited for until the time is up, too.
bool wait_until(pid_t child, Clock::time_point end, int& status) {
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child || (ended < 0 && errno != EINTR)) return true;
    if (Clock::now() >= end) return false;
    ::poll(nullptr, 0, 5);
  }
}

}  // namespace

Result<std::vector<std::string>> split_command(std::string_view line) {
  std::vector<std::string> words;
  bool inside = false;  // of a word, which may be empty: ''
  char quote = '\0';
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (quote == '\0' && blank) {
      inside = false;
      continue;
    }
    if (!inside) words.emplace_back();
    inside = true;
    if (quote == '\0' && (c == '\'' || c == '"')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else if (c == '\\' && quote != '\'') {
      if (++i == line.size()) return Error{Errc::invalid_argument, "a backslash at the end"};
      const std::string_view special = "\"\\$`";  // between double quotes a backslash is one before anything else
      if (quote == '"' && special.find(line[i]) == std::string_view::npos) words.back() += '\\';
      words.back() += line[i];
    } else {
      words.back() += c;
    }
  }
  if (quote != '\0') return Error{Errc::invalid_argument, "a quote that is not closed"};
  if (words.empty() || words.front().empty()) return Error{Errc::invalid_argument, "names no program"};
  return words;
}

Result<Secret> run_program(const std::vector<std::string>& words, const ProgramLimits& limits) {
  const std::string& name = words.at(0);
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return Error{Errc::io, std::generic_category().message(errno)};
  Descriptor ours, theirs;
  ours.number = ends[0];
  theirs.number = ends[1];
  const auto end = Clock::now() + limits.time;
  pid_t child = 0;
  if (const int number = Start(theirs.number).run(words, child); number != 0) {
    return Error{number == ENOENT ? Errc::not_found : Errc::io, name + ": " + std::generic_category().message(number)};
  }
  theirs.close();
  auto output = read_all(ours.number, end, limits, name);
  int status = 0;
  if (!output || !wait_until(child, end, status)) {
    ::kill(child, SIGKILL);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!output) return output;
    return Error{Errc::limit, name + ": " + too_long(limits)};
  }
  if (WIFSIGNALED(status)) return Error{Errc::io, name + ": ended by signal " + std::to_string(WTERMSIG(status))};
  if (WEXITSTATUS(status) != 0)
    return Error{Errc::io, name + ": ended with status " + std::to_string(WEXITSTATUS(status))};
  return output;
}

}  // namespace trailseal::aws
