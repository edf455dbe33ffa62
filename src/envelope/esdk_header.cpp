// The header of an AWS Encryption SDK message, as section 2b of envelope.md lays it out. All integers are big-endian.
//
//   version 1 | type 1 (only v1) | suite 2 | message id 16 or 32 | context length 2, context | EDK count 2, EDKs |
//   content type 1 | reserved 4, IV length 1 (only v1) | frame length 4 | commitment 32 (only v2) | IV 12 (only v1) |
//   tag 16
//
// Everything is written by whoever made the file, so a length is believed only as far as the data reach: bytes are read
// first and kept as they come, and the sum of all is bounded. Two readers must not understand one header differently,
// so whatever the format demands is demanded, also where the SDKs are laxer (order of the context, a frame length for
// content without frames).
#include "envelope/esdk_header.hpp"

#include <algorithm>

#include "base/escape.hpp"
#include "base/hex.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::uint8_t kTypeCustomerData = 0x80;
constexpr std::uint8_t kUnframed = 1, kFramed = 2;
constexpr std::size_t kIvSize = 12, kTagSize = 16, kCommitmentSize = 32;

class HeaderReader {
 public:
  HeaderReader(Input& input, EsdkHeader& header) : input_(input), header_(header) {}

  // The next `size` bytes, valid until the next call.
  Failure bytes(std::size_t size, std::string_view what, ByteView& out) {
    Bytes& raw = header_.raw;
    if (size > kMaxHeader - raw.size())
      return fault(Verdict::policy_rejected, "the header is larger than " + std::to_string(kMaxHeader) + " bytes");
    const std::size_t start = raw.size();
    raw.resize(start + size);
    out = ByteView(raw).subspan(start);
    auto failure = input_.exactly(std::span(raw).subspan(start), "the " + std::string(what));
    if (failure) raw.resize(start);
    return failure;
  }

  Failure copy(std::size_t size, std::string_view what, Bytes& out) {
    ByteView view;
    if (auto failure = bytes(size, what, view)) return failure;
    out.assign(view.begin(), view.end());
    return {};
  }

  template <class Number>
  Failure number(std::size_t size, std::string_view what, Number& out) {
    ByteView view;
    if (auto failure = bytes(size, what, view)) return failure;
    out = static_cast<Number>(big_endian(view));
    return {};
  }

  // Bytes behind their length of two bytes.
  Failure counted(std::string_view what, Bytes& out) {
    std::size_t size = 0;
    if (auto failure = number(2, what, size)) return failure;
    return copy(size, what, out);
  }

 private:
  Input& input_;
  EsdkHeader& header_;
};

Failure read_version_and_suite(HeaderReader& reader, EsdkHeader& header) {
  if (auto failure = reader.number(1, "version", header.version)) return failure;
  if (header.version != 1 && header.version != 2)
    return malformed("message version " + std::to_string(header.version) + " does not exist");
  if (header.version == 1) {
    std::uint8_t type = 0;
    if (auto failure = reader.number(1, "type", type)) return failure;
    if (type != kTypeCustomerData) return malformed("message type " + base::to_hex(ByteView(&type, 1)));
  }
  ByteView id;
  if (auto failure = reader.bytes(2, "suite", id)) return failure;
  header.suite = find_suite(static_cast<std::uint16_t>(big_endian(id)));
  if (header.suite == nullptr) return malformed("algorithm suite " + base::to_hex(id) + " does not exist");
  if (header.suite->message_version != header.version) {
    const Failure failure =
        malformed("algorithm suite " + base::to_hex(id) + " in a message of version " + std::to_string(header.version));
    header.suite = nullptr;
    return failure;
  }
  return reader.copy(header.version == 1 ? 16 : 32, "message id", header.message_id);
}

Failure read_context(HeaderReader& reader, EsdkHeader& header) {
  Bytes context;
  if (auto failure = reader.counted("encryption context", context)) return failure;
  if (!context.empty()) {
    if (auto failure = parse_context(context, header.context, header.signer_last)) return failure;
  }
  const bool has_key = header.context.contains(std::string(kPublicKeyName));
  if (has_key && !header.suite->signature)
    return malformed("the context holds a key for signatures, and the suite has none");
  return {};
}

Failure read_edks(HeaderReader& reader, std::size_t max_edks, EsdkHeader& header) {
  std::size_t count = 0;
  if (auto failure = reader.number(2, "number of data keys", count)) return failure;
  if (count == 0) return malformed("no encrypted data key");
  if (count > max_edks) {
    return fault(Verdict::policy_rejected,
                 std::to_string(count) + " encrypted data keys; at most " + std::to_string(max_edks) + " are accepted");
  }
  for (std::size_t i = 0; i < count; ++i) {
    Edk edk;
    Bytes provider;
    if (auto failure = reader.counted("provider of a data key", provider)) return failure;
    edk.provider = as_text(provider);
    if (base::to_utf8(edk.provider) != edk.provider) return malformed("the provider of a data key is not UTF-8");
    if (auto failure = reader.counted("provider information of a data key", edk.info)) return failure;
    if (auto failure = reader.counted("encrypted data key", edk.ciphertext)) return failure;
    header.edks.push_back(std::move(edk));
  }
  return {};
}

Failure read_content(HeaderReader& reader, EsdkHeader& header) {
  std::uint8_t type = 0;
  if (auto failure = reader.number(1, "content type", type)) return failure;
  if (type != kUnframed && type != kFramed) return malformed("content type " + base::to_hex(ByteView(&type, 1)));
  header.framed = type == kFramed;
  if (header.version == 1) {
    std::uint32_t reserved = 0;
    std::uint8_t iv_length = 0;
    if (auto failure = reader.number(4, "reserved field", reserved)) return failure;
    if (reserved != 0) return malformed("the reserved field is not zero");
    if (auto failure = reader.number(1, "IV length", iv_length)) return failure;
    if (iv_length != kIvSize) return malformed("IV length " + std::to_string(iv_length));
  }
  if (auto failure = reader.number(4, "frame length", header.frame_length)) return failure;
  if (header.framed && header.frame_length == 0) return malformed("frames of no bytes");
  if (!header.framed && header.frame_length != 0) return malformed("a frame length, and no frames");
  return {};
}

}  // namespace

Failure read_header(Input& input, std::size_t max_edks, EsdkHeader& header) {
  HeaderReader reader(input, header);
  if (auto failure = read_version_and_suite(reader, header)) return failure;
  if (auto failure = read_context(reader, header)) return failure;
  if (auto failure = read_edks(reader, max_edks, header)) return failure;
  if (auto failure = read_content(reader, header)) return failure;
  if (header.suite->committing) {
    if (auto failure = reader.copy(kCommitmentSize, "commitment", header.commitment)) return failure;
  }
  header.body = header.raw;
  header.iv.assign(kIvSize, 0);
  if (header.version == 1) {
    if (auto failure = reader.copy(kIvSize, "header IV", header.iv)) return failure;
  }
  if (auto failure = reader.copy(kTagSize, "header tag", header.tag)) return failure;
  // Last, so that a header that ends early is truncated and nothing worse.
  if (header.suite->signature && !header.context.contains(std::string(kPublicKeyName)))
    return fault(Verdict::signature_failed, "a signed suite, and no public key in the context");
  return {};
}

}  // namespace trailseal::envelope
