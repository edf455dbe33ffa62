// The wraps of the S3 Encryption Client, each for a data key of 32 bytes (envelope.md 2a, the table of wrap
// algorithms).
//
// What ties a wrapped key to its content algorithm differs: AES/GCM has the name of the algorithm as its AAD, RSA-OAEP-
// SHA1 wraps it behind the key, kms+context has it in the context. The older wraps have nothing.
#include <algorithm>

#include "envelope/attempts.hpp"
#include "envelope/keyring.hpp"

namespace trailseal::envelope {
namespace {

using crypto::Hash;

constexpr std::size_t kDataKeySize = 32;
constexpr std::size_t kIvSize = 12;

class S3ecUnwrapper {
 public:
  S3ecUnwrapper(const S3ecHeader& header, const Keyring& keys, const crypto::Backend& backend, Opened& report,
                SecretBytes& data_key)
      : header_(header), keys_(keys), backend_(backend), report_(report), attempts_(kDataKeySize, data_key) {}

  Failure all() {
    Recipient& recipient = report_.recipients.front();
    if (auto failure = attempt(recipient)) return failure;
    if (recipient.state == Recipient::State::untried) recipient.state = Recipient::State::no_key;
    return attempts_.result(keys_.empty() ? "no key is given" : "no given key is of the kind that wraps this one");
  }

 private:
  Failure attempt(Recipient& recipient) {
    switch (header_.wrap) {
      case Wrap::kms:
      case Wrap::kms_context:
        if (!keys_.kms) return {};
        return attempts_.ask_kms(keys_.kms, {header_.wrapped_key, {}, header_.material, kDataKeySize}, recipient,
                                 report_);
      case Wrap::aes_ecb:
      case Wrap::aes_kw:
      case Wrap::aes_gcm:
        for (const AesKey& key : keys_.aes) {
          if (auto failure = attempts_.take(with_aes(key.key.view()), recipient)) return failure;
        }
        return {};
      case Wrap::rsa_pkcs1:
      case Wrap::rsa_oaep_sha256:
      case Wrap::rsa_oaep_sha1:
        for (const RsaKey& key : keys_.rsa) {
          const auto decrypter = backend_.rsa_decrypter(key.key);
          if (!decrypter) return trouble(decrypter.error());
          if (auto failure = with_rsa(**decrypter, recipient)) return failure;
        }
        return {};
    }
    return {};
  }

  Result<SecretBytes> with_aes(ByteView key) {
    const ByteView wrapped = header_.wrapped_key;
    if (header_.wrap == Wrap::aes_ecb) return with_aes_ecb(key);
    if (header_.wrap == Wrap::aes_kw) return backend_.aes_kw_open(key, wrapped);
    if (wrapped.size() < kIvSize) return Error{Errc::authentication, "too short for an IV"};
    return open_aes_gcm(backend_, key, wrapped.first(kIvSize), as_bytes(header_.cipher_name), wrapped.subspan(kIvSize));
  }

  // Nothing but the padding tells a wrong key from the right one, and of wrong keys 1 in 256 gives a padding of one
  // byte: so another size, too, speaks of the key, and not of the wrap.
  Result<SecretBytes> with_aes_ecb(ByteView key) {
    TRY(SecretBytes opened, backend_.aes_ecb_decrypt(key, header_.wrapped_key));
    if (opened.size() != kDataKeySize) return Error{Errc::authentication, "no data key of 32 bytes"};
    return opened;
  }

  Failure with_rsa(const crypto::RsaDecrypter& decrypter, Recipient& recipient) {
    const ByteView wrapped = header_.wrapped_key;
    if (header_.wrap == Wrap::rsa_pkcs1)
      return attempts_.take(decrypter.decrypt_pkcs1(wrapped, kDataKeySize), recipient);
    if (header_.wrap == Wrap::rsa_oaep_sha256) {
      // Java's own provider leaves MGF1 at SHA-1; Bouncy Castle does not.
      auto opened = decrypter.decrypt_oaep(Hash::sha256, Hash::sha1, {}, wrapped);
      if (!opened && opened.error().code == Errc::authentication)
        opened = decrypter.decrypt_oaep(Hash::sha256, Hash::sha256, {}, wrapped);
      return attempts_.take(std::move(opened), recipient);
    }
    auto opened = decrypter.decrypt_oaep(Hash::sha1, Hash::sha1, {}, wrapped);
    if (!opened) return attempts_.take(std::move(opened), recipient);
    // Length of the key in one byte, the key, the name of the content algorithm, and nothing else.
    const ByteView message = opened->view();
    const ByteView name = as_bytes(header_.cipher_name);
    const bool whole = !message.empty() && message.size() == 1u + message[0] + name.size();
    if (!whole || !std::ranges::equal(message.last(name.size()), name))
      return malformed("the data key was wrapped for another content algorithm");
    return attempts_.take(SecretBytes::copy_of(message.subspan(1, message[0])), recipient);
  }

  const S3ecHeader& header_;
  const Keyring& keys_;
  const crypto::Backend& backend_;
  Opened& report_;
  Attempts attempts_;
};

}  // namespace

Failure unwrap_s3ec(const S3ecHeader& header, const Keyring& keys, const crypto::Backend& backend, Opened& opened,
                    SecretBytes& data_key) {
  return S3ecUnwrapper(header, keys, backend, opened, data_key).all();
}

}  // namespace trailseal::envelope
