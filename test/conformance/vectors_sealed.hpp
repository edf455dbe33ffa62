// What the sets of sealed messages need: their keys, their evidence, and a place to say what is wrong. See
// vectors_envelope.cpp.
#pragma once

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "trailseal/envelope.hpp"
#include "vectors.hpp"

namespace trailseal::test {

namespace fs = std::filesystem;
using envelope::Context;
using envelope::Keyring;
using envelope::Opened;
using envelope::Policy;
using envelope::Verdict;
using nlohmann::json;

inline const std::string kSigner = "aws-crypto-public-key";

inline Bytes read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline Bytes unbase64(const std::string& text) {
  auto bytes = base::from_base64(text);
  if (!bytes) throw std::runtime_error("not base64");
  return std::move(*bytes);
}

inline Context context_of(const json& one, const char* name) {
  return one.contains(name) && one[name].is_object() ? one[name].get<Context>() : Context{};
}

// The stand-in for KMS of the sets: 01 54 53 54, key id, IV, AES-256-GCM with tag; the AAD is those 40 bytes and the
// context as compact JSON in the order of its names.
inline envelope::KmsAnswer open_test_blob(const json& keys, const envelope::KmsQuestion& question,
                                          const crypto::Backend& backend) {
  constexpr std::size_t kHead = 40, kIv = 12, kTag = 16;
  const auto refused = [] {
    return envelope::KmsAnswer{std::nullopt, {}, Verdict::wrong_key_or_context, "InvalidCiphertextException"};
  };
  if (question.blob.size() < kHead + kIv + kTag) return refused();
  const std::string id(as_text(question.blob.subspan(4, kHead - 4)));
  for (const auto& [arn, material] : keys.items()) {
    if (!arn.ends_with(id)) continue;
    const std::string aad = std::string(as_text(question.blob.first(kHead))) + json(question.context).dump();
    const ByteView rest = question.blob.subspan(kHead);
    auto opened = backend.aes_gcm_open(unbase64(material), rest.first(kIv), as_bytes(aad),
                                       rest.subspan(kIv, rest.size() - kIv - kTag), rest.last(kTag));
    if (!opened) return refused();
    return {SecretBytes(std::move(opened).value()), arn, {}, {}};
  }
  return refused();
}

class Keys {
 public:
  explicit Keys(const fs::path& folder) {
    if (fs::is_regular_file(folder / "keys.json")) all_ = json::parse(read(folder / "keys.json"));
  }

  // Adds the key that a case names by an object, or by its name in keys.json. False: it is no file's (KMS).
  bool add(const json& named, Keyring& ring) const {
    const json& place = named.is_string() ? all_.at(named.get<std::string>()) : named;
    if (place.at("type") != "raw-aes" && place.at("type") != "raw-rsa") return false;
    const json& material = place.contains("ref") ? all_.at(place["ref"].get<std::string>()) : place;
    add(material, place.at("provider_id"), place.at("key_name"), ring);
    return true;
  }

  // Those of the S3 sets, where keys have no names.
  void add_all(const crypto::Backend& backend, int& kms_calls, Keyring& ring) const {
    if (all_.contains("raw_aes_256")) add(all_["raw_aes_256"], "", "", ring);
    if (all_.contains("raw_rsa_2048")) add(all_["raw_rsa_2048"], "", "", ring);
    if (!all_.contains("test_kms")) return;
    ring.kms = [&, this](const envelope::KmsQuestion& question) {
      ++kms_calls;
      return open_test_blob(all_["test_kms"]["keys"], question, backend);
    };
  }

 private:
  static void add(const json& material, const std::string& name_space, const std::string& name, Keyring& ring) {
    if (material.contains("material_b64")) {
      ring.aes.push_back({name_space, name, SecretBytes(unbase64(material["material_b64"]))});
      return;
    }
    std::string pem = material.at("private_pkcs8_pem");
    std::string body;
    for (std::size_t at = pem.find('\n') + 1; at < pem.rfind("\n-----END"); ++at)
      if (pem[at] != '\n') body += pem[at];
    auto key = crypto::RsaPrivateKey::from_der(unbase64(body));
    if (!key) throw std::runtime_error("a private key of the set cannot be read: " + key.error().message);
    ring.rsa.push_back({name_space, name, std::move(key).value()});
  }

  json all_;
};

// What is opened, however often.
struct Evidence {
  Bytes body;
  std::optional<envelope::Metadata> metadata;
  std::optional<Bytes> instruction;

  Opened open(const Keyring& ring, const Policy& policy, const Context& expected, const crypto::Backend& backend,
              Bytes* plaintext = nullptr) const {
    envelope::Envelope sealed;
    std::size_t at = 0;
    sealed.body = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
      const std::size_t size = std::min(out.size(), body.size() - at);
      std::copy_n(body.begin() + static_cast<std::ptrdiff_t>(at), size, out.begin());
      at += size;
      return size;
    };
    sealed.metadata = metadata;
    sealed.instruction = instruction;
    sealed.expected = expected;
    envelope::Sink sink;
    if (plaintext != nullptr)
      sink = [plaintext](ByteView piece) -> Result<void> {
        plaintext->insert(plaintext->end(), piece.begin(), piece.end());
        return {};
      };
    return envelope::open(sealed, ring, policy, backend, sink);
  }
};

// One case on one backend: collects what is wrong.
class Check {
 public:
  Check(const json& one, const fs::path& folder, const crypto::Backend& backend)
      : one_(one), folder_(folder), backend_(backend) {}

  void verdict(const std::string& what, const Opened& opened, std::string_view wanted) {
    if (to_string(opened.verdict) == wanted) return;
    wrong_ += " [" + std::string(backend_.name()) + ": " + what + " is " + std::string(to_string(opened.verdict)) +
              " (" + opened.detail + ") and not " + std::string(wanted) + "]";
  }

  void that(bool truth, const std::string& what) {
    if (!truth) wrong_ += " [" + std::string(backend_.name()) + ": " + what + "]";
  }

  void plaintext(const Opened& opened, const Bytes& content) {
    Bytes wanted;
    if (one_.contains("plaintext")) wanted = read(folder_ / one_["plaintext"].get<std::string>());
    if (one_.contains("plaintext_b64")) wanted = unbase64(one_["plaintext_b64"]);
    if (one_.contains("plaintext_utf8")) {
      const std::string text = one_["plaintext_utf8"];
      wanted.assign(text.begin(), text.end());
    }
    const auto hash = backend_.hash(crypto::Hash::sha256, content);
    that(hash && opened.plaintext_hash && std::ranges::equal(*hash, *opened.plaintext_hash), "another plaintext hash");
    that(opened.plaintext_size == content.size(), "another plaintext size");
    if (one_.contains("plaintext_sha256"))
      that(hash && base::to_hex(*hash) == one_["plaintext_sha256"].get<std::string>(), "not the stated hash");
    else if (one_.contains("plaintext") || one_.contains("plaintext_b64") || one_.contains("plaintext_utf8"))
      that(content == wanted, "not the stated plaintext");
  }

  const std::string& wrong() const { return wrong_; }

 private:
  const json& one_;
  const fs::path& folder_;
  const crypto::Backend& backend_;
  std::string wrong_;
};

}  // namespace trailseal::test
