#include "base/hex.hpp"

#include <cstdint>

namespace trailseal::base {
namespace {

constexpr std::array<std::int8_t, 256> kValues = [] {
  std::array<std::int8_t, 256> values{};
  values.fill(-1);
  for (unsigned i = 0; i < 10; ++i) values['0' + i] = static_cast<std::int8_t>(i);
  for (unsigned i = 0; i < 6; ++i) values['a' + i] = values['A' + i] = static_cast<std::int8_t>(10 + i);
  return values;
}();

// `out` has room for half of the digits. False if a character is no digit.
bool decode(std::string_view text, std::uint8_t* out) {
  int seen = 0;  // negative as soon as one value was
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    const std::int8_t high = kValues[static_cast<unsigned char>(text[i])];
    const std::int8_t low = kValues[static_cast<unsigned char>(text[i + 1])];
    seen |= high | low;
    out[i / 2] = static_cast<std::uint8_t>((high & 15) << 4 | (low & 15));
  }
  return seen >= 0;
}

}  // namespace

std::string to_hex(ByteView bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text(bytes.size() * 2, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    text[2 * i] = kDigits[bytes[i] >> 4];
    text[2 * i + 1] = kDigits[bytes[i] & 15];
  }
  return text;
}

std::optional<Bytes> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  Bytes bytes(text.size() / 2);
  if (!decode(text, bytes.data())) return std::nullopt;
  return bytes;
}

std::optional<Sha256> sha256_from_hex(std::string_view text) {
  Sha256 hash;
  if (text.size() != 2 * hash.size() || !decode(text, hash.data())) return std::nullopt;
  return hash;
}

}  // namespace trailseal::base
