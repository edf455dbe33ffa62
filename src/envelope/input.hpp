// The one way in which an envelope is read: forwards, once, in constant memory. What was read can be hashed on its way,
// so what was hashed is what was judged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "envelope/fault.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

class Input {
 public:
  // Everything is read through `source` and goes to `whole` as well. Both must outlive the Input.
  Input(const Source& source, crypto::Hasher& whole) : source_(source), whole_(whole) {}

  // What follows goes to `hasher` as well, until another is set or nullptr.
  void tee(crypto::Hasher* hasher) { tee_ = hasher; }

  // Fills `out` or fails: truncated, with `what` in its detail, or error.
  Failure exactly(std::span<std::uint8_t> out, std::string_view what);

  // The next bytes, at most `most` and at least one, valid until the next call; empty at the end. The last `keep` bytes
  // (at most kPeek) of the input are left for another call.
  Failure some(std::size_t most, ByteView& piece, std::size_t keep = 0);

  // Reads ahead, without taking anything: the next bytes, as many as there are up to `count` (at most kPeek).
  Failure peek(std::size_t count, ByteView& ahead);
  static constexpr std::size_t kPeek = 128;

  Failure at_end(bool& answer);

  // Takes all that is left, for the hash of the whole.
  Failure drain();

  std::uint64_t taken() const noexcept { return taken_; }  // bytes handed out so far

 private:
  Failure fill(std::size_t at_least);
  void take(ByteView bytes);

  static constexpr std::size_t kBuffer = 256u << 10;
  const Source& source_;
  crypto::Hasher& whole_;
  crypto::Hasher* tee_ = nullptr;
  Bytes buffer_ = Bytes(kBuffer);
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t taken_ = 0;
  bool ended_ = false;
};

// Big-endian numbers of 1 to 8 bytes.
std::uint64_t big_endian(ByteView bytes) noexcept;
void append_big_endian(Bytes& out, std::uint64_t value, std::size_t size);

}  // namespace trailseal::envelope
