// Points (SEC 1 2.3.4, format only) and ECDSA signatures in DER (RFC 3279 2.2.3), read strictly and once for all
// backends: the libraries differ in what they let pass, from BER lengths to numbers that are zero or too large.
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "crypto/der.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

// The orders of the groups (FIPS 186-4 D.1.2.3 and D.1.2.4).
constexpr std::array<std::uint8_t, 32> kOrder256 = {0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
                                                    0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
                                                    0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51};
constexpr std::array<std::uint8_t, 48> kOrder384 = {
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73};

ByteView order_of(Curve curve) { return curve == Curve::p256 ? ByteView(kOrder256) : ByteView(kOrder384); }

struct Signature {
  Bytes r, s;
};

// As long as the order, if it is less.
std::optional<Bytes> below_order(Curve curve, ByteView magnitude) {
  const ByteView order = order_of(curve);
  if (magnitude.size() > order.size()) return std::nullopt;
  Bytes number(order.size() - magnitude.size(), 0);
  number.insert(number.end(), magnitude.begin(), magnitude.end());
  if (!std::ranges::lexicographical_compare(number, order)) return std::nullopt;
  return number;
}

Result<Signature> parse(Curve curve, ByteView der) {
  DerReader whole("signature", der);
  TRY(DerReader numbers, whole.take_sequence());
  TRY_VOID(whole.expect_end());
  TRY(const ByteView r, numbers.take_positive());
  TRY(const ByteView s, numbers.take_positive());
  TRY_VOID(numbers.expect_end());
  std::optional<Bytes> small_r = below_order(curve, r);
  std::optional<Bytes> small_s = below_order(curve, s);
  if (!small_r || !small_s) return whole.corrupt("a number is too large");
  return Signature{std::move(*small_r), std::move(*small_s)};
}

}  // namespace

std::size_t size_of(Curve curve) noexcept { return curve == Curve::p256 ? 32 : 48; }

Hash hash_of(Curve curve) noexcept { return curve == Curve::p256 ? Hash::sha256 : Hash::sha384; }

Result<EcPublicKey> EcPublicKey::from_point(Curve curve, ByteView point) {
  const std::size_t size = size_of(curve);
  const bool compressed = point.size() == 1 + size && (point[0] == 2 || point[0] == 3);
  const bool uncompressed = point.size() == 1 + 2 * size && point[0] == 4;
  if (!compressed && !uncompressed) return Error{Errc::corrupt, "public key: not a point of this curve's size"};
  return EcPublicKey(curve, point);
}

Result<SignatureCheck> EcdsaVerifier::verify(ByteView digest, ByteView signature) const {
  if (digest.size() != size_of(hash_of(curve_)))
    return Error{Errc::invalid_argument, "the message hash has the wrong size"};
  const Result<Signature> numbers = parse(curve_, signature);
  if (!numbers) return SignatureCheck::invalid;
  return do_verify(digest, numbers->r, numbers->s);
}

}  // namespace trailseal::crypto
