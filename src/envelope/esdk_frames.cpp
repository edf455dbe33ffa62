// The body of a message: one block, or frames.
//
//   unframed:       IV 12 | length 8 | ciphertext | tag 16
//   regular frame:  sequence number 4 (1, 2, 3, ...) | IV 12 | ciphertext of the frame length | tag 16
//   final frame:    FFFFFFFF | sequence number 4 | IV 12 | length 4 (0 to the frame length) | ciphertext | tag 16
//
// Each block is AES-GCM of its own. What ties it to its place is the additional data: message id, a label for its kind,
// its sequence number, its length. So frames cannot be moved, dropped or turned into final ones; the numbers are still
// compared first, because that says more plainly what is wrong, and says it without a key.
//
// The IV is taken as stored: the specification counts it, but 12 of AWS's own 46 messages of version 2 do not. A block
// may have 4 GiB (a frame) or 64 GiB (no frames): it is passed through in pieces, whatever its length says.
#include "envelope/esdk_frames.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace trailseal::envelope {
namespace {

constexpr std::size_t kIvSize = 12, kTagSize = 16;
constexpr std::uint32_t kFinal = 0xFFFFFFFF;
constexpr std::uint64_t kMaxUnframed = (1ull << 36) - 32;  // of GCM
constexpr std::size_t kPiece = 64u << 10;

constexpr std::string_view kUnframedLabel = "AWSKMSEncryptionClient Single Block";
constexpr std::string_view kFrameLabel = "AWSKMSEncryptionClient Frame";
constexpr std::string_view kFinalLabel = "AWSKMSEncryptionClient Final Frame";

class BodyReader {
 public:
  BodyReader(Input& input, const EsdkHeader& header, crypto::AesGcmOpener* opener, ContentSink* sink, BodyFacts& facts)
      : input_(input), header_(header), opener_(opener), sink_(sink), facts_(facts) {}

  Failure unframed() {
    std::uint64_t size = 0;
    if (auto failure = read_iv(1)) return failure;
    if (auto failure = number(8, "the length of the content", size)) return failure;
    if (size > kMaxUnframed) return malformed("content of " + std::to_string(size) + " bytes without frames");
    return block(kUnframedLabel, 1, size, "the content");
  }

  Failure framed() {
    for (std::uint32_t expected = 1;; ++expected) {
      std::uint64_t sequence = 0;
      if (auto failure = number(4, "the number of a frame", sequence)) return failure;
      const bool final = sequence == kFinal;
      if (final) {
        if (auto failure = number(4, "the number of the final frame", sequence)) return failure;
      }
      if (sequence != expected) {
        return malformed("frame " + std::to_string(sequence) + " stands where frame " + std::to_string(expected) +
                         " belongs");
      }
      if (auto failure = read_iv(expected)) return failure;
      std::uint64_t size = header_.frame_length;
      if (final) {
        if (auto failure = number(4, "the length of the final frame", size)) return failure;
        if (size > header_.frame_length)
          return malformed("the final frame is longer than the others: " + std::to_string(size) + " bytes");
      }
      if (auto failure = block(final ? kFinalLabel : kFrameLabel, expected, size, "frame " + std::to_string(expected)))
        return failure;
      ++facts_.frames;
      if (final) return {};  // always reached: number kFinal can only be a final frame's
    }
  }

 private:
  Failure number(std::size_t size, std::string_view what, std::uint64_t& value) {
    std::array<std::uint8_t, 8> bytes{};
    if (auto failure = input_.exactly(std::span(bytes).first(size), what)) return failure;
    value = big_endian(ByteView(bytes).first(size));
    return {};
  }

  Failure read_iv(std::uint32_t sequence) {
    if (auto failure = input_.exactly(iv_, "an IV")) return failure;
    const ByteView iv(iv_);
    if (big_endian(iv.first(8)) != 0 || big_endian(iv.subspan(8)) != sequence) facts_.unusual_iv = true;
    return {};
  }

  Failure block(std::string_view label, std::uint32_t sequence, std::uint64_t size, std::string_view what) {
    if (opener_ != nullptr) {
      aad_ = header_.message_id;
      aad_.insert(aad_.end(), label.begin(), label.end());
      append_big_endian(aad_, sequence, 4);
      append_big_endian(aad_, size, 8);
      if (const auto started = opener_->start(iv_, aad_); !started) return trouble(started.error());
    }
    while (size > 0) {
      ByteView piece;
      if (auto failure = input_.some(std::min<std::uint64_t>(size, kPiece), piece)) return failure;
      if (piece.empty()) return fault(Verdict::truncated, "the data end in " + std::string(what));
      size -= piece.size();
      if (opener_ == nullptr) continue;
      if (const auto updated = opener_->update(piece, sink_->buffer()); !updated) return trouble(updated.error());
      if (auto failure = sink_->pass_on()) return failure;
    }
    if (auto failure = input_.exactly(tag_, "a tag")) return failure;
    if (opener_ == nullptr) return {};
    if (const auto finished = opener_->finish(tag_, sink_->buffer()); !finished) {
      if (finished.error().code != Errc::authentication) return trouble(finished.error());
      return fault(Verdict::body_auth_failed, std::string(what) + " does not match its tag");
    }
    return sink_->pass_on();
  }

  Input& input_;
  const EsdkHeader& header_;
  crypto::AesGcmOpener* opener_;
  ContentSink* sink_;
  BodyFacts& facts_;
  std::array<std::uint8_t, kIvSize> iv_{};
  std::array<std::uint8_t, kTagSize> tag_{};
  Bytes aad_;
};

}  // namespace

Failure read_body(Input& input, const EsdkHeader& header, crypto::AesGcmOpener* opener, ContentSink* sink,
                  BodyFacts& facts) {
  BodyReader reader(input, header, opener, sink, facts);
  return header.framed ? reader.framed() : reader.unframed();
}

Failure read_end(Input& input, const EsdkHeader& header, Bytes& signature) {
  input.tee(nullptr);
  if (header.suite->signature) {
    std::array<std::uint8_t, 2> length{};
    if (auto failure = input.exactly(length, "the footer")) return failure;
    signature.resize(big_endian(length));
    if (auto failure = input.exactly(signature, "the signature")) return failure;
  }
  bool ended = false;
  if (auto failure = input.at_end(ended)) return failure;
  if (ended) return {};
  return fault(Verdict::trailing_data,
               "the message ends at byte " + std::to_string(input.taken()) + ", and more bytes follow");
}

}  // namespace trailseal::envelope
