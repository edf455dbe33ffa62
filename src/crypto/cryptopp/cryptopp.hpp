// Backend Crypto++ 8: what its files share.
#pragma once

#include <cryptopp/sha.h>

#include <exception>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto::cryptopp {

// "Could not", in Crypto++'s words.
Error failure(const std::exception& exception);

// Crypto++'s exceptions end here.
template <class Work>
auto guarded(Work work) -> decltype(work()) {
  try {
    return work();
  } catch (const std::exception& exception) {
    return failure(exception);
  }
}

// Calls work.operator()<H>() with the class of a SHA-2.
template <class Work>
auto with_sha2(Hash hash, Work work) -> decltype(work.template operator()<CryptoPP::SHA256>()) {
  switch (hash) {
    case Hash::md5:
    case Hash::sha1: break;  // the callers' callers have refused them
    case Hash::sha256: return work.template operator()<CryptoPP::SHA256>();
    case Hash::sha384: return work.template operator()<CryptoPP::SHA384>();
    case Hash::sha512: return work.template operator()<CryptoPP::SHA512>();
  }
  return Error{Errc::invalid_argument, "cryptopp: not a SHA-2"};
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

}  // namespace trailseal::crypto::cryptopp
