// PEM (RFC 7468): what openssl and ssh-keygen write. Lax about line lengths, blank space and the text around blocks,
// strict about what a block holds. The label does not decide how the DER is read, its content does: keys are often
// wrapped in the other of the two labels by hand.
#include "trail/pem.hpp"

#include <optional>
#include <string>

#include "base/base64.hpp"

namespace trailseal::trail {
namespace {

constexpr std::string_view kBegin = "-----BEGIN ";
constexpr std::string_view kEnd = "-----END ";
constexpr std::string_view kDashes = "-----";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f'; }

// Takes the next line without blank space at either end.
std::optional<std::string_view> next_line(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  while (!line.empty() && is_blank(line.back())) line.remove_suffix(1);
  while (!line.empty() && is_blank(line.front())) line.remove_prefix(1);
  return line;
}

// The label of a line "-----BEGIN label-----", given what it starts with.
std::optional<std::string_view> label_of(std::string_view line, std::string_view start) {
  if (!line.starts_with(start) || !line.ends_with(kDashes) || line.size() < start.size() + kDashes.size())
    return std::nullopt;
  return line.substr(start.size(), line.size() - start.size() - kDashes.size());
}

Error wrong_kind(std::string_view label) {
  if (label.find("PRIVATE KEY") != std::string_view::npos)
    return {Errc::unsupported, "a private key; only public keys belong here, and this one must not leave its owner"};
  if (label.find("CERTIFICATE") != std::string_view::npos)
    return {Errc::unsupported, "a certificate; CloudTrail's keys come as plain public keys"};
  return {Errc::unsupported, "a PEM block \"" + std::string(label) + "\"; a public key is wanted"};
}

}  // namespace

bool looks_like_pem(std::string_view text) noexcept {
  while (const std::optional<std::string_view> line = next_line(text))
    if (line->starts_with(kBegin)) return true;
  return false;
}

Result<std::vector<Bytes>> read_pem_public_keys(std::string_view text, std::size_t most) {
  std::vector<Bytes> keys;
  while (const std::optional<std::string_view> line = next_line(text)) {
    const std::optional<std::string_view> label = label_of(*line, kBegin);
    if (!label) continue;
    if (*label != "PUBLIC KEY" && *label != "RSA PUBLIC KEY") return wrong_kind(*label);
    if (keys.size() == most) return Error{Errc::limit, "more than " + std::to_string(most) + " keys"};
    std::string body;
    for (;;) {
      const std::optional<std::string_view> inner = next_line(text);
      if (!inner) return Error{Errc::corrupt, "a PEM block does not end"};
      if (label_of(*inner, kEnd) == label) break;
      for (const char c : *inner)
        if (!is_blank(c)) body += c;
    }
    std::optional<Bytes> der = base::from_base64(body);
    if (!der) return Error{Errc::corrupt, "a PEM block is not base64"};
    keys.push_back(*std::move(der));
  }
  return keys;
}

}  // namespace trailseal::trail
