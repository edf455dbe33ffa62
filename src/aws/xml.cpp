#include "aws/xml.hpp"

#include <charconv>
#include <vector>

namespace trailseal::aws {
namespace {

constexpr std::size_t kMostDepth = 16;      // S3's listings have 4
constexpr std::size_t kMostName = 64;       // bytes of an element's name
constexpr std::size_t kMostText = 1 << 16;  // bytes of an element's text; a key has 1,024, encoded 3,072
constexpr std::size_t kMostReference = 10;  // "#x10FFFF" and a little more

Error corrupt(const char* fault) { return {Errc::corrupt, std::string("XML: ") + fault}; }

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kMostName || name.back() == ':') return false;
  for (const char c : name)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
          c == '.' || c == ':'))
      return false;
  return true;
}

bool append_utf8(std::uint32_t code, std::string& out) {
  if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF)) return false;
  const auto tail = [&](unsigned shift) { out += static_cast<char>(0x80 | ((code >> shift) & 0x3F)); };
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    tail(0);
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    tail(6);
    tail(0);
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    tail(12);
    tail(6);
    tail(0);
  }
  return true;
}

// What stands between "&" and ";". S3 writes control characters of keys as references, which XML 1.0 forbids; they are
// taken all the same, for an honest key may have them.
bool resolve(std::string_view name, std::string& out) {
  if (name == "lt") return out += '<', true;
  if (name == "gt") return out += '>', true;
  if (name == "amp") return out += '&', true;
  if (name == "quot") return out += '"', true;
  if (name == "apos") return out += '\'', true;
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const int base = name.starts_with('x') ? 16 : 10;
  if (base == 16) name.remove_prefix(1);
  std::uint32_t code = 0;
  const auto [end, fault] = std::from_chars(name.data(), name.data() + name.size(), code, base);
  return fault == std::errc{} && end == name.data() + name.size() && append_utf8(code, out);
}

class Scanner {
 public:
  Scanner(std::string_view rest, const XmlVisitor& visitor) : rest_(rest), visitor_(visitor) {}

  Result<void> run() {
    if (rest_.starts_with("\xEF\xBB\xBF")) rest_.remove_prefix(3);
    if (rest_.starts_with("<?xml") && !skip_past("?>")) return corrupt("ends in its first line");
    while (!rest_.empty()) {
      if (rest_.starts_with("<!--")) {
        if (!skip_past("-->")) return corrupt("ends in a comment");
      } else if (rest_.starts_with("</")) {
        TRY_VOID(close_tag());
      } else if (rest_.front() == '<') {
        TRY_VOID(open_tag());
      } else {
        TRY_VOID(text());
      }
    }
    if (!open_.empty()) return corrupt("ends inside an element");
    if (!root_seen_) return corrupt("holds no element");
    return {};
  }

 private:
  struct Element {
    std::size_t path_size;  // of its parent
    std::string name;       // as written
    std::string text;
  };

  bool skip_past(std::string_view mark) {
    const auto at = rest_.find(mark);
    if (at == std::string_view::npos) return false;
    rest_.remove_prefix(at + mark.size());
    return true;
  }

  // The tag up to its ">", quoted attribute values respected; nullopt if there is none.
  std::optional<std::string_view> tag() {
    char quote = '\0';
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != '\0') {
        if (c == quote) quote = '\0';
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '<') {
        return std::nullopt;
      } else if (c == '>') {
        const auto inner = rest_.substr(1, i - 1);
        rest_.remove_prefix(i + 1);
        return inner;
      }
    }
    return std::nullopt;
  }

  Result<void> open_tag() {
    auto inner = tag();
    if (!inner) return corrupt("a tag without an end");
    const bool empty = inner->ends_with('/');
    if (empty) inner->remove_suffix(1);
    std::size_t end = 0;
    while (end < inner->size() && !is_space((*inner)[end])) ++end;
    const std::string_view name = inner->substr(0, end);
    if (!is_name(name)) return corrupt("a tag with an odd name");
    if (open_.empty() && root_seen_) return corrupt("something behind the root element");
    if (open_.size() >= kMostDepth) return corrupt("elements too deep in each other");
    root_seen_ = true;
    open_.push_back({path_.size(), std::string(name), {}});
    if (!path_.empty()) path_ += '/';
    path_ += name.substr(name.rfind(':') + 1);
    if (visitor_.open) visitor_.open(path_);
    return empty ? leave() : Result<void>{};
  }

  Result<void> close_tag() {
    const auto end = rest_.find('>');
    if (end == std::string_view::npos) return corrupt("a tag without an end");
    std::string_view name = rest_.substr(2, end - 2);
    while (!name.empty() && is_space(name.back())) name.remove_suffix(1);
    if (open_.empty() || open_.back().name != name) return corrupt("tags that do not match");
    rest_.remove_prefix(end + 1);
    return leave();
  }

  Result<void> leave() {
    const Element element = std::move(open_.back());
    open_.pop_back();
    if (visitor_.close) TRY_VOID(visitor_.close(path_, element.text));
    path_.resize(element.path_size);
    return {};
  }

  Result<void> text() {
    const auto piece = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(piece.size());
    if (open_.empty()) {
      for (const char c : piece)
        if (!is_space(c)) return corrupt("text outside the root element");
      return {};
    }
    std::string& out = open_.back().text;
    if (out.size() + piece.size() > kMostText) return corrupt("an element with too much text");
    for (std::size_t i = 0; i < piece.size(); ++i) {
      if (piece[i] != '&') {
        out += piece[i];
        continue;
      }
      const auto end = piece.find(';', i);
      if (end == std::string_view::npos || end - i - 1 > kMostReference ||
          !resolve(piece.substr(i + 1, end - i - 1), out))
        return corrupt("an unknown reference");
      i = end;
    }
    return {};
  }

  std::string_view rest_;
  const XmlVisitor& visitor_;
  std::string path_;
  std::vector<Element> open_;
  bool root_seen_ = false;
};

}  // namespace

Result<void> scan_xml(ByteView xml, const XmlVisitor& visitor) { return Scanner(as_text(xml), visitor).run(); }

}  // namespace trailseal::aws
