#include "envelope/context.hpp"

#include "base/escape.hpp"
#include "envelope/input.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::size_t kCountSize = 2, kLengthSize = 2;

// Takes a text with its length from the front of `rest`.
bool take_text(ByteView& rest, std::string& text) {
  if (rest.size() < kLengthSize) return false;
  const std::size_t length = big_endian(rest.first(kLengthSize));
  rest = rest.subspan(kLengthSize);
  if (rest.size() < length) return false;
  text = as_text(rest.first(length));
  rest = rest.subspan(length);
  return true;
}

bool is_utf8(const std::string& text) { return base::to_utf8(text) == text; }

}  // namespace

Bytes serialise(const Context& context) {
  Bytes out;
  if (context.empty()) return out;
  append_big_endian(out, context.size(), kCountSize);
  for (const auto& [name, value] : context) {
    for (const std::string* text : {&name, &value}) {
      append_big_endian(out, text->size(), kLengthSize);
      out.insert(out.end(), text->begin(), text->end());
    }
  }
  return out;
}

Failure parse_context(ByteView bytes, Context& context, bool& signer_last) {
  signer_last = false;
  if (bytes.size() < kCountSize) return malformed("an encryption context of one byte");
  const std::size_t count = big_endian(bytes.first(kCountSize));
  ByteView rest = bytes.subspan(kCountSize);
  if (count == 0) return malformed("an encryption context of no pairs that is not empty");
  for (std::size_t i = 0; i < count; ++i) {
    std::string name, value;
    if (!take_text(rest, name) || !take_text(rest, value))
      return malformed("a pair of the encryption context is longer than the context");
    if (!is_utf8(name) || !is_utf8(value)) return malformed("a text of the encryption context is not UTF-8");
    if (context.contains(name)) return malformed("a name stands twice in the encryption context");
    if (!context.empty() && name < context.rbegin()->first) {
      signer_last = name == kPublicKeyName && i == count - 1;
      if (!signer_last) return malformed("the names of the encryption context are out of order");
    }
    context.emplace(std::move(name), std::move(value));
  }
  if (!rest.empty()) return malformed("bytes behind the last pair of the encryption context");
  return {};
}

}  // namespace trailseal::envelope
