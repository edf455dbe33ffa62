#include "envelope/attempts.hpp"

#include <utility>

namespace trailseal::envelope {
namespace {

constexpr std::size_t kTagSize = 16;

int rank(Verdict verdict) {
  switch (verdict) {
    case Verdict::error: return 3;
    case Verdict::wrong_key_or_context: return 2;
    case Verdict::wrong_key: return 1;
    default: return 0;
  }
}

}  // namespace

Failure Attempts::opened(SecretBytes key, Recipient& recipient) {
  recipient.state = Recipient::State::opened;
  if (key.size() != key_size_) {
    return malformed("an encrypted data key holds " + std::to_string(key.size()) + " bytes, and not " +
                     std::to_string(key_size_));
  }
  if (found_ && !(key == data_key_))
    return malformed("the encrypted data keys differ: two recipients would not read the same");
  found_ = true;
  data_key_ = std::move(key);
  return {};
}

void Attempts::failed(Recipient& recipient, Fault reason) {
  if (recipient.state == Recipient::State::untried) recipient.state = Recipient::State::failed;
  if (!worst_ || rank(reason.verdict) > rank(worst_->verdict)) worst_ = std::move(reason);
}

Failure Attempts::take(Result<SecretBytes> result, Recipient& recipient) {
  if (result) return opened(std::move(result).value(), recipient);
  if (result.error().code != Errc::authentication) return trouble(result.error());
  failed(recipient, {Verdict::wrong_key_or_context, "no given key unwraps the data key under this context"});
  return {};
}

Failure Attempts::ask_kms(const KmsUnwrap& kms, const KmsQuestion& question, Recipient& recipient, Opened& report) {
  KmsAnswer answer = kms(question);
  if (!answer.data_key) {
    failed(recipient, {answer.verdict, std::move(answer.detail)});
    return {};
  }
  report.kms_key = answer.key_id;
  return opened(std::move(*answer.data_key), recipient);
}

Failure Attempts::result(std::string why_none) const {
  if (found_) return {};
  if (worst_) return worst_;
  return fault(Verdict::key_unavailable, std::move(why_none));
}

Result<SecretBytes> open_aes_gcm(const crypto::Backend& backend, ByteView key, ByteView iv, ByteView aad,
                                 ByteView wrapped) {
  if (wrapped.size() < kTagSize) return Error{Errc::authentication, "too short for a tag"};
  TRY(Bytes opened,
      backend.aes_gcm_open(key, iv, aad, wrapped.first(wrapped.size() - kTagSize), wrapped.last(kTagSize)));
  return SecretBytes(std::move(opened));
}

}  // namespace trailseal::envelope
