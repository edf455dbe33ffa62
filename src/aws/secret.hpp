// Text that must not outlive its use: secret keys, tokens, and the files and answers that hold them. For bytes there is
// SecretBytes.
#pragma once

#include <string>
#include <utility>

#include "trailseal/secret.hpp"

namespace trailseal::aws {

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

}  // namespace trailseal::aws
