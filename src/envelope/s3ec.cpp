// What the S3 Encryption Client writes beside an object (envelope.md 2a).
//
//        wrapped key    IV     content alg  wrap alg  map          tag length  commitment, message id
//   V1   x-amz-key      -iv                           -matdesc
//   V2   x-amz-key-v2   -iv    -cek-alg     -wrap-alg -matdesc     -tag-len
//   V3   x-amz-3               -c           -w        -m, -t                   -d, -i
//
// V1 and V2 stand all in the headers of the object or all in its instruction file, NAME.instruction. In V3 the headers
// always hold c, d and i, and that is what the instruction file cannot forge: whoever swaps the wrapped key there fails
// at the commitment. None of it is authenticated before a key has been unwrapped, so names of two versions together,
// a name in both places, or c, d, i in an instruction file are refused: they are how one reader is made to see another
// format than the next.
#include "envelope/s3ec.hpp"

#include <algorithm>
#include <array>
#include <charconv>

#include "base/base64.hpp"
#include "envelope/rfc2047.hpp"

namespace trailseal::envelope {
namespace {

constexpr std::array<std::string_view, 7> kOldNames = {
    "x-amz-key", "x-amz-key-v2", "x-amz-iv", "x-amz-cek-alg", "x-amz-wrap-alg", "x-amz-matdesc", "x-amz-tag-len"};
constexpr std::array<std::string_view, 7> kV3Names = {"x-amz-3", "x-amz-c", "x-amz-d", "x-amz-i",
                                                      "x-amz-w", "x-amz-m", "x-amz-t"};
constexpr std::array<std::string_view, 3> kHeaderOnly = {"x-amz-c", "x-amz-d", "x-amz-i"};
constexpr std::string_view kClaimedSize = "x-amz-unencrypted-content-length";
constexpr std::string_view kInstructionMark = "x-amz-crypto-instr-file";
constexpr std::size_t kCommitmentSize = 28, kIdSize = 28;
constexpr std::size_t kMaxEcbKey = 48;  // V1 tells the two kinds of keys apart by size

struct Named {
  std::string_view name;
  Wrap wrap;
};
constexpr std::array<Named, 6> kV2Wraps = {{{"AESWrap", Wrap::aes_kw},
                                            {"RSA/ECB/OAEPWithSHA-256AndMGF1Padding", Wrap::rsa_oaep_sha256},
                                            {"kms", Wrap::kms},
                                            {"AES/GCM", Wrap::aes_gcm},
                                            {"RSA-OAEP-SHA1", Wrap::rsa_oaep_sha1},
                                            {"kms+context", Wrap::kms_context}}};
constexpr std::array<Named, 3> kV3Wraps = {
    {{"02", Wrap::aes_gcm}, {"12", Wrap::kms_context}, {"22", Wrap::rsa_oaep_sha1}}};

template <class Names>
bool holds_any(const Metadata& fields, const Names& names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return fields.contains(std::string(name)); });
}

class Reader {
 public:
  Reader(const Metadata& fields, S3ecHeader& header) : fields_(fields), header_(header) {}

  Failure v1() {
    header_.format = Format::s3ec_v1;
    header_.cipher = ContentCipher::cbc;
    header_.cipher_name = "AES/CBC/PKCS5Padding";
    for (const std::string_view name : {"x-amz-cek-alg", "x-amz-wrap-alg", "x-amz-tag-len"}) {
      if (find(name) != nullptr) return malformed(std::string(name) + " beside x-amz-key");
    }
    if (auto failure = base64("x-amz-key", header_.wrapped_key)) return failure;
    if (auto failure = base64("x-amz-iv", header_.iv)) return failure;
    header_.wrap = header_.wrapped_key.size() <= kMaxEcbKey ? Wrap::aes_ecb : Wrap::rsa_pkcs1;
    return material("x-amz-matdesc");
  }

  Failure v2() {
    header_.format = Format::s3ec_v2;
    if (auto failure = text("x-amz-cek-alg", header_.cipher_name)) return failure;
    if (header_.cipher_name == "AES/GCM/NoPadding")
      header_.cipher = ContentCipher::gcm;
    else if (header_.cipher_name == "AES/CBC/PKCS5Padding")
      header_.cipher = ContentCipher::cbc;
    else
      return malformed("content algorithm '" + header_.cipher_name + "' does not exist");
    if (auto failure = wrap("x-amz-wrap-alg", kV2Wraps)) return failure;
    if (auto failure = base64("x-amz-key-v2", header_.wrapped_key)) return failure;
    if (auto failure = base64("x-amz-iv", header_.iv)) return failure;
    if (const std::string* length = find("x-amz-tag-len")) header_.tag_length = *length;
    if (auto failure = material("x-amz-matdesc")) return failure;
    return check_bound_algorithm();
  }

  Failure v3() {
    header_.format = Format::s3ec_v3;
    header_.cipher = ContentCipher::committing_gcm;
    if (auto failure = text("x-amz-c", header_.cipher_name)) return failure;
    if (header_.cipher_name != "115")
      return malformed("content algorithm '" + header_.cipher_name + "' is none that is stored");
    if (auto failure = wrap("x-amz-w", kV3Wraps)) return failure;
    if (auto failure = base64("x-amz-3", header_.wrapped_key)) return failure;
    if (auto failure = base64("x-amz-d", header_.commitment)) return failure;
    if (auto failure = base64("x-amz-i", header_.message_id)) return failure;
    if (header_.commitment.size() != kCommitmentSize) return malformed("a commitment that has not 28 bytes");
    if (header_.message_id.size() != kIdSize) return malformed("a message id that has not 28 bytes");
    if (std::ranges::all_of(header_.message_id, [](std::uint8_t byte) { return byte == 0; }))
      return malformed("a message id of zeros");
    if (auto failure = material(header_.wrap == Wrap::kms_context ? "x-amz-t" : "x-amz-m")) return failure;
    return check_bound_algorithm();
  }

  Failure claimed_size() {
    const std::string* claimed = find(kClaimedSize);
    if (claimed == nullptr) return {};
    std::uint64_t size = 0;
    const char* end = claimed->data() + claimed->size();
    const auto [stop, problem] = std::from_chars(claimed->data(), end, size);
    if (problem != std::errc() || stop != end) return malformed(std::string(kClaimedSize) + " is no number");
    header_.claimed_size = size;
    return {};
  }

 private:
  const std::string* find(std::string_view name) const {
    const auto found = fields_.find(std::string(name));
    return found == fields_.end() ? nullptr : &found->second;
  }

  Failure text(std::string_view name, std::string& out) const {
    const std::string* value = find(name);
    if (value == nullptr) return malformed(std::string(name) + " is missing");
    out = *value;
    return {};
  }

  Failure base64(std::string_view name, Bytes& out) const {
    std::string value;
    if (auto failure = text(name, value)) return failure;
    auto bytes = base::from_base64(value);
    if (!bytes || bytes->empty()) return malformed(std::string(name) + " is not base64");
    out = std::move(*bytes);
    return {};
  }

  template <class Wraps>
  Failure wrap(std::string_view name, const Wraps& wraps) {
    if (auto failure = text(name, header_.wrap_name)) return failure;
    const auto found = std::ranges::find(wraps, std::string_view(header_.wrap_name), &Named::name);
    if (found == wraps.end()) return malformed("wrap algorithm '" + header_.wrap_name + "' does not exist");
    header_.wrap = found->wrap;
    return {};
  }

  Failure material(std::string_view name) {
    const std::string* stored = find(name);
    if (stored == nullptr || stored->empty()) return {};
    const std::string value = decode_rfc2047(*stored);
    if (auto failure = parse_text_members(as_bytes(value), header_.material))
      return malformed(std::string(name) + ": " + failure->detail);
    return {};
  }

  // With kms+context it is the context that binds the content algorithm, so the two must say the same.
  Failure check_bound_algorithm() const {
    if (header_.wrap != Wrap::kms_context) return {};
    const auto bound = header_.material.find(std::string(kReservedContext));
    if (bound == header_.material.end()) return malformed("the context does not name the content algorithm");
    if (bound->second != header_.cipher_name) return malformed("the context names another content algorithm");
    return {};
  }

  const Metadata& fields_;
  S3ecHeader& header_;
};

// The fields from both places in one map.
Failure gather(const Metadata& metadata, const std::optional<Bytes>& instruction, Metadata& fields) {
  for (const auto& [name, value] : metadata)
    if (is_s3ec_name(name)) fields.emplace(name, value);
  if (!instruction) return {};
  if (instruction->size() > kMaxInstruction) return malformed("the instruction file is larger than 64 KiB");
  std::map<std::string, std::string> members;
  if (auto failure = parse_text_members(*instruction, members))
    return malformed("the instruction file is not one proper JSON object: " + failure->detail);
  if (holds_any(members, kHeaderOnly)) return malformed("the instruction file holds what belongs into the headers");
  if (holds_any(members, kOldNames) && holds_any(metadata, kOldNames))
    return malformed("the headers and the instruction file both describe the object");
  for (auto& [name, value] : members) {
    if (!is_s3ec_name(name)) continue;
    if (!fields.emplace(name, std::move(value)).second && name != kClaimedSize && name != kInstructionMark)
      return malformed(name + " stands in the headers and in the instruction file");
  }
  return {};
}

}  // namespace

bool is_legacy(Wrap wrap) noexcept {
  switch (wrap) {
    case Wrap::aes_gcm:
    case Wrap::rsa_oaep_sha1:
    case Wrap::kms_context: return false;
    default: return true;
  }
}

bool is_s3ec_name(std::string_view name) noexcept {
  const auto is = [name](std::string_view known) { return known == name; };
  return std::ranges::any_of(kOldNames, is) || std::ranges::any_of(kV3Names, is) || name == kClaimedSize ||
         name == kInstructionMark;
}

bool mentions_s3ec(const Metadata& metadata) {
  return std::ranges::any_of(metadata, [](const auto& entry) { return is_s3ec_name(entry.first); });
}

Failure read_s3ec(const Metadata& metadata, const std::optional<Bytes>& instruction, S3ecHeader& header) {
  Metadata fields;
  if (auto failure = gather(metadata, instruction, fields)) return failure;
  const bool v1 = fields.contains("x-amz-key"), v2 = fields.contains("x-amz-key-v2"), v3 = fields.contains("x-amz-3");
  if (v1 + v2 + v3 > 1) return malformed("wrapped keys of two formats together");
  if ((v1 || v2) && holds_any(fields, kV3Names)) return malformed("names of V3 beside those of an older format");
  if (v3 && holds_any(fields, kOldNames)) return malformed("names of an older format beside those of V3");
  if (!v1 && !v2 && !v3) {
    if (fields.empty() && !instruction) return fault(Verdict::not_encrypted, "no metadata of an encryption client");
    if (instruction) return malformed("neither the headers nor the instruction file hold a wrapped key");
    return fault(Verdict::key_unavailable, "the wrapped key is in an instruction file, and none is given");
  }
  Reader reader(fields, header);
  if (auto failure = v1 ? reader.v1() : v2 ? reader.v2() : reader.v3()) return failure;
  return reader.claimed_size();
}

}  // namespace trailseal::envelope
