// SHA-256 of many contents of which it is known what they should be: by the backend, or faster.
//
// Where the CPU has instructions for it, our own kernel hashes them side by side (crypto/lanes). That cannot make
// anything true that is not: a wrong hash does not happen to be the expected one, and what the kernel calls a mismatch
// is hashed once more by the backend, whose word counts.
#pragma once

#include <optional>
#include <span>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {

struct HashTask {
  ByteView content;
  const Sha256* expected = nullptr;  // nullptr: nothing is, and the backend hashes it
  Sha256 hash{};
  std::optional<Error> error = {};  // the backend's; then the hash is worth nothing
};

// Whether hash_many gains anything beside this backend. Never beside one that asks several: who wants their answers
// wants no other.
bool hashes_side_by_side(const Backend& backend) noexcept;

// Only if hashes_side_by_side(backend); `hasher` is that backend's for SHA-256.
void hash_many(Hasher& hasher, std::span<HashTask> tasks);

}  // namespace trailseal::crypto
