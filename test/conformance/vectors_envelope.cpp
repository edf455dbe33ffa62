// Messages of the AWS Encryption SDK and objects of the S3 Encryption Client: a folder whose cases.json tells for each
// what its verdict must be, and with which keys. Every case runs on every backend and on all of them together; beside
// the stated verdict come those that follow from a sound case: its data key alone, each of its keys alone, a required
// context that is withheld or changed, a stricter policy.
#include <algorithm>
#include <set>

#include "envelope/esdk_derive.hpp"
#include "vectors_sealed.hpp"

namespace trailseal::test {
namespace {

using envelope::SignatureState;

void give_data_key(const json& one, Keyring& ring) {
  ring.data_key.emplace_back(unbase64(one.at("plaintext_data_key_b64").get<std::string>()));
}

// The keys that are known of a set but not written in its files.
void add_known_keys(const std::string& set, const json& one, Keyring& ring) {
  if (set == "esdk-crafted") {
    Bytes key(32);
    for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(i);
    ring.aes.push_back({"ct-evidence", "aes-256", SecretBytes(std::move(key))});
  } else if (one.contains("plaintext_data_key_b64")) {
    give_data_key(one, ring);
  }
}

class EsdkCase {
 public:
  EsdkCase(const std::string& set, const json& one, const fs::path& folder, const Keys& keys)
      : set_(set), one_(one), folder_(folder), keys_(keys), evidence_{read(folder / one.at("file")), {}, {}} {
    if (one.contains("keys")) named_ = one["keys"].get<std::vector<json>>();
    if (one.contains("key")) named_.push_back(one["key"]);
    expected_ = context_of(one, "required_encryption_context");
    for (const auto& [name, value] : context_of(one, "reproduced_encryption_context")) expected_.emplace(name, value);
  }

  std::string run(const crypto::Backend& backend) const {
    Check check(one_, folder_, backend);
    const std::string wanted = one_.at("expect");
    Bytes content;
    const Opened opened = evidence_.open(ring(), {}, expected_, backend, &content);
    check.verdict("the case", opened, wanted);
    facts(opened, check);
    if (wanted == "authenticated") {
      check.plaintext(opened, content);
      variants(backend, check);
    }
    if (one_.contains("quirk") && one_["quirk"] == "esdk-net-4.0.0") {
      Policy policy;
      policy.accept_net_400 = true;
      const Opened accepted = evidence_.open(ring(), policy, expected_, backend);
      check.verdict("with the deviation accepted", accepted, "authenticated");
      check.that(std::ranges::count(accepted.warnings, "esdk-net-4.0.0") == 1, "the deviation is not named");
    }
    if (one_.contains("content_key_b64") && wanted == "authenticated") derivation(backend, check);
    return check.wrong();
  }

 private:
  Keyring ring() const {
    Keyring ring;
    for (const json& each : named_) keys_.add(each, ring);
    if (named_.empty()) add_known_keys(set_, one_, ring);
    return ring;
  }

  void facts(const Opened& opened, Check& check) const {
    if (!one_.contains("suite")) return;
    const Bytes id = unhex(one_["suite"].get<std::string>());
    check.that(opened.suite == (id[0] << 8 | id[1]), "another suite");
    check.that(opened.committing == one_.at("committing").get<bool>(), "another word on commitment");
    check.that(opened.is_signed == !one_.at("signed").is_null(), "another word on signing");
    check.that(opened.framed == (one_.at("content_type") == "framed"), "another content type");
    check.that(opened.frame_length == one_.at("frame_length").get<std::uint32_t>(), "another frame length");
    check.that(opened.recipients.size() == one_.at("edk_count").get<std::size_t>(), "another number of data keys");
    Context stated = context_of(one_, "encryption_context"), stored = opened.context;
    if (!stated.contains(kSigner)) stored.erase(kSigner);  // some sets state what the writer was given
    check.that(stored == stated, "another context");
    if (one_.contains("frames") && opened.verdict == Verdict::authenticated)
      check.that(opened.frames == one_["frames"].get<std::uint64_t>(), "another number of frames");
    for (std::size_t i = 0; i < opened.recipients.size(); ++i)
      check.that(opened.recipients[i].provider == one_.at("edk_providers").at(i).get<std::string>(),
                 "another provider");
    if (opened.verdict == Verdict::key_unavailable && opened.is_signed)
      check.that(opened.signature == SignatureState::consistent, "the signature is not self-consistent");
    if (opened.verdict == Verdict::authenticated)
      check.that(opened.signature == (opened.is_signed ? SignatureState::valid : SignatureState::none),
                 "the signature");
  }

  void variants(const crypto::Backend& backend, Check& check) const {
    if (one_.contains("plaintext_data_key_b64")) {
      Keyring data;
      give_data_key(one_, data);
      check.verdict("with the data key", evidence_.open(data, {}, expected_, backend), "authenticated");
      data.data_key[0] = SecretBytes(Bytes(data.data_key[0].size(), 0x5a));
      const Opened other = evidence_.open(data, {}, expected_, backend);
      check.verdict("with another data key", other, other.committing ? "commitment-failed" : "header-auth-failed");
    }
    for (const json& each : named_.size() > 1 ? named_ : std::vector<json>()) {
      Keyring alone;
      if (keys_.add(each, alone))
        check.verdict("with one key alone", evidence_.open(alone, {}, expected_, backend), "authenticated");
    }
    Policy strict;
    strict.require_commitment = true;
    const Opened required = evidence_.open(ring(), strict, expected_, backend);
    check.verdict("with commitment required", required, required.committing ? "authenticated" : "policy-rejected");
    required_context(backend, check);
  }

  // The context is bound where AES wraps the data key, and with RSA only where the header's tag is checked.
  void required_context(const crypto::Backend& backend, Check& check) const {
    const Context required = context_of(one_, "required_encryption_context");
    if (required.empty()) return;
    const Keyring keys = ring();
    const std::string_view wanted = keys.rsa.empty() ? "wrong-key-or-context" : "header-auth-failed";
    Context withheld = expected_, changed = expected_;
    withheld.erase(required.begin()->first);
    changed[required.begin()->first] += "x";
    check.verdict("without a required pair", evidence_.open(keys, {}, withheld, backend), wanted);
    check.verdict("with another required value", evidence_.open(keys, {}, changed, backend), wanted);
    const Context stored = context_of(one_, "encryption_context");
    if (stored.empty()) return;
    Context contradicting = expected_;
    contradicting[stored.begin()->first] = stored.begin()->second + "x";
    check.verdict("with another stored value", evidence_.open(keys, {}, contradicting, backend), "wrong-context");
  }

  // The known answers of the keys themselves.
  void derivation(const crypto::Backend& backend, Check& check) const {
    const Bytes data_key = unbase64(one_.at("plaintext_data_key_b64"));
    const auto whole = backend.hasher(crypto::Hash::sha256);
    bool given = false;
    const envelope::Source source = [&](std::span<std::uint8_t> out) -> Result<std::size_t> {
      if (std::exchange(given, true)) return 0;
      const std::size_t size = std::min(out.size(), evidence_.body.size());
      std::copy_n(evidence_.body.begin(), size, out.begin());
      return size;
    };
    envelope::Input input(source, **whole);
    envelope::EsdkHeader header;
    check.that(!envelope::read_header(input, Policy::kMaxEdks, header), "the header cannot be read");
    check.that(header.commitment == unbase64(one_.at("commitment_b64")), "another commitment");
    check.that(header.message_id == unbase64(one_.at("message_id_b64")), "another message id");
    const auto key = envelope::derive_content_key(backend, header, data_key, {});
    check.that(key && std::ranges::equal(key->view(), unbase64(one_.at("content_key_b64"))), "another content key");
  }

  const std::string& set_;
  const json& one_;
  const fs::path& folder_;
  const Keys& keys_;
  Evidence evidence_;
  std::vector<json> named_;
  Context expected_;
};

class S3Case {
 public:
  S3Case(const json& one, const fs::path& folder, const Keys& keys) : one_(one), folder_(folder), keys_(keys) {
    const fs::path place = folder / one.at("dir");
    evidence_.body = read(place / "body.bin");
    auto metadata = envelope::parse_metadata(read(place / "headers.json"));
    if (!metadata) throw std::runtime_error(place.string() + ": " + metadata.error().message);
    evidence_.metadata = std::move(metadata).value();
    if (fs::is_regular_file(place / "object.instruction")) evidence_.instruction = read(place / "object.instruction");
    expected_ = context_of(one, "encryption_context");
  }

  std::string run(const crypto::Backend& backend) const {
    Check check(one_, folder_, backend);
    int kms_calls = 0;
    Keyring ring;
    keys_.add_all(backend, kms_calls, ring);
    Policy legacy;
    legacy.allow_legacy = true;
    const std::string wanted = one_.at("expect");
    Bytes content;
    const Opened opened = evidence_.open(ring, legacy, expected_, backend, &content);
    check.verdict("the case", opened, wanted);
    if (!opened.plaintext_hash) return check.wrong();
    if (one_.contains("plaintext_sha256")) check.plaintext(opened, content);
    if (one_.contains("warning"))
      check.that(std::ranges::count(opened.warnings, one_["warning"].get<std::string>()) == 1, "no such warning");
    // The sets call an object by the version of the client that wrote it: V1 writes kms wraps under the names of V2.
    const std::string format = one_.at("wrap") == "kms" ? "v2" : one_.at("format").get<std::string>();
    check.that(to_string(opened.format) == "s3ec-" + format, "another format");
    policies(opened, ring, backend, check);

    const int before = kms_calls;
    const Opened elsewhere = evidence_.open(ring, legacy, {{"case", "another"}}, backend);
    check.verdict("with another context", elsewhere, "wrong-context");
    check.that(kms_calls == before, "KMS was asked under a context that is not the expected one");

    if (!one_.contains("plaintext_data_key_b64")) return check.wrong();
    Keyring data;
    give_data_key(one_, data);
    check.verdict("with the data key", evidence_.open(data, legacy, {}, backend), wanted);
    // Only KMS, which is not asked here, could tell that the context is the one that was wrapped.
    if (!expected_.empty())
      check.verdict("with the data key and a context", evidence_.open(data, legacy, expected_, backend),
                    "policy-rejected");
    check.verdict("without any key", evidence_.open({}, legacy, expected_, backend), "key-unavailable");
    return check.wrong();
  }

 private:
  void policies(const Opened& opened, const Keyring& ring, const crypto::Backend& backend, Check& check) const {
    const std::string wanted = one_.at("expect");
    const std::set<std::string> legacy_wraps = {"kms", "aes-ecb", "rsa-pkcs1", "AESWrap",
                                                "RSA/ECB/OAEPWithSHA-256AndMGF1Padding"};
    const bool is_legacy = opened.verdict == Verdict::unauthenticated_mode || legacy_wraps.contains(one_.at("wrap"));
    check.verdict("without legacy", evidence_.open(ring, {}, expected_, backend),
                  is_legacy ? "policy-rejected" : wanted);
    Policy strict;
    strict.allow_legacy = strict.require_commitment = true;
    check.verdict("with commitment required", evidence_.open(ring, strict, expected_, backend),
                  one_.at("format") == "v3" ? wanted : "policy-rejected");
  }

  const json& one_;
  const fs::path& folder_;
  const Keys& keys_;
  Evidence evidence_;
  Context expected_;
};

std::string run_blob(const json& one) {
  const Bytes blob = unbase64(one.at("blob_b64"));
  const auto parsed = envelope::parse_kms_blob(blob);
  if (!parsed) return " not recognised";
  std::string wrong;
  const json& stated = one.at("parsed");
  if (base::to_hex(parsed->key_material_id) != stated.at("key_bound_id_hex").get<std::string>()) wrong += " another id";
  if (parsed->plaintext_size != one.at("wrapped_key_len").get<std::size_t>()) wrong += " another size";
  for (std::size_t size = 0; size < blob.size(); ++size)
    if (envelope::parse_kms_blob(ByteView(blob).first(size))) wrong += " cut to " + std::to_string(size);
  Bytes longer = blob;
  longer.push_back(0);
  if (envelope::parse_kms_blob(longer)) wrong += " with a byte behind it";
  return wrong;
}

void run(const Candidate& candidate, Tally& tally) {
  const json all = json::parse(read(candidate.path / "cases.json"));
  const std::string set = all.at("set");
  const Keys keys(candidate.path);
  for (const json& one : all.at("cases")) {
    const std::string id = one.at("id");
    std::string wrong;
    if (one.contains("blob_b64")) {
      wrong = run_blob(one);
    } else if (one.contains("dir")) {
      const S3Case sealed(one, candidate.path, keys);
      for (const crypto::Backend* backend : backends_and_cross_check()) wrong += sealed.run(*backend);
    } else {
      const EsdkCase sealed(set, one, candidate.path, keys);
      for (const crypto::Backend* backend : backends_and_cross_check()) wrong += sealed.run(*backend);
    }
    if (wrong.empty())
      tally.pass();
    else
      tally.fail(id, wrong.substr(1));
  }
}

}  // namespace

const Format kEnvelopes = {
    [](const Candidate& candidate) { return fs::is_regular_file(candidate.path / "cases.json"); }, run};

}  // namespace trailseal::test
