#include "report/text_layout.hpp"

#include <algorithm>

namespace trailseal::report {

using verdict::Outcome;
using verdict::Severity;

std::string wrap(std::string_view lead, std::string_view text, std::size_t width, std::size_t indent) {
  std::string out;
  std::string line(lead);
  if (line.size() > indent && !text.empty()) {
    out = line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
    line.clear();
  }
  line.resize(std::max(indent, line.size()), ' ');
  bool begins = true;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find(' '), text.size());
    if (!begins && line.size() + 1 + length > width) {
      out += line + "\n";
      line.assign(indent, ' ');
      begins = true;
    }
    if (!begins) line += ' ';
    line += text.substr(0, length);
    begins = false;
    text.remove_prefix(std::min(length + 1, text.size()));
  }
  return out + line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
}

std::string left(std::string_view text, std::size_t width) {
  std::string out(text);
  out.resize(std::max(width, out.size()), ' ');
  return out;
}

std::string right(std::string_view text, std::size_t width) {
  return std::string(width > text.size() ? width - text.size() : 0, ' ') + std::string(text);
}

std::string paint(std::string_view text, Tone tone, bool color) {
  const auto code = [tone] {
    switch (tone) {
      case Tone::good: return "\x1b[32m";
      case Tone::bad: return "\x1b[1;31m";
      case Tone::doubt: return "\x1b[33m";
      case Tone::faint: return "\x1b[2m";
      case Tone::title: return "\x1b[1m";
      case Tone::plain: break;
    }
    return "";
  };
  if (!color || tone == Tone::plain || text.empty()) return std::string(text);
  return code() + std::string(text) + "\x1b[0m";
}

Tone tone_of(Outcome outcome) noexcept {
  switch (outcome) {
    case Outcome::verified: return Tone::good;
    case Outcome::open: return Tone::doubt;
    case Outcome::violated: return Tone::bad;
  }
  return Tone::plain;
}

Tone tone_of(Severity severity) noexcept {
  switch (severity) {
    case Severity::violation: return Tone::bad;
    case Severity::open:
    case Severity::warning: return Tone::doubt;
    case Severity::notice: return Tone::faint;
  }
  return Tone::plain;
}

}  // namespace trailseal::report
