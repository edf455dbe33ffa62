#include "aws/kms.hpp"

#include <algorithm>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "aws/endpoints.hpp"
#include "aws/secret_json.hpp"
#include "base/arn.hpp"
#include "base/base64.hpp"

namespace trailseal::aws {
namespace {

using nlohmann::json;

constexpr std::size_t kMostBlob = 6'144, kMostId = 128;
constexpr std::size_t kMostPages = 500;  // a key may have 50,000 grants
// KMS answers at once or not at all; one attempt may not hold up a run for longer.
constexpr std::chrono::seconds kTimeout{10};

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::ranges::find(codes, code) != codes.end();
}

Unwrapped unwrapped(Unwrapping state, std::string detail) { return {state, {}, {}, std::move(detail)}; }

// By the name of the error: the statuses of the model are not those of the service.
Unwrapping meaning_of(const Answer::Refusal& refusal) {
  const std::string_view code = refusal.code;
  if (code == "IncorrectKeyException") return Unwrapping::wrong_key;
  if (code == "InvalidCiphertextException") return Unwrapping::wrong_key_or_context;
  if (is_one_of(code, {"NotFoundException", "DisabledException", "KMSInvalidStateException", "KeyUnavailableException",
                       "DependencyTimeoutException", "KMSInternalException", "LimitExceededException"}))
    return Unwrapping::key_unavailable;
  // InvalidKeyUsageException, InvalidGrantTokenException, ValidationException: ours
  return refusal.error.code == Errc::access_denied || refusal.error.code == Errc::io ? Unwrapping::key_unavailable
                                                                                     : Unwrapping::trouble;
}

// nullopt: the context is not UTF-8, which no request can hold.
std::optional<std::string> decrypt_request(const KeyArn& key, ByteView blob, const EncryptionContext& context) {
  json request = {{"KeyId", key.text}, {"CiphertextBlob", base::to_base64(blob)}};
  if (!context.empty()) request["EncryptionContext"] = context;
  try {
    return request.dump();
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

Unwrapped read_plaintext(ByteView answer, const KeyArn& key, std::optional<std::size_t> length) {
  auto members = parse_secret_json(answer);
  if (!members) return unwrapped(Unwrapping::trouble, "the answer is " + members.error().message);
  const std::string& used = (*members)["KeyId"].text();
  const Secret& encoded = (*members)["Plaintext"];
  if (used.empty() || encoded.empty()) return unwrapped(Unwrapping::trouble, "the answer lacks KeyId or Plaintext");
  if (used != key.text) return unwrapped(Unwrapping::wrong_key, "it was opened with another key: " + used);
  auto plaintext = base::from_base64(encoded.text());
  if (!plaintext) return unwrapped(Unwrapping::trouble, "the answer's Plaintext is not base64");
  SecretBytes secret(std::move(*plaintext));
  const std::size_t size = secret.size();
  if (length ? size != *length : size != 16 && size != 24 && size != 32) {
    std::string detail = "the data key has " + std::to_string(size) + " bytes";
    if (length) detail += ", not " + std::to_string(*length);
    return unwrapped(Unwrapping::malformed, std::move(detail));
  }
  return {Unwrapping::opened, std::move(secret), key.text, {}};
}

}  // namespace

Result<KeyArn> KeyArn::parse(std::string_view text) {
  const auto arn = base::parse_arn(text);
  const auto is_id = [](std::string_view name) {
    return !name.empty() && name.size() <= kMostId && std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
    });
  };
  constexpr std::string_view kKey = "key/";
  if (!arn || arn->service != "kms" || !is_region(arn->region) || partition_of(arn->region) != arn->partition ||
      !base::is_account(arn->account) || !arn->resource.starts_with(kKey) ||
      !is_id(std::string_view(arn->resource).substr(kKey.size())))
    return Error{Errc::invalid_argument, "not the ARN of a KMS key: " + std::string(text)};
  return KeyArn{std::string(text), arn->region, arn->account, arn->resource.substr(kKey.size())};
}

Result<Kms> Kms::make(const Surroundings& surroundings, CredentialSource& credentials, std::string region,
                      std::string_view custom_endpoint) {
  if (!is_region(region)) return Error{Errc::invalid_argument, "not a region: " + region};
  const EndpointOptions options = endpoint_options("kms", surroundings.environment, custom_endpoint);
  TRY(std::string url, endpoint_url("kms", region, options));
  return Kms(surroundings, credentials, Service{std::move(url), {std::move(region), "kms"}, kTimeout});
}

Result<Answer> Kms::call(const std::string& action, std::string body) const {
  Headers headers;
  headers.set("Content-Type", "application/x-amz-json-1.1");
  headers.set("X-Amz-Target", "TrentService." + action);
  return ask(*surroundings_, service_, std::move(headers), std::move(body), credentials_, action + " in " + region());
}

Unwrapped Kms::decrypt(const KeyArn& key, ByteView blob, const EncryptionContext& context,
                       std::optional<std::size_t> length) const {
  if (blob.empty() || blob.size() > kMostBlob)
    return unwrapped(Unwrapping::wrong_key_or_context,
                     "no ciphertext of KMS has " + std::to_string(blob.size()) + " bytes");
  auto request = decrypt_request(key, blob, context);
  if (!request) return unwrapped(Unwrapping::wrong_key_or_context, "the encryption context is not UTF-8");
  auto answer = call("Decrypt", std::move(*request));
  if (!answer) {
    return unwrapped(answer.error().code == Errc::io ? Unwrapping::key_unavailable : Unwrapping::trouble,
                     std::move(answer).error().message);
  }
  if (answer->refusal) return unwrapped(meaning_of(*answer->refusal), std::move(answer->refusal->error.message));
  Unwrapped out = read_plaintext(answer->body, key, length);
  wipe(answer->body);
  if (out.state != Unwrapping::opened) out.detail = "Decrypt in " + region() + ": " + out.detail;
  return out;
}

Result<Bytes> Kms::body_of(const std::string& action, std::string request) const {
  TRY(Answer answer, call(action, std::move(request)));
  if (answer.refusal) return std::move(answer.refusal->error);
  return std::move(answer.body);
}

Pages Kms::list(const std::string& action, const std::string& key, const std::string& list, int page_size) const {
  const json request = {{"KeyId", key}, {"Limit", page_size}};
  return ask_pages({action + " in " + region(), list, "NextMarker", "Marker", kMostPages}, request.dump(),
                   [&](std::string body) { return body_of(action, std::move(body)); });
}

Result<Bytes> Kms::describe_key(const std::string& key) const {
  return body_of("DescribeKey", json{{"KeyId", key}}.dump());
}

Result<Bytes> Kms::key_policy(const std::string& key) const {
  return body_of("GetKeyPolicy", json{{"KeyId", key}, {"PolicyName", "default"}}.dump());
}

Result<Bytes> Kms::rotation_status(const std::string& key) const {
  return body_of("GetKeyRotationStatus", json{{"KeyId", key}}.dump());
}

// The page sizes are the largest that KMS allows.
Pages Kms::rotations(const std::string& key) const { return list("ListKeyRotations", key, "Rotations", 1000); }
Pages Kms::grants(const std::string& key) const { return list("ListGrants", key, "Grants", 100); }

}  // namespace trailseal::aws
