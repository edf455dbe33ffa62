#include "verify/readers.hpp"

namespace trailseal::verify {

Result<std::unique_ptr<Readers>> Readers::make(const crypto::Backend& backend, unsigned count) {
  auto readers = std::make_unique<Readers>();
  for (unsigned i = 0; i < count; ++i) {
    TRY(auto reader, Reader::make(backend));
    readers->free_.push_back(std::make_unique<Reader>(std::move(reader)));
  }
  return readers;
}

Readers::Lease Readers::borrow() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !free_.empty(); });
  auto reader = std::move(free_.back());
  free_.pop_back();
  return {*this, std::move(reader)};
}

void Readers::take_back(std::unique_ptr<Reader> reader) {
  {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(reader));
  }
  returned_.notify_one();
}

}  // namespace trailseal::verify
