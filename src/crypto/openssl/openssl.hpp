// Backend OpenSSL 3, through EVP only: what its files share.
#pragma once

#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <array>
#include <memory>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto::openssl {

template <auto free_it>
struct Free {
  template <class T>
  void operator()(T* object) const noexcept {
    free_it(object);
  }
};
using Cipher = std::unique_ptr<EVP_CIPHER, Free<EVP_CIPHER_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Free<EVP_CIPHER_CTX_free>>;
using Digest = std::unique_ptr<EVP_MD, Free<EVP_MD_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>>;
using Kdf = std::unique_ptr<EVP_KDF, Free<EVP_KDF_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Free<EVP_KDF_CTX_free>>;
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Free<EVP_PKEY_CTX_free>>;
using Mac = std::unique_ptr<EVP_MAC, Free<EVP_MAC_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Free<EVP_MAC_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Free<BN_clear_free>>;
using NumberContext = std::unique_ptr<BN_CTX, Free<BN_CTX_free>>;

enum class CipherMode { gcm, cbc, wrap };

// Fetching costs more than a short hash, so each algorithm is fetched once. One that this library does not provide
// (MD5 under FIPS) is null.
struct Algorithms {
  std::array<Digest, 5> digests;                 // in the order of Hash
  std::array<std::array<Cipher, 3>, 3> ciphers;  // in the order of CipherMode, by key size
  Mac hmac;
  Kdf hkdf;
};
const Algorithms& algorithms();

const char* name_of(Hash hash);
const EVP_MD* digest_of(Hash hash);
const EVP_CIPHER* aes_of(CipherMode mode, ByteView key);

// "Could not", in OpenSSL's words; empties this thread's queue of errors.
Error failure(const char* doing);

// Never null: OpenSSL takes a null pointer for "not given", which is not the same as empty.
const std::uint8_t* data_of(ByteView bytes);
OSSL_PARAM octets(const char* name, ByteView bytes);
OSSL_PARAM text(const char* name, const char* value);

// Decrypts or, with out == nullptr, authenticates all of `data`, in pieces that EVP's int can count.
bool decrypt_update(EVP_CIPHER_CTX* context, std::uint8_t* out, ByteView data);

// cipher.cpp
Result<std::unique_ptr<AesGcmOpener>> make_aes_gcm_opener(ByteView key);
Result<std::unique_ptr<AesCbcDecrypter>> make_aes_cbc_decrypter(ByteView key, ByteView iv);
Result<SecretBytes> open_aes_kw(ByteView key, ByteView wrapped);

// public_key.cpp
Result<std::unique_ptr<RsaVerifier>> make_rsa_verifier(const RsaPublicKey& key);
Result<std::unique_ptr<EcdsaVerifier>> make_ecdsa_verifier(const EcPublicKey& key);

// private_key.cpp
Result<std::unique_ptr<RsaDecrypter>> make_rsa_decrypter(const Backend& backend, const RsaPrivateKey& key);

}  // namespace trailseal::crypto::openssl
