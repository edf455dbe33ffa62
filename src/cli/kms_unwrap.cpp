#include "cli/kms_unwrap.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "aws/kms_keys.hpp"

namespace trailseal::cli {
namespace {

envelope::Verdict verdict_of(aws::Unwrapping state) {
  switch (state) {
    case aws::Unwrapping::opened: return envelope::Verdict::authenticated;
    case aws::Unwrapping::wrong_key: return envelope::Verdict::wrong_key;
    case aws::Unwrapping::wrong_key_or_context: return envelope::Verdict::wrong_key_or_context;
    case aws::Unwrapping::malformed: return envelope::Verdict::malformed;
    case aws::Unwrapping::key_unavailable: return envelope::Verdict::key_unavailable;
    case aws::Unwrapping::trouble: break;
  }
  return envelope::Verdict::error;
}

// What is asked through lives as long as the question can be put.
struct Kept {
  AwsAccess access;
  std::optional<aws::KmsKeys> keys;
};

}  // namespace

Result<envelope::KmsUnwrap> make_kms_unwrap(AwsAccess access, const std::vector<std::string>& arns) {
  auto kept = std::make_shared<Kept>(Kept{std::move(access), std::nullopt});
  TRY(aws::KmsKeys keys,
      aws::KmsKeys::make(kept->access.surroundings, *kept->access.credentials, arns, kept->access.endpoint));
  kept->keys.emplace(std::move(keys));
  return envelope::KmsUnwrap([kept](const envelope::KmsQuestion& question) {
    aws::Unwrapped answer = kept->keys->unwrap(question.key_id, question.blob, question.context, question.size);
    envelope::KmsAnswer out;
    out.verdict = verdict_of(answer.state);
    out.key_id = std::move(answer.key);
    out.detail = std::move(answer.detail);
    if (answer.state == aws::Unwrapping::opened) out.data_key = std::move(answer.plaintext);
    return out;
  });
}

}  // namespace trailseal::cli
