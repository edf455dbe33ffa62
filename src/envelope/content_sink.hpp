// Where plaintext goes on its way: its hash, and the caller's sink if there is one.
#pragma once

#include <memory>
#include <utility>

#include "envelope/fault.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

class ContentSink {
 public:
  ContentSink(std::unique_ptr<crypto::Hasher> hasher, const Sink& sink) : hasher_(std::move(hasher)), sink_(sink) {}
  ContentSink(const ContentSink&) = delete;
  ContentSink& operator=(const ContentSink&) = delete;
  ~ContentSink() { wipe(buffer_); }

  // Decrypters append here; pass_on() hands it out and empties it.
  Bytes& buffer() { return buffer_; }

  Failure pass_on() {
    hasher_->update(buffer_);
    size_ += buffer_.size();
    if (sink_ && !buffer_.empty()) {
      if (const auto written = sink_(buffer_); !written) return trouble(written.error());
    }
    buffer_.clear();
    return {};
  }

  // States hash and size of all that passed.
  Failure finish(Opened& opened) {
    Sha256 hash{};
    if (const auto done = hasher_->finish(hash); !done) return trouble(done.error());
    opened.plaintext_hash = hash;
    opened.plaintext_size = size_;
    return {};
  }

 private:
  std::unique_ptr<crypto::Hasher> hasher_;
  const Sink& sink_;
  Bytes buffer_;
  std::uint64_t size_ = 0;
};

}  // namespace trailseal::envelope
