// Text that must not outlive its use: secret keys, tokens, and the files and answers that hold them.
#pragma once

#include <string>
#include <utility>

#include "trailseal/bytes.hpp"

namespace trailseal::aws {

// Overwrites the whole buffer, in a way that a compiler keeps, and empties it.
void wipe(std::string& text) noexcept;
void wipe(Bytes& bytes) noexcept;

// A text that is wiped when it goes, and that turns into a plain string only where text() is written: nothing prints
// it, and it cannot be put into a message by accident. (What a library copies on its way is out of reach.)
class Secret {
 public:
  Secret() = default;
  Secret(const char* text) : text_(text) {}
  Secret(std::string&& text) : text_(text) { wipe(text); }
  Secret(const std::string& text) : text_(text) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) : text_(other.text_) { wipe(other.text_); }  // a moved-from string may keep its bytes
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);  // the old text goes with `other`
    return *this;
  }
  ~Secret() { wipe(text_); }

  const std::string& text() const noexcept { return text_; }
  bool empty() const noexcept { return text_.empty(); }
  bool operator==(const Secret&) const = default;

 private:
  std::string text_;
};

// The same for bytes, moved and never copied by accident: data keys.
class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes&& bytes) noexcept : bytes_(std::move(bytes)) {}
  static SecretBytes copy_of(ByteView bytes) { return SecretBytes(Bytes(bytes.begin(), bytes.end())); }

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::move(other.bytes_)) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    bytes_.swap(other.bytes_);  // the old bytes go with `other`
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  ByteView view() const noexcept { return bytes_; }
  std::size_t size() const noexcept { return bytes_.size(); }

 private:
  Bytes bytes_;
};

}  // namespace trailseal::aws
