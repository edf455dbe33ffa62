// Padding is taken off here, by the same code for every library, in a time that does not depend on what it holds: who
// learns why a padding is wrong, or where, can decrypt with that (Vaudenay 2002, Bleichenbacher 1998, Manger 2001).
// Only "right" and the size of what is left become known, and both the caller tells anyway.
#pragma once

#include <cstddef>
#include <optional>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {

// The one Error of everything that does not open or decrypt.
Error does_not_decrypt();

// The size of the PKCS#7 padding (RFC 5652 6.3) that ends in this block, 1 to 16, if it is one.
std::optional<std::size_t> padding_of(std::span<const std::uint8_t, 16> last_block) noexcept;

// The message in an encoded message of EME-PKCS1-v1_5 (RFC 8017 7.2.2 step 3) if it has `size` bytes, or nothing.
std::optional<SecretBytes> without_pkcs1(ByteView encoded, std::size_t size);

// The message in one of EME-OAEP (RFC 8017 7.1.2 step 3), or nothing. An Error: `backend` could not hash.
Result<std::optional<SecretBytes>> without_oaep(const Backend& backend, Hash hash, Hash mgf1_hash, ByteView label,
                                                ByteView encoded);

}  // namespace trailseal::crypto
