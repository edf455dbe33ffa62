// The rules are those of aws-cli (Python's RawConfigParser without inline comments), which is what these files are
// written for:
//   * "[name]" begins a section, "name = value" or "name : value" is a setting, names of settings in any case;
//   * a line that begins with "#" or ";", behind white space or not, is a comment; a "#" further on belongs to the
//     value, so a credential_process may contain one;
//   * an indented line continues the setting above it. If that has no value of its own, the indented lines are settings
//     nested in it; otherwise they are more of its value, which no setting that we read has, and are dropped.
// Lines end in LF or CRLF; a byte order mark is skipped; a NUL byte is refused.
#include "aws/config_file.hpp"

#include <optional>
#include <string_view>

namespace trailseal::aws {
namespace {

constexpr std::size_t kMostSettings = 50'000;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\v'; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c | 0x20);
  return out;
}

// "  profile   'my profile' " -> "profile my profile"
std::optional<std::string> section_name(std::string_view text) {
  std::string name;
  char quote = '\0';
  for (const char c : trim(text)) {
    if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote) {
      quote = '\0';
    } else if (quote == '\0' && is_blank(c)) {
      if (!name.empty() && name.back() != ' ') name += ' ';
    } else {
      name += c;
    }
  }
  if (quote != '\0' || name.empty()) return std::nullopt;
  return name;
}

class Reader {
 public:
  Result<ConfigFile> read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      ++line_;
      TRY_VOID(read_line(text.substr(0, end)));
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
    return std::move(file_);
  }

 private:
  Error fault(const char* what) const { return {Errc::corrupt, "line " + std::to_string(line_) + ": " + what}; }

  Result<void> read_line(std::string_view line) {
    if (line.find('\0') != std::string_view::npos) return fault("a NUL byte");
    const std::string_view content = trim(line);
    if (content.empty() || content.front() == '#' || content.front() == ';') return {};
    if (is_blank(line.front()) && section_ != nullptr && !setting_.empty()) return nested(content);
    if (content.front() == '[') return begin_section(content);
    return setting(content);
  }

  Result<void> begin_section(std::string_view content) {
    const std::size_t end = content.find(']');
    const std::string_view rest = end == std::string_view::npos ? content : trim(content.substr(end + 1));
    if (end == std::string_view::npos || (!rest.empty() && rest.front() != '#' && rest.front() != ';'))
      return fault("a section without its closing bracket");
    const auto name = section_name(content.substr(1, end - 1));
    if (!name) return fault("a section without a proper name");
    section_ = &file_[*name];
    setting_.clear();
    return count();
  }

  Result<void> setting(std::string_view content) {
    if (section_ == nullptr) return fault("a setting before the first section");
    TRY(const auto pair, split(content));
    setting_ = lower(pair.first);
    nests_ = pair.second.empty();
    section_->insert_or_assign(setting_, std::string(pair.second));
    return count();
  }

  Result<void> nested(std::string_view content) {
    if (!nests_) return {};
    TRY(const auto pair, split(content));
    section_->insert_or_assign(setting_ + "." + lower(pair.first), std::string(pair.second));
    return count();
  }

  Result<std::pair<std::string_view, std::string_view>> split(std::string_view content) const {
    const std::size_t at = content.find_first_of("=:");
    if (at == std::string_view::npos || at == 0) return fault("neither a section nor \"name = value\"");
    return std::pair(trim(content.substr(0, at)), trim(content.substr(at + 1)));
  }

  Result<void> count() {
    if (++settings_ > kMostSettings) return Error{Errc::limit, "too many settings"};
    return {};
  }

  ConfigFile file_;
  ConfigSection* section_ = nullptr;
  std::string setting_;  // the one that an indented line belongs to
  bool nests_ = false;
  std::size_t line_ = 0, settings_ = 0;
};

}  // namespace

Result<ConfigFile> parse_config_file(ByteView bytes) {
  if (bytes.size() > kMostConfigBytes) return Error{Errc::limit, "larger than 1 MiB"};
  return Reader().read(as_text(bytes));
}

}  // namespace trailseal::aws
