#include "aws/kms_keys.hpp"

#include <algorithm>

namespace trailseal::aws {
namespace {

// A message may name one blob in many data keys, and many files may share one; no more is worth remembering.
constexpr std::size_t kMostRemembered = 256;

// Of several failures the one that says most: that a key was not to be had outranks that another was the wrong one.
bool tells_more(Unwrapping a, Unwrapping b) { return static_cast<int>(a) > static_cast<int>(b); }

Unwrapped copy_of(const Unwrapped& answer) {
  return {answer.state, SecretBytes::copy_of(answer.plaintext.view()), answer.key, answer.detail};
}

}  // namespace

Result<KmsKeys> KmsKeys::make(const Surroundings& surroundings, CredentialSource& credentials,
                              const std::vector<std::string>& arns, std::string_view custom_endpoint) {
  std::vector<Key> keys;
  for (const std::string& text : arns) {
    TRY(KeyArn arn, KeyArn::parse(text));
    if (std::ranges::any_of(keys, [&](const Key& key) { return key.arn.text == text; })) continue;
    TRY(Kms kms, Kms::make(surroundings, credentials, arn.region, custom_endpoint));
    keys.push_back({std::move(arn), std::move(kms)});
  }
  if (keys.empty()) return Error{Errc::invalid_argument, "no KMS key is allowed"};
  return KmsKeys(std::move(keys));
}

Unwrapped KmsKeys::ask(const Key& key, ByteView blob, const EncryptionContext& context,
                       std::optional<std::size_t> length) {
  Question question{key.arn.text, Bytes(blob.begin(), blob.end()), context, length};
  {
    const std::lock_guard lock(memory_->mutex);
    const auto known = memory_->answers.find(question);
    if (known != memory_->answers.end()) return copy_of(known->second);
  }
  Unwrapped answer = key.kms.decrypt(key.arn, blob, context, length);
  const std::lock_guard lock(memory_->mutex);
  if (memory_->answers.size() >= kMostRemembered) memory_->answers.clear();
  memory_->answers.emplace(std::move(question), copy_of(answer));
  return answer;
}

Unwrapped KmsKeys::unwrap(std::string_view claimed, ByteView blob, const EncryptionContext& context,
                          std::optional<std::size_t> length) {
  Unwrapped failure{Unwrapping::opened, {}, {}, {}};
  for (const Key& key : keys_) {
    if (!claimed.empty() && key.arn.text != claimed) continue;
    Unwrapped answer = ask(key, blob, context, length);
    if (answer.state == Unwrapping::opened) return answer;
    if (tells_more(answer.state, failure.state)) failure = std::move(answer);
  }
  if (failure.state != Unwrapping::opened) return failure;
  return {Unwrapping::key_unavailable, {}, {}, "the key is not among those allowed: " + std::string(claimed)};
}

}  // namespace trailseal::aws
