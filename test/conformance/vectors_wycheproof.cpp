// Wycheproof's JSON (schemas/ of its repository): groups of tests, each with the result valid, invalid or acceptable.
//
// "Acceptable" is for what some libraries let pass. There are two kinds here, and our contract refuses both, so
// acceptable counts as invalid: an RSA signature whose DigestInfo lacks its NULL parameter (flag MissingNull), and an
// AES-wrapped key of 8 bytes (ShortKey), which RFC 3394 does not define.
//
// Not run, because no format that this program reads uses them: RSASSA-PSS, and AES key wrap with padding.
#include <algorithm>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

#include "vectors.hpp"

namespace trailseal::test {
namespace {

using crypto::Backend;
using crypto::Hash;
using crypto::RsaPublicKey;
using crypto::SignatureCheck;
using nlohmann::json;

Bytes field(const json& object, const char* name) { return unhex(object.at(name).get<std::string>()); }

std::string id_of(const json& test) {
  return "tcId " + std::to_string(test.at("tcId").get<int>()) + " (" + test.value("comment", "") + ")";
}

bool is_valid(const json& test) { return test.at("result") == "valid"; }

int size_of_group(const json& group) { return static_cast<int>(group.at("tests").size()); }

void run_rsa_signature(const json&, const json& group, Tally& tally) {
  const std::string hash_name = group.at("sha");
  const std::optional<Hash> hash = hash_named(hash_name);
  if (!hash) return tally.skip(hash_name + " is outside the contract", size_of_group(group));
  const Result<RsaPublicKey> key = RsaPublicKey::from_der(field(group, "publicKeyDer"));
  const Result<RsaPublicKey> pkcs1 = RsaPublicKey::from_der(field(group, "publicKeyAsn"));
  if (refused(key, Errc::unsupported)) return tally.skip("a key outside the contract", size_of_group(group));
  for (const json& test : group.at("tests")) {
    if (!key || !pkcs1 || *key != *pkcs1) {
      tally.fail(id_of(test), "the key cannot be read");
      continue;
    }
    const Bytes message = field(test, "msg");
    const Bytes signature = field(test, "sig");
    const SignatureCheck expected = is_valid(test) ? SignatureCheck::valid : SignatureCheck::invalid;
    tally.check(id_of(test),
                [&](const Backend& backend) { return verifies(backend, *key, *hash, message, signature, expected); });
  }
}

void run_hmac(const json& file, const json& group, Tally& tally) {
  const std::string algorithm = file.at("algorithm");
  const std::optional<Hash> hash = hash_named(std::string_view(algorithm).substr(std::string_view("HMAC").size()));
  if (!hash) return tally.skip(algorithm + " is outside the contract", size_of_group(group));
  const std::size_t size = group.at("tagSize").get<std::size_t>() / 8;  // tags may be cut
  for (const json& test : group.at("tests")) {
    const Bytes key = field(test, "key");
    const Bytes message = field(test, "msg");
    const Bytes tag = field(test, "tag");
    tally.check(id_of(test), [&](const Backend& backend) {
      const Result<Bytes> mac = backend.hmac(*hash, key, message);
      return mac && size <= mac->size() && std::ranges::equal(ByteView(*mac).first(size), tag) == is_valid(test);
    });
  }
}

void run_hkdf(const json& file, const json& group, Tally& tally) {
  const std::string algorithm = file.at("algorithm");
  const std::optional<Hash> hash = hash_named(std::string_view(algorithm).substr(std::string_view("HKDF-").size()));
  if (!hash) return tally.skip(algorithm + " is outside the contract", size_of_group(group));
  for (const json& test : group.at("tests")) {
    const Bytes key = field(test, "ikm");
    const Bytes salt = field(test, "salt");
    const Bytes info = field(test, "info");
    const Bytes expected = field(test, "okm");
    const auto size = test.at("size").get<std::size_t>();
    tally.check(id_of(test), [&](const Backend& backend) {
      const Result<SecretBytes> derived = backend.hkdf(*hash, key, salt, info, size);
      return is_valid(test) ? derived && *derived == expected : refused(derived, Errc::invalid_argument);
    });
  }
}

// Invalid cases must fail in one way, whatever is wrong with them.
template <class T>
bool answers(const json& test, const Result<T>& result, const Bytes& expected) {
  return is_valid(test) ? result && *result == expected : refused(result, Errc::authentication);
}

void run_aes_gcm(const json&, const json& group, Tally& tally) {
  const bool nonce_fits = group.at("ivSize") == 96;
  const bool tag_fits = group.at("tagSize") == 128;
  for (const json& test : group.at("tests")) {
    const Bytes key = field(test, "key");
    const Bytes nonce = field(test, "iv");
    const Bytes aad = field(test, "aad");
    const Bytes ciphertext = field(test, "ct");
    const Bytes tag = field(test, "tag");
    const Bytes expected = field(test, "msg");
    const auto open = [&](const Backend& backend) { return backend.aes_gcm_open(key, nonce, aad, ciphertext, tag); };
    if (!nonce_fits || !tag_fits) {
      const bool all_refuse = std::ranges::all_of(backends_and_cross_check(), [&](const Backend* backend) {
        return refused(open(*backend), Errc::invalid_argument);
      });
      if (all_refuse)
        tally.skip(nonce_fits ? "tag size outside the contract, refused" : "nonce size outside the contract, refused");
      else
        tally.fail(id_of(test), "a size outside the contract was not refused");
      continue;
    }
    tally.check(id_of(test), [&](const Backend& backend) { return answers(test, open(backend), expected); });
  }
}

// Twice: at once, and in the pieces that a stream could bring.
void run_aes_cbc(const json&, const json& group, Tally& tally) {
  for (const json& test : group.at("tests")) {
    const Bytes key = field(test, "key");
    const Bytes iv = field(test, "iv");
    const Bytes ciphertext = field(test, "ct");
    const Bytes expected = field(test, "msg");
    tally.check(id_of(test), [&](const Backend& backend) {
      const auto in_bytes = [&]() -> Result<Bytes> {
        TRY(const std::unique_ptr<crypto::AesCbcDecrypter> decrypter, backend.aes_cbc_decrypter(key, iv));
        Bytes plaintext;
        for (const std::uint8_t& byte : ciphertext) TRY_VOID(decrypter->update({&byte, 1}, plaintext));
        TRY_VOID(decrypter->finish(plaintext));
        return plaintext;
      };
      return answers(test, backend.aes_cbc_decrypt(key, iv, ciphertext), expected) &&
             answers(test, in_bytes(), expected);
    });
  }
}

void run_aes_kw(const json&, const json& group, Tally& tally) {
  for (const json& test : group.at("tests")) {
    const Bytes key = field(test, "key");
    const Bytes wrapped = field(test, "ct");
    const Bytes expected = field(test, "msg");
    tally.check(id_of(test),
                [&](const Backend& backend) { return answers(test, backend.aes_kw_open(key, wrapped), expected); });
  }
}

// The decrypters of one key, each under its backend.
using Decrypters = std::map<const Backend*, std::unique_ptr<crypto::RsaDecrypter>>;

Result<Decrypters> load(const Bytes& der) {
  TRY(const crypto::RsaPrivateKey key, crypto::RsaPrivateKey::from_der(der));
  Decrypters all;
  for (const Backend* backend : backends_and_cross_check()) {
    TRY(all[backend], backend->rsa_decrypter(key));
  }
  return all;
}

void run_rsa_oaep(const json&, const json& group, Tally& tally) {
  const Result<Decrypters> decrypters = load(field(group, "privateKeyPkcs8"));
  const auto oaep_hash = [](const std::string& name) {
    return name == "SHA-1" ? Hash::sha1 : hash_named(name).value();
  };
  const Hash hash = oaep_hash(group.at("sha"));
  const Hash mgf1_hash = oaep_hash(group.at("mgfSha"));
  for (const json& test : group.at("tests")) {
    if (!decrypters) {
      tally.fail(id_of(test), decrypters.error().message);
      continue;
    }
    const Bytes ciphertext = field(test, "ct");
    const Bytes label = field(test, "label");
    const Bytes expected = field(test, "msg");
    tally.check(id_of(test), [&](const Backend& backend) {
      const auto opened = decrypters->at(&backend)->decrypt_oaep(hash, mgf1_hash, label, ciphertext);
      return answers(test, opened, expected);
    });
  }
}

// An invalid ciphertext must not open at any size that somebody could expect, nor a valid one at another than its own.
void run_rsa_decryption(const json&, const json& group, Tally& tally) {
  const Result<Decrypters> decrypters = load(field(group, "privateKeyPkcs8"));
  for (const json& test : group.at("tests")) {
    if (!decrypters) {
      tally.fail(id_of(test), decrypters.error().message);
      continue;
    }
    const Bytes ciphertext = field(test, "ct");
    const Bytes expected = field(test, "msg");
    tally.check(id_of(test), [&](const Backend& backend) {
      const crypto::RsaDecrypter& decrypter = *decrypters->at(&backend);
      std::vector<std::size_t> others = {expected.size() + 1};
      if (!is_valid(test)) others = {0, 16, 32};
      for (const std::size_t size : others)
        if (!refused(decrypter.decrypt_pkcs1(ciphertext, size), Errc::authentication)) return false;
      return answers(test, decrypter.decrypt_pkcs1(ciphertext, expected.size()), expected);
    });
  }
}

void run_ecdsa(const json&, const json& group, Tally& tally) {
  const json& described = group.at("publicKey");
  const auto curve = described.at("curve") == "secp256r1" ? crypto::Curve::p256 : crypto::Curve::p384;
  const Bytes point = field(described, "uncompressed");
  if (hash_named(group.at("sha").get<std::string>()) != crypto::hash_of(curve))
    return tally.skip("a hash of another size than the curve's", size_of_group(group));
  Bytes compressed(point.begin(), point.begin() + 1 + static_cast<std::ptrdiff_t>(crypto::size_of(curve)));
  compressed[0] = static_cast<std::uint8_t>(2 + (point.back() & 1));
  for (const json& test : group.at("tests")) {
    const Bytes message = field(test, "msg");
    const Bytes signature = field(test, "sig");
    const SignatureCheck expected = is_valid(test) ? SignatureCheck::valid : SignatureCheck::invalid;
    tally.check(id_of(test), [&](const Backend& backend) {
      const auto check = [&](const Bytes& form) -> Result<SignatureCheck> {
        TRY(const crypto::EcPublicKey key, crypto::EcPublicKey::from_point(curve, form));
        TRY(const std::unique_ptr<crypto::EcdsaVerifier> verifier, backend.ecdsa_verifier(key));
        TRY(const Bytes digest, backend.hash(crypto::hash_of(curve), message));
        return verifier->verify(digest, signature);
      };
      const Result<SignatureCheck> of_point = check(point), of_compressed = check(compressed);
      return of_point && *of_point == expected && of_compressed && *of_compressed == expected;
    });
  }
}

void skip_unused(const json& file, const json& group, Tally& tally) {
  tally.skip(file.at("algorithm").get<std::string>() + ": in no format that this program reads", size_of_group(group));
}

struct Kind {
  std::string_view group_type, algorithm;
  bool hash_follows;  // the algorithm's name goes on with that of a hash
  void (*run)(const json& file, const json& group, Tally& tally);
};
constexpr Kind kKinds[] = {
    {"RsassaPkcs1Verify", "RSASSA-PKCS1-v1_5", false, run_rsa_signature},
    {"MacTest", "HMAC", true, run_hmac},
    {"HkdfTest", "HKDF-", true, run_hkdf},
    {"AeadTest", "AES-GCM", false, run_aes_gcm},
    {"IndCpaTest", "AES-CBC-PKCS5", false, run_aes_cbc},
    {"KeywrapTest", "AES-WRAP", false, run_aes_kw},
    {"RsaesOaepDecrypt", "RSAES-OAEP", false, run_rsa_oaep},
    {"RsaesPkcs1Decrypt", "RSAES-PKCS1-v1_5", false, run_rsa_decryption},
    {"EcdsaVerify", "ECDSA", false, run_ecdsa},
    {"RsassaPssVerify", "RSASSA-PSS", false, skip_unused},
    {"KeywrapTest", "AES-KWP", false, skip_unused},
};

}  // namespace

const Format kWycheproof = {
    [](const Candidate& candidate) {
      return candidate.path.extension() == ".json" && candidate.content.find("\"testGroups\"") != std::string::npos;
    },
    [](const Candidate& candidate, Tally& tally) {
      const json file = json::parse(candidate.content);
      const std::string algorithm = file.at("algorithm");
      for (const json& group : file.at("testGroups")) {
        const std::string type = group.at("type");
        const auto kind = std::ranges::find_if(kKinds, [&](const Kind& one) {
          return type == one.group_type &&
                 (one.hash_follows ? algorithm.starts_with(one.algorithm) : algorithm == one.algorithm);
        });
        if (kind == std::end(kKinds))
          tally.skip("not implemented: " + algorithm, size_of_group(group));
        else
          kind->run(file, group, tally);
      }
    }};

}  // namespace trailseal::test
