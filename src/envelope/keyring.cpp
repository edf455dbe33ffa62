// How data keys are wrapped (envelope.md 2a, 2b).
//
// Encryption SDK: each EDK names its provider and key, and only keys of that name are tried.
//   raw AES: provider info = name | tag bits 4 (128) | IV length 4 (12) | IV; AES-GCM, the whole context as AAD
//   raw RSA: provider info = name; OAEP with one hash throughout, or PKCS#1 v1.5. Which, is not written: all are tried
//   aws-kms: provider info = key ARN; asked of KMS under the whole context
//
// A reader that stops at the first EDK that opens would not notice that another recipient gets another data key, and
// with a suite that does not commit, another text. So all that can be opened are, and must agree.
#include "envelope/keyring.hpp"

#include <algorithm>
#include <utility>

#include "envelope/attempts.hpp"
#include "envelope/context.hpp"

namespace trailseal::envelope {
namespace {

using crypto::Hash;

constexpr std::size_t kIvSize = 12, kTagBits = 128;
constexpr std::size_t kAesTail = 4 + 4 + kIvSize;
constexpr std::string_view kKms = "aws-kms";

// What is behind the name in the provider information of a raw AES key, or nothing.
std::optional<ByteView> aes_tail(ByteView info) {
  if (info.size() < kAesTail) return std::nullopt;
  const ByteView tail = info.last(kAesTail);
  if (big_endian(tail.first(4)) != kTagBits || big_endian(tail.subspan(4, 4)) != kIvSize) return std::nullopt;
  return tail;
}

// Every padding of a raw RSA keyring: the message does not say which was used, and only one can open.
Result<SecretBytes> open_any_rsa(const crypto::RsaDecrypter& decrypter, ByteView wrapped, std::size_t key_size) {
  for (const Hash hash : {Hash::sha256, Hash::sha1, Hash::sha384, Hash::sha512}) {
    auto opened = decrypter.decrypt_oaep(hash, hash, {}, wrapped);
    if (opened || opened.error().code != Errc::authentication) return opened;
  }
  return decrypter.decrypt_pkcs1(wrapped, key_size);
}

class EdkUnwrapper {
 public:
  EdkUnwrapper(const EsdkHeader& header, const Context& full, const Keyring& keys, const crypto::Backend& backend,
               Opened& report, SecretBytes& data_key)
      : header_(header),
        full_(full),
        keys_(keys),
        backend_(backend),
        report_(report),
        aad_(serialise(full)),
        attempts_(header.suite->key_size, data_key) {}

  Failure all() {
    for (std::size_t i = 0; i < header_.edks.size(); ++i) {
      if (auto failure = one(header_.edks[i], report_.recipients[i])) return failure;
    }
    if (keys_.empty()) return attempts_.result("no key is given");
    return attempts_.result("no given key is one of those that the message names");
  }

 private:
  Failure one(const Edk& edk, Recipient& recipient) {
    const bool is_kms = edk.provider == kKms;
    if (is_kms && keys_.kms) {
      const KmsQuestion question{edk.ciphertext, as_text(edk.info), full_, header_.suite->key_size};
      if (auto failure = attempts_.ask_kms(keys_.kms, question, recipient, report_)) return failure;
    } else if (!is_kms) {
      if (auto failure = try_aes(edk, recipient)) return failure;
      if (auto failure = try_rsa(edk, recipient)) return failure;
    }
    if (recipient.state == Recipient::State::untried) recipient.state = Recipient::State::no_key;
    return {};
  }

  Failure try_aes(const Edk& edk, Recipient& recipient) {
    const auto tail = aes_tail(edk.info);
    if (!tail) return {};
    const std::string_view name = as_text(edk.info).substr(0, edk.info.size() - kAesTail);
    for (const AesKey& key : keys_.aes) {
      if (key.name_space != edk.provider || key.name != name) continue;
      auto opened = open_aes_gcm(backend_, key.key.view(), tail->last(kIvSize), aad_, edk.ciphertext);
      if (auto failure = attempts_.take(std::move(opened), recipient)) return failure;
    }
    return {};
  }

  Failure try_rsa(const Edk& edk, Recipient& recipient) {
    for (const RsaKey& key : keys_.rsa) {
      if (key.name_space != edk.provider || key.name != as_text(edk.info)) continue;
      const auto decrypter = backend_.rsa_decrypter(key.key);
      if (!decrypter) return trouble(decrypter.error());
      auto opened = open_any_rsa(**decrypter, edk.ciphertext, header_.suite->key_size);
      if (auto failure = attempts_.take(std::move(opened), recipient)) return failure;
    }
    return {};
  }

  const EsdkHeader& header_;
  const Context& full_;
  const Keyring& keys_;
  const crypto::Backend& backend_;
  Opened& report_;
  Bytes aad_;
  Attempts attempts_;
};

}  // namespace

std::vector<Recipient> recipients_of(const std::vector<Edk>& edks) {
  std::vector<Recipient> recipients;
  for (const Edk& edk : edks) {
    Recipient recipient;
    recipient.provider = edk.provider;
    recipient.size = edk.ciphertext.size();
    const bool is_kms = edk.provider == kKms;
    const std::string_view info = as_text(edk.info);
    recipient.key = !is_kms && aes_tail(edk.info) ? info.substr(0, info.size() - kAesTail) : info;
    if (is_kms) recipient.blob = parse_kms_blob(edk.ciphertext);
    recipients.push_back(std::move(recipient));
  }
  return recipients;
}

Failure take_data_key(const Keyring& keys, std::size_t size, SecretBytes& data_key) {
  const auto right = std::ranges::find(keys.data_key, size, &SecretBytes::size);
  if (right == keys.data_key.end())
    return fault(Verdict::wrong_key,
                 "the given data key has not the " + std::to_string(size) + " bytes that are needed");
  data_key = SecretBytes::copy_of(right->view());
  return {};
}

Failure unwrap_edks(const EsdkHeader& header, const Context& full, const Keyring& keys, const crypto::Backend& backend,
                    Opened& opened, SecretBytes& data_key) {
  return EdkUnwrapper(header, full, keys, backend, opened, data_key).all();
}

}  // namespace trailseal::envelope
