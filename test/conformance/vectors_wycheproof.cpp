// Wycheproof's JSON (schemas/ of its repository): groups of tests, each with the result valid, invalid or acceptable.
//
// "Acceptable" is for what some libraries let pass; of the signatures here that is a DigestInfo without its NULL
// parameter. Our contract asks for the NULL, so acceptable counts as invalid.
#include <algorithm>
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
      const bool all_refuse = std::ranges::all_of(
          crypto::backends(), [&](const Backend* backend) { return refused(open(*backend), Errc::invalid_argument); });
      if (all_refuse)
        tally.skip(nonce_fits ? "tag size outside the contract, refused" : "nonce size outside the contract, refused");
      else
        tally.fail(id_of(test), "a size outside the contract was not refused");
      continue;
    }
    tally.check(id_of(test), [&](const Backend& backend) {
      const Result<Bytes> opened = open(backend);
      return is_valid(test) ? opened && *opened == expected : refused(opened, Errc::authentication);
    });
  }
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
