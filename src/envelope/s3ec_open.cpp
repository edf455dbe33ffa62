// The order in which an object of the S3 Encryption Client is judged (envelope.md 2a): metadata, policy, expected
// context, data key, then what the metadata say of the content, commitment, content.
//
//   CBC (V1 and some V2): AES-256-CBC, PKCS#7. No integrity at all: whatever comes out, the verdict is never better
//   than
//     unauthenticated-mode, and every failure has the same words (a padding oracle needs different ones)
//   GCM (V2): AES-256-GCM, no AAD, tag behind the content
//   committing GCM (V3): HKDF-SHA512 with the message id as salt gives 28 bytes to compare and the content key; the IV
//   is
//     fixed, the suite is the AAD. Unlike in the Encryption SDK, the commitment's info begins with the suite.
#include "envelope/s3ec_open.hpp"

#include <algorithm>
#include <array>

#include "envelope/keyring.hpp"
#include "envelope/s3ec.hpp"

namespace trailseal::envelope {
namespace {

using crypto::Hash;

constexpr std::size_t kPiece = 64u << 10;
constexpr std::size_t kTagSize = 16, kGcmIvSize = 12, kCbcIvSize = 16, kDataKeySize = 32;
constexpr std::array<std::uint8_t, 2> kSuite = {0x00, 0x73};

class Opening {
 public:
  Opening(Input& input, const Keyring& keys, const Policy& policy, const crypto::Backend& backend, ContentSink& sink,
          Opened& opened)
      : input_(input), keys_(keys), policy_(policy), backend_(backend), sink_(sink), opened_(opened) {}

  Failure run(const Envelope& envelope) {
    const Failure header_failure = read_s3ec(envelope.metadata.value_or(Metadata{}), envelope.instruction, header_);
    describe();
    if (envelope.instruction) {
      const auto hash = backend_.hash(Hash::sha256, *envelope.instruction);
      if (!hash) return trouble(hash.error());
      std::ranges::copy(*hash, opened_.instruction_hash.emplace().begin());
    }
    if (header_failure) return header_failure;
    if (policy_.require_commitment && header_.cipher != ContentCipher::committing_gcm)
      return fault(Verdict::policy_rejected, "the format does not commit to its key");
    if (is_legacy(header_.wrap) && !policy_.allow_legacy && keys_.data_key.empty())
      return fault(Verdict::policy_rejected, "a legacy wrap of the data key");
    if (auto failure = compare_context(envelope.expected)) return failure;
    if (auto failure = find_data_key()) {
      // Without any key the rest may still be wrong; a key that does not fit says more.
      const bool untried = failure->verdict == Verdict::key_unavailable;
      if (auto shape = untried ? check_content_fields() : Failure()) return shape;
      return failure;
    }
    if (auto failure = check_content_fields()) return failure;
    switch (header_.cipher) {
      case ContentCipher::cbc: return open_cbc();
      case ContentCipher::gcm: return open_gcm(data_key_.view(), header_.iv, {});
      case ContentCipher::committing_gcm: return open_committing();
    }
    return {};
  }

 private:
  void describe() {
    opened_.format = header_.format;
    opened_.claimed_size = header_.claimed_size;
    opened_.context = header_.material;
    if (header_.format == Format::none) return;
    Recipient recipient;
    recipient.provider = header_.wrap_name;
    if (header_.format == Format::s3ec_v1) recipient.provider = header_.wrap == Wrap::aes_ecb ? "AES" : "RSA";
    if (header_.wrap == Wrap::kms || header_.wrap == Wrap::kms_context)
      recipient.blob = parse_kms_blob(header_.wrapped_key);
    const auto id = header_.material.find(std::string(kReservedKmsId));
    if (id != header_.material.end()) recipient.key = id->second;
    recipient.size = header_.wrapped_key.size();
    opened_.recipients.push_back(std::move(recipient));
    describe_cipher();
  }

  void describe_cipher() {
    opened_.committing = header_.cipher == ContentCipher::committing_gcm;
    switch (header_.cipher) {
      case ContentCipher::cbc:
        opened_.suite = 0x0070;
        opened_.suite_name = "AES_256_CBC_IV16_NO_KDF";
        opened_.warnings.emplace_back("unauthenticated-mode");
        break;
      case ContentCipher::gcm:
        opened_.suite = 0x0072;
        opened_.suite_name = "AES_256_GCM_IV12_TAG16_NO_KDF";
        break;
      case ContentCipher::committing_gcm:
        opened_.suite = 0x0073;
        opened_.suite_name = "AES_256_GCM_HKDF_SHA512_COMMIT_KEY";
        break;
    }
    if (!opened_.committing) opened_.warnings.emplace_back("non-committing");
    if (is_legacy(header_.wrap)) opened_.warnings.emplace_back("legacy-wrap");
  }

  Failure compare_context(const Context& expected) const {
    if (expected.empty()) return {};
    Context stored = header_.material;
    stored.erase(std::string(kReservedContext));
    stored.erase(std::string(kReservedKmsId));
    if (stored != expected) return fault(Verdict::wrong_context, "the stored context is not the expected one");
    // Only KMS authenticates the context: with every other wrap whoever can write the metadata can write this, too.
    const bool bound = header_.wrap == Wrap::kms || header_.wrap == Wrap::kms_context;
    if (bound && keys_.data_key.empty()) return {};
    return fault(Verdict::policy_rejected,
                 bound ? "with a given data key nothing shows that the stored context is genuine"
                       : "the wrap does not bind the stored context, so nothing shows that it is genuine");
  }

  Failure find_data_key() {
    if (!keys_.data_key.empty()) return take_data_key(keys_, kDataKeySize, data_key_);
    return unwrap_s3ec(header_, keys_, backend_, opened_, data_key_);
  }

  Failure check_content_fields() const {
    if (header_.cipher == ContentCipher::committing_gcm) return {};
    const bool cbc = header_.cipher == ContentCipher::cbc;
    if (header_.iv.size() != (cbc ? kCbcIvSize : kGcmIvSize))
      return malformed("an IV of " + std::to_string(header_.iv.size()) + " bytes");
    if (cbc && header_.tag_length) return malformed("a tag length, and content without a tag");
    if (!cbc && header_.tag_length != "128") return malformed("a tag length of other than 128 bits");
    if (cbc && !policy_.allow_legacy) return fault(Verdict::policy_rejected, "content without any integrity");
    return {};
  }

  Failure open_cbc() {
    const auto decrypter = backend_.aes_cbc_decrypter(data_key_.view(), header_.iv);
    if (!decrypter) return trouble(decrypter.error());
    for (ByteView piece;;) {
      if (auto failure = input_.some(kPiece, piece)) return failure;
      if (piece.empty()) break;
      if (const auto updated = (*decrypter)->update(piece, sink_.buffer()); !updated) return trouble(updated.error());
      if (auto failure = sink_.pass_on()) return failure;
    }
    // What follows is done whether or not the padding was right, lest its time tells.
    const auto finished = (*decrypter)->finish(sink_.buffer());
    if (!finished && finished.error().code != Errc::authentication) return trouble(finished.error());
    if (auto failure = sink_.pass_on()) return failure;
    if (!finished) return fault(Verdict::decrypt_failed, "the content does not decrypt");
    return fault(Verdict::unauthenticated_mode, "decrypted, but nothing protects this content from changes");
  }

  Failure open_gcm(ByteView key, ByteView iv, ByteView aad) {
    const auto opener = backend_.aes_gcm_opener(key);
    if (!opener) return trouble(opener.error());
    if (const auto started = (*opener)->start(iv, aad); !started) return trouble(started.error());
    for (ByteView piece;;) {
      if (auto failure = input_.some(kPiece, piece, kTagSize)) return failure;
      if (piece.empty()) break;
      if (const auto updated = (*opener)->update(piece, sink_.buffer()); !updated) {
        if (updated.error().code == Errc::limit) return malformed("more content than AES-GCM allows");
        return trouble(updated.error());
      }
      if (auto failure = sink_.pass_on()) return failure;
    }
    std::array<std::uint8_t, kTagSize> tag{};
    if (auto failure = input_.exactly(tag, "the tag")) return failure;
    if (const auto finished = (*opener)->finish(tag, sink_.buffer()); !finished) {
      if (finished.error().code != Errc::authentication) return trouble(finished.error());
      return fault(Verdict::body_auth_failed, "the content does not match its tag" + or_key());
    }
    return sink_.pass_on();
  }

  Failure open_committing() {
    const auto commitment = derive("COMMITKEY", header_.commitment.size());
    if (!commitment) return trouble(commitment.error());
    if (!equal_in_constant_time(commitment->view(), header_.commitment))
      return fault(Verdict::commitment_failed, "the data key is not the one that is committed to" + or_key());
    const auto key = derive("DERIVEKEY", kDataKeySize);
    if (!key) return trouble(key.error());
    std::array<std::uint8_t, kGcmIvSize> iv{};
    iv.fill(1);
    return open_gcm(key->view(), iv, kSuite);
  }

  // What a data key that was merely given may mean as well.
  std::string or_key() const { return keys_.data_key.empty() ? "" : ", or the given data key is not this message's"; }

  Result<SecretBytes> derive(std::string_view label, std::size_t size) const {
    Bytes info(kSuite.begin(), kSuite.end());
    info.insert(info.end(), label.begin(), label.end());
    return backend_.hkdf(Hash::sha512, data_key_.view(), header_.message_id, info, size);
  }

  Input& input_;
  const Keyring& keys_;
  const Policy& policy_;
  const crypto::Backend& backend_;
  ContentSink& sink_;
  Opened& opened_;
  S3ecHeader header_;
  SecretBytes data_key_;
};

}  // namespace

Failure open_s3ec(Input& input, const Envelope& envelope, const Keyring& keys, const Policy& policy,
                  const crypto::Backend& backend, ContentSink& sink, Opened& opened) {
  return Opening(input, keys, policy, backend, sink, opened).run(envelope);
}

}  // namespace trailseal::envelope
