#include "collect/hashing.hpp"

#include <unistd.h>

#include <cerrno>

#include "store/beneath.hpp"

namespace trailseal::collect {

Result<Sha256> hash_of(ByteView bytes, const crypto::Backend& backend) {
  TRY(const auto hasher, backend.hasher(crypto::Hash::sha256));
  hasher->update(bytes);
  Sha256 hash{};
  TRY_VOID(hasher->finish(hash));
  return hash;
}

Result<Sha256> hash_of_file(int descriptor, const crypto::Backend& backend) {
  TRY(const auto hasher, backend.hasher(crypto::Hash::sha256));
  Bytes piece(1u << 18);
  for (;;) {
    const ssize_t got = ::read(descriptor, piece.data(), piece.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return store::error_of(errno);
    if (got == 0) break;
    hasher->update({piece.data(), static_cast<std::size_t>(got)});
  }
  Sha256 hash{};
  TRY_VOID(hasher->finish(hash));
  return hash;
}

}  // namespace trailseal::collect
