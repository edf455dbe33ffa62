// The order in which a message of the Encryption SDK is judged (envelope.md 2b, "Decrypt order"): header, policy,
// expected context, data key, commitment, header tag, body, footer. Each step needs those before it, and the first that
// fails gives the verdict.
//
// Without a data key the rest is still read: a message that is cut, that goes on behind its end or whose signature does
// not fit its own public key is broken whoever holds the key. That a signature fits proves little without the key: the
// public key stands in the header, and whoever forges the message can put another there.
#include "envelope/esdk_open.hpp"

#include <algorithm>
#include <map>
#include <memory>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "envelope/esdk_derive.hpp"
#include "envelope/esdk_frames.hpp"
#include "envelope/keyring.hpp"

namespace trailseal::envelope {
namespace {

class Opening {
 public:
  Opening(Input& input, const Keyring& keys, const Policy& policy, const crypto::Backend& backend, ContentSink& sink,
          Opened& opened)
      : input_(input), keys_(keys), policy_(policy), backend_(backend), sink_(sink), opened_(opened) {}

  Failure run(const Context& expected) {
    const Failure header_failure = read_header(input_, policy_.max_edks, header_);
    describe();
    if (header_failure) return header_failure;
    if (policy_.require_commitment && !header_.suite->committing)
      return fault(Verdict::policy_rejected, "the suite does not commit to its key");
    if (auto failure = start_signature()) return failure;
    if (auto failure = compare_context(expected)) return without_key(std::move(failure));
    if (auto failure = find_data_key()) return without_key(std::move(failure));
    SecretBytes content_key;
    if (auto failure = check_header(content_key)) return failure;
    const auto opener = backend_.aes_gcm_opener(content_key.view());
    if (!opener) return trouble(opener.error());
    if (auto failure = read_to_end(opener->get(), SignatureState::valid)) return failure;
    for (const auto& [name, value] : required_) opened_.required.push_back(name);
    return {};
  }

 private:
  void describe() {
    opened_.format = header_.version == 1 ? Format::esdk_v1 : header_.version == 2 ? Format::esdk_v2 : Format::none;
    opened_.context = header_.context;
    opened_.recipients = recipients_of(header_.edks);
    opened_.framed = header_.framed;
    opened_.frame_length = header_.frame_length;
    if (header_.suite == nullptr) return;
    opened_.suite = header_.suite->id;
    opened_.suite_name = header_.suite->name;
    opened_.committing = header_.suite->committing;
    opened_.is_signed = header_.suite->signature.has_value();
    opened_.signature = opened_.is_signed ? SignatureState::unchecked : SignatureState::none;
    if (!opened_.committing) opened_.warnings.emplace_back("non-committing");
    if (header_.signer_last) opened_.warnings.emplace_back("context-order");
    warn_of_key_material();
  }

  // One ARN, and blobs of different key material: rotated in between, or an EDK that was put in another's place.
  void warn_of_key_material() {
    std::map<std::string_view, const Bytes*> material;
    for (const Recipient& recipient : opened_.recipients) {
      if (!recipient.blob) continue;
      const Bytes& id = recipient.blob->key_material_id;
      if (*material.emplace(recipient.key, &id).first->second == id) continue;
      opened_.warnings.emplace_back("kms-key-material");
      return;
    }
  }

  // From here on what is read is hashed for the signature.
  Failure start_signature() {
    if (!opened_.is_signed) return {};
    auto hasher = backend_.hasher(*header_.suite->signature);
    if (!hasher) return trouble(hasher.error());
    signed_hasher_ = std::move(hasher).value();
    signed_hasher_->update(header_.raw);
    input_.tee(signed_hasher_.get());
    if (const auto point = public_point()) {
      const auto hash = backend_.hash(crypto::Hash::sha256, *point);
      if (!hash) return trouble(hash.error());
      std::ranges::copy(*hash, opened_.signer.emplace().begin());
    }
    return {};
  }

  crypto::Curve curve() const {
    return header_.suite->signature == crypto::Hash::sha256 ? crypto::Curve::p256 : crypto::Curve::p384;
  }

  // The signer's point, if it is written as the format demands: base64 of a compressed point.
  std::optional<Bytes> public_point() const {
    auto point = base::from_base64(header_.context.at(std::string(kPublicKeyName)));
    if (!point || point->size() != 1 + crypto::size_of(curve())) return std::nullopt;
    return point;
  }

  Failure compare_context(const Context& expected) {
    for (const auto& [name, value] : expected) {
      const auto stored = header_.context.find(name);
      if (stored == header_.context.end()) {
        required_.emplace(name, value);
      } else if (stored->second != value) {
        return fault(Verdict::wrong_context, "the context holds another value for '" + name + "'");
      }
    }
    return {};
  }

  Failure find_data_key() {
    if (!keys_.data_key.empty()) return take_data_key(keys_, header_.suite->key_size, data_key_);
    Context full = header_.context;
    full.insert(required_.begin(), required_.end());
    return unwrap_edks(header_, full, keys_, backend_, opened_, data_key_);
  }

  Failure check_header(SecretBytes& content_key) {
    const std::string or_key = !keys_.data_key.empty() ? ", or the given data key is not this message's" : "";
    if (header_.suite->committing) {
      const auto matches = commitment_matches(backend_, header_, data_key_.view());
      if (!matches) return trouble(matches.error());
      if (!*matches)
        return fault(Verdict::commitment_failed, "the data key is not the one that is committed to" + or_key);
    }
    if (auto failure = try_header({}, content_key)) return failure;
    if (content_key.empty() && policy_.accept_net_400) {
      const bool plain_kdf = header_.suite->kdf && !header_.suite->committing;
      if (auto failure = try_header({plain_kdf, required_.empty()}, content_key)) return failure;
      if (!content_key.empty()) opened_.warnings.emplace_back("esdk-net-4.0.0");
    }
    if (!content_key.empty()) return {};
    return fault(Verdict::header_auth_failed, "the header does not match its tag" + or_key +
                                                  (required_.empty() ? "" : ", or a required context pair differs"));
  }

  // Leaves the content key if the header is authentic under it, and an empty one if not.
  Failure try_header(const Deviations& deviations, SecretBytes& content_key) {
    auto derived = derive_content_key(backend_, header_, data_key_.view(), deviations);
    if (!derived) return trouble(derived.error());
    const auto authentic = header_authentic(backend_, header_, derived->view(), required_, deviations);
    if (!authentic) return trouble(authentic.error());
    content_key = *authentic ? std::move(derived).value() : SecretBytes();
    return {};
  }

  Failure read_to_end(crypto::AesGcmOpener* opener, SignatureState if_it_fits) {
    BodyFacts facts;
    const Failure body_failure = read_body(input_, header_, opener, &sink_, facts);
    opened_.frames = facts.frames;
    if (facts.unusual_iv) opened_.warnings.emplace_back("frame-iv");
    if (body_failure) return body_failure;
    Bytes signature;
    if (auto failure = read_end(input_, header_, signature)) return failure;
    if (!opened_.is_signed) return {};
    if (auto failure = check_signature(signature)) {
      if (failure->verdict == Verdict::signature_failed) opened_.signature = SignatureState::invalid;
      return failure;
    }
    opened_.signature = if_it_fits;
    return {};
  }

  Failure check_signature(ByteView signature) {
    const auto point = public_point();
    if (!point) return fault(Verdict::signature_failed, "the public key in the context is no compressed point");
    const auto key = crypto::EcPublicKey::from_point(curve(), *point);
    if (!key) return fault(Verdict::signature_failed, "the public key in the context is no compressed point");
    const auto verifier = backend_.ecdsa_verifier(*key);
    if (!verifier && verifier.error().code == Errc::corrupt)
      return fault(Verdict::signature_failed, "the public key in the context does not lie on its curve");
    if (!verifier) return trouble(verifier.error());
    Bytes digest(crypto::size_of(*header_.suite->signature));
    if (const auto finished = signed_hasher_->finish(digest); !finished) return trouble(finished.error());
    const auto check = (*verifier)->verify(digest, signature);
    if (!check) return trouble(check.error());
    if (*check == crypto::SignatureCheck::valid) return {};
    return fault(Verdict::signature_failed, "the signature does not fit header and body");
  }

  // The verdict is what is broken anyway, or else `reason`.
  Failure without_key(Failure reason) {
    if (reason->verdict == Verdict::error || reason->verdict == Verdict::malformed) return reason;
    if (auto failure = read_to_end(nullptr, SignatureState::consistent)) return failure;
    return reason;
  }

  Input& input_;
  const Keyring& keys_;
  const Policy& policy_;
  const crypto::Backend& backend_;
  ContentSink& sink_;
  Opened& opened_;
  EsdkHeader header_;
  Context required_;
  SecretBytes data_key_;
  std::unique_ptr<crypto::Hasher> signed_hasher_;
};

}  // namespace

Failure open_esdk(Input& input, const Context& expected, const Keyring& keys, const Policy& policy,
                  const crypto::Backend& backend, ContentSink& sink, Opened& opened) {
  return Opening(input, keys, policy, backend, sink, opened).run(expected);
}

}  // namespace trailseal::envelope
