// Bounded, strict gunzip of exactly one member (RFC 1952): the only way compressed evidence enters the program.
//
// CloudTrail delivers single-member files. Readers such as zcat and Athena go on after the first member and aws-cli
// (before 1.45.12) stopped silently there, so a second member would show forged records to one and not to the other:
// anything behind the first member's trailer is a fault of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "trailseal/bytes.hpp"

namespace trailseal::base {

enum class GzipFault {
  not_gzip,   // wrong magic, method or reserved flags; also an empty object
  truncated,  // the stream or its trailer ends early
  corrupt,    // invalid deflate data, CRC-32 or length
  trailing,   // data behind the trailer
  limit,      // more output than allowed
};

struct GzipFailure {
  GzipFault fault;
  std::string detail;             // "a second gzip member of 214 bytes follows", "CRC-32 differs", ...
  bool content_complete = false;  // all of the content was handed out and only its frame is at fault
};

struct GunzipLimits {
  std::uint64_t max_output;
  // Above kFreeOutput a stream may not grow by more than this factor. JSON logs reach about 20, deflate 1,032.
  unsigned max_ratio = 250;
  static constexpr std::uint64_t kFreeOutput = 16u << 20;
};

class Gunzip {  // reuses its buffers; one for each thread
 public:
  Gunzip();
  ~Gunzip();
  Gunzip(Gunzip&&) noexcept;
  Gunzip& operator=(Gunzip&&) noexcept;

  // The whole content in one piece, valid until the next call; at most kMaxWhole bytes, whatever the limits say.
  static constexpr std::uint64_t kMaxWhole = 64u << 20;
  std::optional<GzipFailure> whole(ByteView compressed, const GunzipLimits& limits, ByteView& content);

  // The whole content into `room`, if it fits and nothing at all is wrong; else false, and pieces() says why.
  bool into(ByteView compressed, const GunzipLimits& limits, std::span<std::uint8_t> room, ByteView& content);

  // How long the content is modulo 2^32, by its own word, which may be a lie; 0 when nothing says so.
  static std::uint32_t stated_size(ByteView compressed);

  // The content in consecutive pieces (one piece when it is small enough): constant memory. After a failure the pieces
  // seen so far are worth nothing unless content_complete.
  std::optional<GzipFailure> pieces(ByteView compressed, const GunzipLimits& limits,
                                    const std::function<void(ByteView)>& sink);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace trailseal::base
