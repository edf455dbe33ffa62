// The metadata of the S3 Encryption Client (envelope.md 2a): formats V1, V2 and V3, in object headers or in an
// instruction file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "envelope/fault.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

enum class ContentCipher { cbc, gcm, committing_gcm };
enum class Wrap { aes_ecb, rsa_pkcs1, aes_kw, rsa_oaep_sha256, kms, aes_gcm, rsa_oaep_sha1, kms_context };

// The wraps of the time before V2: nothing ties the content algorithm to the wrapped key, so an attacker can choose it.
bool is_legacy(Wrap wrap) noexcept;

struct S3ecHeader {
  Format format = Format::none;
  ContentCipher cipher = ContentCipher::cbc;
  std::string cipher_name;  // as the wraps bind it: "AES/GCM/NoPadding", "115"
  Wrap wrap = Wrap::aes_ecb;
  std::string wrap_name;  // as stored; empty in V1
  Bytes wrapped_key;
  Bytes iv;                               // V1 and V2; its size is not checked yet
  std::optional<std::string> tag_length;  // V2, as stored
  Bytes commitment, message_id;           // V3, 28 bytes each
  Context material;                       // matdesc: for KMS wraps the encryption context, else a claim
  std::optional<std::uint64_t> claimed_size;
};

inline constexpr std::string_view kReservedContext = "aws:x-amz-cek-alg";
inline constexpr std::string_view kReservedKmsId = "kms_cmk_id";
inline constexpr std::size_t kMaxInstruction = 64u << 10;

bool is_s3ec_name(std::string_view name) noexcept;

// Is there any name that only an encryption client writes?
bool mentions_s3ec(const Metadata& metadata);

// Reads the fields from where they may stand. Faults: malformed; key_unavailable (what is in the headers needs an
// instruction file, and there is none); not_encrypted.
Failure read_s3ec(const Metadata& metadata, const std::optional<Bytes>& instruction, S3ecHeader& header);

// One JSON object whose members are all texts, each name once. Faults: malformed.
Failure parse_text_members(ByteView json, std::map<std::string, std::string>& members);

}  // namespace trailseal::envelope
