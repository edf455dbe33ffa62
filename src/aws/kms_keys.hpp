// The keys with which KMS may be asked to open something: a list that the user gave, never the evidence.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aws/kms.hpp"

namespace trailseal::aws {

// Thread-safe.
class KmsKeys {
 public:
  // `arns` are the keys that are allowed, in the order in which they are tried. `surroundings` and `credentials` must
  // outlive it. Errors: invalid_argument (an ARN that is not of a key; none at all), those of Kms::make.
  static Result<KmsKeys> make(const Surroundings& surroundings, CredentialSource& credentials,
                              const std::vector<std::string>& arns, std::string_view custom_endpoint = {});

  // Opens a data key; `length` as Kms::decrypt takes it. `claimed` is the ARN that the message states, or empty for a
  // format that states none: then every allowed key is tried. A key that is not allowed is key_unavailable, and nobody
  // is asked. What was asked before is answered from memory.
  Unwrapped unwrap(std::string_view claimed, ByteView blob, const EncryptionContext& context,
                   std::optional<std::size_t> length);

 private:
  struct Key {
    KeyArn arn;
    Kms kms;
  };
  struct Question {
    std::string key;
    Bytes blob;
    EncryptionContext context;
    std::optional<std::size_t> length;
    auto operator<=>(const Question&) const = default;
  };
  struct Memory {
    std::mutex mutex;
    std::map<Question, Unwrapped> answers;
  };

  explicit KmsKeys(std::vector<Key> keys) : keys_(std::move(keys)), memory_(std::make_unique<Memory>()) {}
  Unwrapped ask(const Key& key, ByteView blob, const EncryptionContext& context, std::optional<std::size_t> length);

  std::vector<Key> keys_;
  std::unique_ptr<Memory> memory_;
};

}  // namespace trailseal::aws
