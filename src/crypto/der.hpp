// Strict DER (X.690 10 and 11), as much as keys and signatures need: definite, minimal lengths, minimal positive
// integers, and nothing behind a structure. It is ours because the libraries' readers differ: two of three accept bytes
// behind a key, which would let one key go by many fingerprints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::crypto {

enum class DerTag : std::uint8_t {
  integer = 0x02,
  bit_string = 0x03,
  octet_string = 0x04,
  null = 0x05,
  object_identifier = 0x06,
  sequence = 0x30,
  context_0 = 0xa0,
};

// Takes elements off the front of some bytes. Every Error is corrupt and begins with `what` ("public key").
class DerReader {
 public:
  DerReader(std::string_view what, ByteView bytes) : what_(what), rest_(bytes) {}

  // The content of the next element, which must have this tag.
  Result<ByteView> take(DerTag tag);
  // A reader of the next element, a sequence.
  Result<DerReader> take_sequence();
  // The magnitude of the next element, an INTEGER above zero: big endian, no leading zero.
  Result<ByteView> take_positive();

  bool next_is(DerTag tag) const noexcept { return !rest_.empty() && rest_[0] == static_cast<std::uint8_t>(tag); }
  bool empty() const noexcept { return rest_.empty(); }
  Result<void> expect_end() const;

  std::string_view what() const noexcept { return what_; }
  Error corrupt(std::string_view why) const;

 private:
  std::string_view what_;
  ByteView rest_;
};

// Takes the AlgorithmIdentifier of rsaEncryption (RFC 3279 2.3.1), or unsupported; in public_key.cpp.
Result<void> take_rsa_encryption(DerReader& reader);

// Writers of one element each. `out` grows: a caller with secrets reserves enough, so that none is left behind.
void append_element(Bytes& out, DerTag tag, ByteView content);
void append_positive(Bytes& out, ByteView magnitude);  // not empty

// Without the zeros in front.
ByteView without_zeros(ByteView number) noexcept;

}  // namespace trailseal::crypto
