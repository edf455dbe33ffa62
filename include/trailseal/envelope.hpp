// Client-side envelopes: messages of the AWS Encryption SDK (v1, v2) and objects of the S3 Encryption Client (V1 to
// V3), opened to be verified. Nothing is sealed here, and nothing of it concerns SSE-KMS: there S3 keeps the key, and
// no reader can check anything.
//
// An envelope is read forwards, once and in constant memory. Its plaintext reaches a sink before everything has passed;
// whoever gives a sink keeps what it received from all others until open() has returned `authenticated`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"
#include "trailseal/secret.hpp"

namespace trailseal::envelope {

// What an envelope turned out to be; one for each (trailseal-envelope(1), VERDICTS).
enum class Verdict {
  authenticated,         // every tag passed, and the commitment and the signature where the suite has them
  unauthenticated_mode,  // opened, but the format has no integrity: the content must not be relied on
  commitment_failed,     // the data key is not the one that the message commits to
  header_auth_failed,
  body_auth_failed,
  signature_failed,
  wrong_key,             // provable: another key than the one given, or a data key of the wrong size
  wrong_context,         // provable: the stored context is not the expected one
  wrong_key_or_context,  // the data key did not unwrap, and the two cannot be told apart
  key_unavailable,       // no key that could open it
  policy_rejected,       // well-formed, and refused by the Policy
  malformed,
  truncated,
  trailing_data,
  unsupported,
  decrypt_failed,  // the one word for every failure of a format without integrity
  not_encrypted,   // no envelope recognised
  error,           // trouble of ours or of the transport: says nothing about the evidence
};

std::string_view to_string(Verdict verdict) noexcept;  // "body-auth-failed"

// The three outcomes of the program: `sound` for authenticated; `broken` where the envelope itself is shown to be
// damaged or forged; `open` for everything else.
enum class Standing { sound, broken, open };
Standing standing_of(Verdict verdict) noexcept;

// An encryption context: names and values are UTF-8, in the order of their bytes.
using Context = std::map<std::string, std::string>;

struct AesKey {
  std::string name_space, name;  // the provider id and key name of the Encryption SDK; S3 objects name no key
  SecretBytes key;               // 16, 24 or 32 bytes
};

struct RsaKey {
  std::string name_space, name;
  crypto::RsaPrivateKey key;
};

// What KMS is asked: to unwrap `blob` under exactly this context. `key_id` is the claim of the envelope (an ARN; empty
// where the format states none); whoever asks a service checks it against an allow-list first.
struct KmsQuestion {
  ByteView blob;
  std::string_view key_id;
  const Context& context;
  std::size_t size;  // of the data key that must come out
};

struct KmsAnswer {
  std::optional<SecretBytes> data_key;
  std::string key_id;                          // the key that KMS says it used
  Verdict verdict = Verdict::key_unavailable;  // without a data_key: why (wrong_key, wrong_key_or_context, error, ...)
  std::string detail;
};
using KmsUnwrap = std::function<KmsAnswer(const KmsQuestion&)>;

// The keys that may open an envelope. A data key stands alone: it is taken for the envelope's own, nothing is
// unwrapped.
struct Keyring {
  std::vector<AesKey> aes;
  std::vector<RsaKey> rsa;
  std::vector<SecretBytes> data_key;  // the readings of one file, each of another size: binary, hexadecimal, base64
  KmsUnwrap kms;                      // empty: KMS cannot be asked

  bool empty() const { return aes.empty() && rsa.empty() && data_key.empty() && !kms; }
};

struct Policy {
  bool require_commitment = false;  // refuse formats whose ciphertext may open under two keys
  bool allow_legacy = false;        // open the wraps and the contents without integrity of the S3 Encryption Client
  bool accept_net_400 = false;      // undo the two deviations of the Encryption SDK for .NET 4.0.0
  std::size_t max_edks = kMaxEdks;

  static constexpr std::size_t kMaxEdks = 64;  // the format allows 65,535, each of 196 KB: 12 GB of header
};

// The metadata of an S3 object: names in lower case without "x-amz-meta-".
using Metadata = std::map<std::string, std::string>;

// Reads a map of headers, or what `aws s3api head-object` prints. Errors: corrupt (no JSON object, a name twice, a
// value that is no text), limit (more than 64 KiB).
Result<Metadata> parse_metadata(ByteView json);

// Reads into the span and tells how much; 0 is the end. Called again after the end, it says 0 again.
using Source = std::function<Result<std::size_t>(std::span<std::uint8_t>)>;
using Sink = std::function<Result<void>(ByteView)>;

// Reads `bytes`, which must outlive it.
Source source_of(ByteView bytes);

struct Envelope {
  Source body;
  std::optional<Metadata> metadata;  // of an S3 object
  std::optional<Bytes> instruction;  // the instruction file of an S3 object, as it is
  Context expected;                  // see open()
};

enum class Format { none, esdk_v1, esdk_v2, s3ec_v1, s3ec_v2, s3ec_v3 };
std::string_view to_string(Format format) noexcept;  // "esdk-v2"; "none"

// What a KMS ciphertext blob shows without a key. The layout is unpublished: a hint, never evidence.
struct KmsBlob {
  Bytes key_material_id;  // 32 bytes, constant for one key material
  std::size_t plaintext_size = 0;
};
std::optional<KmsBlob> parse_kms_blob(ByteView blob);

// An encrypted data key, as the envelope claims it.
struct Recipient {
  enum class State { untried, no_key, failed, opened };
  std::string provider;  // "aws-kms", a namespace; for S3 objects the wrap algorithm
  std::string key;       // ARN or key name; may be empty
  std::size_t size = 0;  // of the wrapped key
  std::optional<KmsBlob> blob;
  State state = State::untried;
};
std::string_view to_string(Recipient::State state) noexcept;  // "no-key"

// `valid` needs an authenticated header; `consistent` only says that the signature fits the key that the message itself
// carries, which whoever forges a message can arrange.
enum class SignatureState { none, unchecked, consistent, valid, invalid };
std::string_view to_string(SignatureState state) noexcept;

struct Opened {
  Verdict verdict = Verdict::error;
  std::string detail;  // what exactly failed; may carry evidence. Empty when all is well
  std::vector<std::string> warnings;

  Format format = Format::none;
  std::optional<std::uint16_t> suite;  // 0x0578; for S3 objects 0x0070, 0x0072, 0x0073
  std::string suite_name;
  bool committing = false;
  bool is_signed = false;
  SignatureState signature = SignatureState::none;
  std::optional<Sha256> signer;       // SHA-256 of the compressed point in the header
  Context context;                    // as stored: claims, until authenticated
  std::vector<std::string> required;  // names of pairs that were authenticated without being stored
  std::vector<Recipient> recipients;
  std::string kms_key;  // the key that KMS says it used

  bool framed = false;
  std::uint32_t frame_length = 0;
  std::uint64_t frames = 0;
  std::optional<std::uint64_t> claimed_size;    // x-amz-unencrypted-content-length, unauthenticated
  std::optional<Sha256> instruction_hash;       // SHA-256 of the instruction file
  std::optional<Sha256> file_hash;              // SHA-256 of the body as stored, if all of it was read
  std::uint64_t file_size = 0;                  // bytes of it that were read
  std::optional<Sha256> plaintext_hash;         // only with authenticated and unauthenticated_mode
  std::optional<std::uint64_t> plaintext_size;  // likewise
};

// Opens one envelope as far as keys and policy allow. Without a usable key its structure is still read to the end, and
// the signature is checked against the key in the header (`consistent`).
//
// Context pairs in `envelope.expected`: for the Encryption SDK, a pair that the message stores must be equal, and one
// that it does not store is a required pair, which enters the unwrapping and the header's tag. For S3 objects the
// expected pairs must be exactly the stored ones without the reserved ones; empty means that nothing is expected.
//
// Data keys: the recipients are tried in their order, all that name a key of the ring, and all that open must agree.
Opened open(Envelope& envelope, const Keyring& keys, const Policy& policy, const crypto::Backend& backend,
            const Sink& sink = {});

}  // namespace trailseal::envelope
