#include "envelope/input.hpp"

#include <algorithm>
#include <cstring>
#include <string>

namespace trailseal::envelope {

Source source_of(ByteView bytes) {
  return [bytes](std::span<std::uint8_t> out) mutable -> Result<std::size_t> {
    const std::size_t size = std::min(out.size(), bytes.size());
    std::copy_n(bytes.begin(), size, out.begin());
    bytes = bytes.subspan(size);
    return size;
  };
}

Failure Input::fill(std::size_t at_least) {
  if (end_ - begin_ >= at_least || ended_) return {};
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  while (end_ < at_least && !ended_) {
    const auto got = source_(std::span(buffer_).subspan(end_));
    if (!got) return trouble(got.error());
    if (*got > buffer_.size() - end_) return fault(Verdict::error, "a source gave more than was asked of it");
    end_ += *got;
    ended_ = *got == 0;
  }
  return {};
}

void Input::take(ByteView bytes) {
  whole_.update(bytes);
  if (tee_ != nullptr) tee_->update(bytes);
  begin_ += bytes.size();
  taken_ += bytes.size();
}

Failure Input::exactly(std::span<std::uint8_t> out, std::string_view what) {
  while (!out.empty()) {
    ByteView piece;
    if (auto failure = some(out.size(), piece)) return failure;
    if (piece.empty()) return fault(Verdict::truncated, "the data end in " + std::string(what));
    std::ranges::copy(piece, out.begin());
    out = out.subspan(piece.size());
  }
  return {};
}

Failure Input::some(std::size_t most, ByteView& piece, std::size_t keep) {
  if (auto failure = fill(keep + 1)) return failure;
  const std::size_t free = end_ - begin_ > keep ? end_ - begin_ - keep : 0;
  piece = ByteView(buffer_).subspan(begin_, std::min(most, free));
  take(piece);
  return {};
}

Failure Input::peek(std::size_t count, ByteView& ahead) {
  if (auto failure = fill(std::min(count, kPeek))) return failure;
  ahead = ByteView(buffer_).subspan(begin_, std::min(count, end_ - begin_));
  return {};
}

Failure Input::at_end(bool& answer) {
  if (auto failure = fill(1)) return failure;
  answer = begin_ == end_;
  return {};
}

Failure Input::drain() {
  tee_ = nullptr;
  for (ByteView piece;;) {
    if (auto failure = some(kBuffer, piece)) return failure;
    if (piece.empty()) return {};
  }
}

std::uint64_t big_endian(ByteView bytes) noexcept {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : bytes) value = value << 8 | byte;
  return value;
}

void append_big_endian(Bytes& out, std::uint64_t value, std::size_t size) {
  for (std::size_t i = size; i-- > 0;) out.push_back(static_cast<std::uint8_t>(value >> (8 * i) & 0xFF));
}

}  // namespace trailseal::envelope
