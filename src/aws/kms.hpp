// AWS KMS (API Reference, version 2014-11-01): JSON 1.1.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "aws/credentials.hpp"
#include "aws/pages.hpp"
#include "aws/service.hpp"
#include "aws/surroundings.hpp"

namespace trailseal::aws {

// "arn:aws:kms:eu-west-1:111122223333:key/11111111-2222-3333-4444-555555555555": a key and nothing else, no alias, in a
// region of the partition that it names.
struct KeyArn {
  std::string text, region, account, id;

  // Errors: invalid_argument.
  static Result<KeyArn> parse(std::string_view text);
};

// What asking KMS for a plaintext came to, as far as verdicts differ (envelope.md 2c).
enum class Unwrapping {
  opened,
  wrong_key,             // provable: KMS says so, or opened it with another key than it was told to use
  wrong_key_or_context,  // the two look the same to KMS, as does a blob that is none of its
  malformed,             // opened, and the plaintext has another length than it must have
  key_unavailable,       // not allowed, denied, disabled, deleted, throttled, not reached
  trouble,               // ours: credentials, clock, an answer that is none
};

struct Unwrapped {
  Unwrapping state = Unwrapping::trouble;
  SecretBytes plaintext;  // when opened
  std::string key;        // when opened: the ARN that KMS says it used
  std::string detail;     // otherwise: why. No secret is in it.
};

using EncryptionContext = std::map<std::string, std::string>;

class Kms {
 public:
  // For one region. `surroundings` and `credentials` must outlive it. Errors: those of endpoint_url; invalid_argument
  // (not a region).
  static Result<Kms> make(const Surroundings& surroundings, CredentialSource& credentials, std::string region,
                          std::string_view custom_endpoint = {});

  const std::string& region() const { return service_.scope.region; }

  // Decrypt, with this key alone and with this context exactly. The plaintext must be a data key of `length` bytes;
  // nullopt: of 16, 24 or 32.
  Unwrapped decrypt(const KeyArn& key, ByteView blob, const EncryptionContext& context,
                    std::optional<std::size_t> length) const;

  // The answers as KMS gives them, JSON objects. Errors: those of post, and of ask_pages where there are pages.
  Result<Bytes> describe_key(const std::string& key) const;
  Result<Bytes> key_policy(const std::string& key) const;
  Result<Bytes> rotation_status(const std::string& key) const;
  Pages rotations(const std::string& key) const;
  Pages grants(const std::string& key) const;

 private:
  Kms(const Surroundings& surroundings, CredentialSource& credentials, Service service)
      : surroundings_(&surroundings), credentials_(&credentials), service_(std::move(service)) {}
  Result<Answer> call(const std::string& action, std::string body) const;
  Result<Bytes> body_of(const std::string& action, std::string request) const;
  Pages list(const std::string& action, const std::string& key, const std::string& list, int page_size) const;

  const Surroundings* surroundings_;
  CredentialSource* credentials_;
  Service service_;
};

}  // namespace trailseal::aws
