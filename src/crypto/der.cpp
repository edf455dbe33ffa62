#include "crypto/der.hpp"

#include <bit>
#include <string>

namespace trailseal::crypto {
namespace {

// Bytes that a length takes behind its first one.
std::size_t length_digits(std::size_t length) noexcept {
  return length < 0x80 ? 0 : (static_cast<std::size_t>(std::bit_width(length)) + 7) / 8;
}

void append_header(Bytes& out, DerTag tag, std::size_t size) {
  out.push_back(static_cast<std::uint8_t>(tag));
  const std::size_t digits = length_digits(size);
  out.push_back(static_cast<std::uint8_t>(digits == 0 ? size : 0x80 | digits));
  for (std::size_t i = digits; i-- > 0;) out.push_back(static_cast<std::uint8_t>(size >> (8 * i)));
}

}  // namespace

Error DerReader::corrupt(std::string_view why) const {
  return Error{Errc::corrupt, std::string(what_) + ": " + std::string(why)};
}

Result<ByteView> DerReader::take(DerTag tag) {
  if (rest_.size() < 2 || !next_is(tag)) return corrupt("not the expected DER element");
  std::size_t length = rest_[1];
  std::size_t header = 2;
  if (length >= 0x80) {
    const std::size_t digits = length & 0x7f;
    if (digits == 0 || digits > 4 || rest_.size() - header < digits) return corrupt("not a DER length");
    length = 0;
    for (const std::uint8_t digit : rest_.subspan(header, digits)) length = length << 8 | digit;
    if (rest_[header] == 0 || length < 0x80) return corrupt("a DER length is not minimal");
    header += digits;
  }
  if (rest_.size() - header < length) return corrupt("cut short");
  const ByteView content = rest_.subspan(header, length);
  rest_ = rest_.subspan(header + length);
  return content;
}

Result<DerReader> DerReader::take_sequence() {
  TRY(const ByteView content, take(DerTag::sequence));
  return DerReader(what_, content);
}

Result<ByteView> DerReader::take_positive() {
  TRY(const ByteView content, take(DerTag::integer));
  if (content.empty()) return corrupt("an empty integer");
  if ((content[0] & 0x80) != 0) return corrupt("a negative integer");
  if (content[0] != 0) return content;
  if (content.size() == 1) return corrupt("an integer is zero");
  if ((content[1] & 0x80) == 0) return corrupt("an integer is not minimal");
  return content.subspan(1);
}

Result<void> DerReader::expect_end() const {
  if (!rest_.empty()) return corrupt("bytes behind the end of a structure");
  return {};
}

void append_element(Bytes& out, DerTag tag, ByteView content) {
  append_header(out, tag, content.size());
  out.insert(out.end(), content.begin(), content.end());
}

void append_positive(Bytes& out, ByteView magnitude) {
  const bool looks_negative = (magnitude[0] & 0x80) != 0;
  append_header(out, DerTag::integer, magnitude.size() + (looks_negative ? 1 : 0));
  if (looks_negative) out.push_back(0);
  out.insert(out.end(), magnitude.begin(), magnitude.end());
}

ByteView without_zeros(ByteView number) noexcept {
  while (!number.empty() && number[0] == 0) number = number.subspan(1);
  return number;
}

}  // namespace trailseal::crypto
