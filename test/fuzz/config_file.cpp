// Names are trimmed and small, and an error names a line, never what stands in it.
#include "aws/config_file.hpp"

#include <cstdlib>

#include "fuzz/fuzz.hpp"

using namespace trailseal;

void fuzz(ByteView input) {
  const auto file = aws::parse_config_file(input);
  if (!file) {
    const std::string& message = file.error().message;
    if (file.error().code == Errc::corrupt && !message.starts_with("line ")) std::abort();
    if (message.size() > 80) std::abort();
    return;
  }
  for (const auto& [section, settings] : *file) {
    if (section.empty()) std::abort();
    for (const auto& [name, value] : settings) {
      if (name.empty()) std::abort();
      for (const char c : name)
        if (c >= 'A' && c <= 'Z') std::abort();
      if (value.text().find_first_of(std::string_view("\n\0", 2)) != std::string::npos) std::abort();
    }
  }
}
