#include "cli/terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace trailseal::cli {
namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : std::string_view{value};
}

}  // namespace

bool is_terminal(int descriptor) { return isatty(descriptor) == 1; }

bool can_redraw(int descriptor) { return is_terminal(descriptor) && environment("TERM") != "dumb"; }

std::size_t width_of(int descriptor) {
  constexpr std::size_t kDefault = 100, kNarrowest = 80, kWidest = 200;
  winsize size{};
  if (!is_terminal(descriptor) || ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return kDefault;
  return std::clamp<std::size_t>(size.ws_col, kNarrowest, kWidest);
}

bool wants_color(const std::string& wish, int descriptor) {
  if (wish != "auto") return wish == "always";
  if (!environment("NO_COLOR").empty()) return false;
  const std::string_view forced = environment("FORCE_COLOR");
  if (!forced.empty()) return forced != "0";
  return can_redraw(descriptor);
}

}  // namespace trailseal::cli
