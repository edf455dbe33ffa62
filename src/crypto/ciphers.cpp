// The checks that stand before every backend's streaming ciphers, and the cutting into pieces: Botan takes only
// multiples of some size of its own, so no backend is given anything else.
#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/padding.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::size_t kBlock = 16;
constexpr std::size_t kGcmNonceSize = 12;
constexpr std::size_t kGcmTagSize = 16;
constexpr std::uint64_t kGcmMost = (std::uint64_t{1} << 36) - 32;  // SP 800-38D 5.2.1.1

Error invalid(const char* message) { return Error{Errc::invalid_argument, message}; }

// The room for `size` more bytes at the end of `out`.
std::span<std::uint8_t> grow(Bytes& out, std::size_t size) {
  out.resize(out.size() + size);
  return std::span(out).last(size);
}

// Moves bytes from the front of `data` behind the `filled` that are in `rest` until it is full or there are none.
template <std::size_t size>
void fill(std::array<std::uint8_t, size>& rest, std::size_t& filled, ByteView& data) {
  const std::size_t taken = std::min(size - filled, data.size());
  std::ranges::copy(data.first(taken), rest.begin() + static_cast<std::ptrdiff_t>(filled));
  filled += taken;
  data = data.subspan(taken);
}

// Hands what is in `rest` and then `data` to `work` in multiples of `size`, as far as `keep` bytes and less than `size`
// more stay behind in `rest`. `work` is asked with the bytes and the place for their plaintext.
template <std::size_t size, class Work>
Result<void> in_pieces(std::array<std::uint8_t, size>& rest, std::size_t& filled, std::size_t keep, ByteView data,
                       Bytes& plaintext, Work work) {
  if (data.empty()) return {};  // its pointer may be null
  if (filled > 0) {
    fill(rest, filled, data);
    if (filled < size || data.size() < keep) return {};
    TRY_VOID(work(ByteView(rest), grow(plaintext, size)));
    filled = 0;
  }
  if (data.size() >= size + keep) {
    const ByteView pieces = data.first((data.size() - keep) / size * size);
    TRY_VOID(work(pieces, grow(plaintext, pieces.size())));
    data = data.subspan(pieces.size());
  }
  fill(rest, filled, data);
  return {};
}

}  // namespace

Result<void> AesGcmOpener::start(ByteView nonce, ByteView aad) {
  started_ = false;
  if (nonce.size() != kGcmNonceSize) return invalid("a GCM nonce has 12 bytes");
  TRY_VOID(do_start(nonce, aad));
  started_ = true;
  size_ = rest_size_ = 0;
  return {};
}

Result<void> AesGcmOpener::update(ByteView ciphertext, Bytes& plaintext) {
  if (!std::exchange(started_, false)) return invalid("no GCM message was started");
  if (ciphertext.size() > kGcmMost - size_) return Error{Errc::limit, "more than GCM can hold in one message"};
  size_ += ciphertext.size();
  TRY_VOID(in_pieces(rest_, rest_size_, 0, ciphertext, plaintext,
                     [&](ByteView pieces, std::span<std::uint8_t> out) { return do_update(pieces, out); }));
  started_ = true;  // still
  return {};
}

Result<void> AesGcmOpener::finish(ByteView tag, Bytes& plaintext) {
  if (!std::exchange(started_, false)) return invalid("no GCM message was started");
  if (tag.size() != kGcmTagSize) return invalid("a GCM tag has 16 bytes");
  return do_finish(ByteView(rest_).first(rest_size_), tag, grow(plaintext, rest_size_));
}

// Of a whole message the last block stays behind: it has the padding.
Result<void> AesCbcDecrypter::update(ByteView ciphertext, Bytes& plaintext) {
  if (finished_) return invalid("the CBC message is finished");
  Result<void> done = in_pieces(rest_, rest_size_, 1, ciphertext, plaintext,
                                [&](ByteView pieces, std::span<std::uint8_t> out) { return do_update(pieces, out); });
  finished_ = !done;
  return done;
}

Result<void> AesCbcDecrypter::finish(Bytes& plaintext) {
  if (std::exchange(finished_, true)) return invalid("the CBC message is finished");
  if (rest_size_ != kBlock) return does_not_decrypt();
  SecretBytes last(kBlock);
  TRY_VOID(do_update(rest_, last.span()));
  const std::optional<std::size_t> padding = padding_of(last.view().first<kBlock>());
  if (!padding) return does_not_decrypt();
  const ByteView message = last.view().first(kBlock - *padding);
  plaintext.insert(plaintext.end(), message.begin(), message.end());
  return {};
}

}  // namespace trailseal::crypto
