// What a symmetric KMS ciphertext blob shows to a reader without the key (envelope.md 2c). AWS calls the layout
// unpublished and subject to change, so this recognises exactly what has been seen and nothing else:
//
//   5 bytes 01 01 01 00 78, 01 01 02 00 78, 01 02 01 00 78 or 01 02 02 00 78 | 32 bytes, constant per key material |
//   17 bytes, 01 and 16 that differ, when the second byte is 02 | length 4 | DER of that length: CMS EncryptedData
//
// The plaintext is 27 bytes shorter than the encrypted content, which closes the DER as [0], primitive.
#include "envelope/input.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::size_t kPrefix = 5, kMaterialId = 32, kExtra = 17, kLength = 4;
constexpr std::size_t kOverhead = 27;
constexpr std::uint8_t kSequence = 0x30, kExplicit0 = 0xa0, kImplicit0 = 0x80;

// Takes one DER element of this tag from the front of `rest`; lengths of up to two bytes.
bool take(ByteView& rest, std::uint8_t tag, ByteView& content) {
  if (rest.size() < 2 || rest[0] != tag) return false;
  std::size_t head = 2, length = rest[1];
  if (length >= 0x80) {
    const std::size_t octets = length & 0x7f;
    if (octets < 1 || octets > 2 || rest.size() < 2 + octets) return false;
    length = big_endian(rest.subspan(2, octets));
    head += octets;
  }
  if (rest.size() - head < length) return false;
  content = rest.subspan(head, length);
  rest = rest.subspan(head + length);
  return true;
}

// ContentInfo { oid, [0] EncryptedData { version, EncryptedContentInfo { oid, algorithm, [0] content } } }
bool encrypted_content(ByteView der, ByteView& content) {
  constexpr std::uint8_t kOid = 0x06, kInteger = 0x02;
  ByteView info, outer, data, inner, ignored;
  return take(der, kSequence, info) && der.empty() && take(info, kOid, ignored) && take(info, kExplicit0, outer) &&
         info.empty() && take(outer, kSequence, data) && outer.empty() && take(data, kInteger, ignored) &&
         take(data, kSequence, inner) && data.empty() && take(inner, kOid, ignored) &&
         take(inner, kSequence, ignored) && take(inner, kImplicit0, content) && inner.empty();
}

}  // namespace

std::optional<KmsBlob> parse_kms_blob(ByteView blob) {
  if (blob.size() < kPrefix + kMaterialId + kLength) return std::nullopt;
  const bool known = blob[0] == 1 && (blob[1] == 1 || blob[1] == 2) && (blob[2] == 1 || blob[2] == 2) && blob[3] == 0 &&
                     blob[4] == 0x78;
  if (!known) return std::nullopt;
  KmsBlob parsed;
  const ByteView id = blob.subspan(kPrefix, kMaterialId);
  parsed.key_material_id.assign(id.begin(), id.end());
  ByteView rest = blob.subspan(kPrefix + kMaterialId);
  if (blob[1] == 2) {
    if (rest.size() < kExtra + kLength || rest[0] != 1) return std::nullopt;
    rest = rest.subspan(kExtra);
  }
  if (big_endian(rest.first(kLength)) != rest.size() - kLength) return std::nullopt;
  ByteView content;
  if (!encrypted_content(rest.subspan(kLength), content) || content.size() < kOverhead) return std::nullopt;
  parsed.plaintext_size = content.size() - kOverhead;
  return parsed;
}

}  // namespace trailseal::envelope
