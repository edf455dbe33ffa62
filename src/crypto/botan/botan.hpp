// Backend Botan: 2.19, and 3 as far as its headers can be read; it has never been run on 3. What its files share.
#pragma once

#include <exception>
#include <string>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto::botan {

std::string name_of(Hash hash);

// "Could not", in Botan's words.
Error failure(const std::exception& exception);

// Botan's exceptions end here.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& exception) {
    return failure(exception);
  }
}

// cipher.cpp
Result<std::unique_ptr<AesGcmOpener>> make_aes_gcm_opener(ByteView key);
Result<std::unique_ptr<AesCbcDecrypter>> make_aes_cbc_decrypter(ByteView key, ByteView iv);
Result<SecretBytes> open_aes_kw(ByteView key, ByteView wrapped);

// public_key.cpp
Result<std::unique_ptr<RsaVerifier>> make_rsa_verifier(const RsaPublicKey& key);
Result<std::unique_ptr<EcdsaVerifier>> make_ecdsa_verifier(const EcPublicKey& key);

// private_key.cpp
Result<std::unique_ptr<RsaDecrypter>> make_rsa_decrypter(const Backend& backend, const RsaPrivateKey& key);

}  // namespace trailseal::crypto::botan
