// Bytes that must not outlive their use, and the two operations that they need.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "trailseal/bytes.hpp"

namespace trailseal {

// Overwrites the whole buffer, in a way that a compiler keeps, and empties it.
void wipe(std::string& text) noexcept;
void wipe(Bytes& bytes) noexcept;

// The time this takes depends on the sizes alone, which are no secret: different sizes are never equal.
bool equal_in_constant_time(ByteView a, ByteView b) noexcept;

// A key, or what was unwrapped on the way to one: wiped when it goes, moved and never copied by accident. (What a
// library copies on its way is out of reach.) Takes over the memory of the Bytes it is made from, so nothing is left
// behind there.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(std::size_t size) : bytes_(size) {}
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
  static SecretBytes copy_of(ByteView bytes) { return SecretBytes(Bytes(bytes.begin(), bytes.end())); }

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    bytes_.swap(other.bytes_);  // the old bytes go with `other`, at the latest
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  std::size_t size() const noexcept { return bytes_.size(); }
  bool empty() const noexcept { return bytes_.empty(); }
  ByteView view() const noexcept { return bytes_; }
  std::span<std::uint8_t> span() noexcept { return bytes_; }

  friend bool operator==(const SecretBytes& a, const SecretBytes& b) noexcept {
    return equal_in_constant_time(a.bytes_, b.bytes_);
  }
  friend bool operator==(const SecretBytes& a, ByteView b) noexcept { return equal_in_constant_time(a.bytes_, b); }

 private:
  Bytes bytes_;
};

}  // namespace trailseal
