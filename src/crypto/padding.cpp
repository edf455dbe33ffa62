#include "crypto/padding.hpp"

#include <algorithm>
#include <array>

namespace trailseal::crypto {
namespace {

// A truth value of all ones or all zeros, which no branch depends on until reveal().
using Mask = std::uint32_t;

// Keeps the compiler from learning that a mask has only two values, and so from branching on it.
Mask opaque(Mask mask) noexcept {
  volatile Mask hidden = mask;
  return hidden;
}

Mask is_zero(std::uint32_t value) noexcept { return opaque(((value | (0U - value)) >> 31) - 1U); }
Mask is_equal(std::uint32_t a, std::uint32_t b) noexcept { return is_zero(a ^ b); }
// Both below 2^31.
Mask is_less(std::uint32_t a, std::uint32_t b) noexcept { return opaque(0U - ((a - b) >> 31)); }

bool reveal(Mask mask) noexcept { return mask != 0; }

// Adds MGF1(seed) (RFC 8017 B.2.1) to `out`.
Result<void> add_mgf1(const Backend& backend, Hash hash, ByteView seed, std::span<std::uint8_t> out) {
  TRY(const std::unique_ptr<Hasher> hasher, backend.hasher(hash));
  SecretBytes block(size_of(hash));
  std::uint32_t counter = 0;
  for (std::size_t done = 0; done < out.size(); done += block.size(), ++counter) {
    const std::array<std::uint8_t, 4> number = {
        static_cast<std::uint8_t>(counter >> 24), static_cast<std::uint8_t>(counter >> 16),
        static_cast<std::uint8_t>(counter >> 8), static_cast<std::uint8_t>(counter)};
    hasher->update(seed);
    hasher->update(number);
    TRY_VOID(hasher->finish(block.span()));
    const std::size_t size = std::min(block.size(), out.size() - done);
    for (std::size_t i = 0; i < size; ++i) out[done + i] ^= block.view()[i];
  }
  return {};
}

}  // namespace

Error does_not_decrypt() { return Error{Errc::authentication, "it does not decrypt"}; }

std::optional<std::size_t> padding_of(std::span<const std::uint8_t, 16> last_block) noexcept {
  const std::uint32_t size = last_block.back();
  Mask right = ~is_zero(size) & is_less(size, 17);
  for (std::uint32_t i = 0; i < 16; ++i) {
    const Mask inside = is_less(i, size);  // i bytes from the end
    right &= ~inside | is_equal(last_block[15 - i], size);
  }
  if (!reveal(right)) return std::nullopt;
  return size;
}

// 00 02, at least 8 bytes that are not zero, 00, the message. Its size is known, so is the place of each part.
std::optional<SecretBytes> without_pkcs1(ByteView encoded, std::size_t size) {
  constexpr std::size_t kOverhead = 2 + 8 + 1;
  if (encoded.size() < kOverhead || size > encoded.size() - kOverhead) return std::nullopt;
  const std::size_t separator = encoded.size() - size - 1;
  Mask right = is_zero(encoded[0]) & is_equal(encoded[1], 2) & is_zero(encoded[separator]);
  for (std::size_t i = 2; i < separator; ++i) right &= ~is_zero(encoded[i]);
  if (!reveal(right)) return std::nullopt;
  return SecretBytes::copy_of(encoded.last(size));
}

// 00, seed masked by MGF1 of the rest, the rest masked by MGF1 of the seed: hash of the label, zeros, 01, the message.
Result<std::optional<SecretBytes>> without_oaep(const Backend& backend, Hash hash, Hash mgf1_hash, ByteView label,
                                                ByteView encoded) {
  const std::size_t hash_size = size_of(hash);
  if (encoded.size() < 2 * hash_size + 2) return std::optional<SecretBytes>{};
  TRY(const Bytes label_hash, backend.hash(hash, label));
  SecretBytes seed = SecretBytes::copy_of(encoded.subspan(1, hash_size));
  SecretBytes block = SecretBytes::copy_of(encoded.subspan(1 + hash_size));
  TRY_VOID(add_mgf1(backend, mgf1_hash, block.view(), seed.span()));
  TRY_VOID(add_mgf1(backend, mgf1_hash, seed.view(), block.span()));

  const ByteView data = block.view();
  Mask right = is_zero(encoded[0]);
  for (std::size_t i = 0; i < hash_size; ++i) right &= is_equal(data[i], label_hash[i]);
  Mask before = ~Mask{0};  // the 01 has not come yet
  std::uint32_t start = 0;
  for (std::size_t i = hash_size; i < data.size(); ++i) {
    const Mask separator = before & is_equal(data[i], 1);
    start |= separator & static_cast<std::uint32_t>(i + 1);
    before &= ~separator;
    right &= ~before | is_zero(data[i]);
  }
  right &= ~before;
  if (!reveal(right)) return std::optional<SecretBytes>{};
  return std::optional<SecretBytes>(SecretBytes::copy_of(data.subspan(start)));
}

}  // namespace trailseal::crypto
