// N-version verification: a backend that asks several others and answers only what all of them say.
//
// One library with a fault, or with a trapdoor, can then no longer pass a forged digest, and cannot call an honest one
// forged either: where the members differ the answer is an Error, which the judges turn into "could not tell".
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

template <class T>
struct Answer {
  std::string_view member;
  Result<T> result;
};

template <class T>
bool same(const Result<T>& a, const Result<T>& b) {
  if (a.has_value() != b.has_value()) return false;
  return a ? *a == *b : a.error().code == b.error().code;  // the libraries' words differ, what they mean must not
}

// What all say; their first Error if all have one of the same kind.
template <class T>
Result<T> agreed(std::string_view question, std::vector<Answer<T>> answers) {
  for (const Answer<T>& other : answers) {
    if (same(answers[0].result, other.result)) continue;
    std::string message = "backends disagree: " + std::string(question) + ": " + std::string(answers[0].member) +
                          " and " + std::string(other.member);
    for (const Answer<T>* answer : {&std::as_const(answers[0]), &other})
      if (!answer->result) message += "; " + answer->result.error().message;
    return Error{Errc::unsupported, std::move(message)};
  }
  return std::move(answers[0].result);
}

template <class T>
struct Member {
  std::string_view name;
  std::unique_ptr<T> object;
};

// Makes one object for each member. They all can, or all fail in the same way, or they disagree.
template <class T, class Make>
Result<std::vector<Member<T>>> make_all(std::string_view what, const std::vector<const Backend*>& backends, Make make) {
  std::vector<Member<T>> members;
  std::vector<Answer<bool>> answers;
  for (const Backend* backend : backends) {
    Result<std::unique_ptr<T>> made = make(*backend);
    if (made) members.push_back({backend->name(), std::move(*made)});
    answers.push_back({backend->name(), made ? Result<bool>(true) : Result<bool>(made.error())});
  }
  TRY_VOID([&]() -> Result<void> {
    TRY([[maybe_unused]] const bool all, agreed(what, std::move(answers)));
    return {};
  }());
  return members;
}

// What each of `members` says to `ask`.
template <class T, class Object, class Ask>
std::vector<Answer<T>> ask_each(const std::vector<Member<Object>>& members, Ask ask) {
  std::vector<Answer<T>> answers;
  answers.reserve(members.size());
  for (const Member<Object>& member : members) answers.push_back({member.name, ask(*member.object)});
  return answers;
}

class CrossCheckHasher final : public Hasher {
 public:
  CrossCheckHasher(Hash hash, std::vector<Member<Hasher>> members)
      : Hasher(hash), size_(size_of(hash)), members_(std::move(members)) {}

 private:
  void do_update(ByteView data) override {
    for (const Member<Hasher>& member : members_) member.object->update(data);
  }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    TRY(const Bytes hash, agreed("hash", ask_each<Bytes>(members_, [&](Hasher& member) -> Result<Bytes> {
                                   Bytes one(size_);
                                   TRY_VOID(member.finish(one));
                                   return one;
                                 })));
    std::ranges::copy(hash, out.begin());
    return {};
  }

  std::size_t size_;
  std::vector<Member<Hasher>> members_;
};

class CrossCheckRsaVerifier final : public RsaVerifier {
 public:
  CrossCheckRsaVerifier(std::size_t signature_size, std::vector<Member<RsaVerifier>> members)
      : RsaVerifier(signature_size), members_(std::move(members)) {}

 private:
  Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const override {
    return agreed("signature check", ask_each<SignatureCheck>(members_, [&](const RsaVerifier& member) {
                    return member.verify(hash, digest, signature);
                  }));
  }

  std::vector<Member<RsaVerifier>> members_;
};

class CrossCheckRsaDecrypter final : public RsaDecrypter {
 public:
  CrossCheckRsaDecrypter(const Backend& backend, const RsaPublicKey& key, std::vector<Member<RsaDecrypter>> members)
      : RsaDecrypter(backend, key), members_(std::move(members)) {}

 private:
  Result<SecretBytes> do_raw(ByteView ciphertext) const override {
    return agreed("RSA decryption",
                  ask_each<SecretBytes>(members_, [&](const RsaDecrypter& member) { return ask(member, ciphertext); }));
  }

  std::vector<Member<RsaDecrypter>> members_;
};

class CrossCheckEcdsaVerifier final : public EcdsaVerifier {
 public:
  CrossCheckEcdsaVerifier(Curve curve, std::vector<Member<EcdsaVerifier>> members)
      : EcdsaVerifier(curve), members_(std::move(members)) {}

 private:
  Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const override {
    return agreed("signature check", ask_each<SignatureCheck>(members_, [&](const EcdsaVerifier& member) {
                    return ask(member, digest, r, s);
                  }));
  }

  std::vector<Member<EcdsaVerifier>> members_;
};

// Of a piece, the first member's plaintext goes to its place and the others' are compared with it.
template <class T, class Ask>
Result<void> same_plaintext(const std::vector<Member<T>>& members, std::string_view question,
                            std::span<std::uint8_t> out, Ask ask) {
  std::vector<Answer<SecretBytes>> answers = ask_each<SecretBytes>(members, [&](T& member) -> Result<SecretBytes> {
    SecretBytes plaintext(out.size());  // which may be a key
    TRY_VOID(ask(member, plaintext.span()));
    return plaintext;
  });
  TRY(const SecretBytes plaintext, agreed(question, std::move(answers)));
  std::ranges::copy(plaintext.view(), out.begin());
  return {};
}

class CrossCheckAesGcmOpener final : public AesGcmOpener {
 public:
  explicit CrossCheckAesGcmOpener(std::vector<Member<AesGcmOpener>> members) : members_(std::move(members)) {}

 private:
  static constexpr std::string_view kQuestion = "AES-GCM";
  Result<void> do_start(ByteView nonce, ByteView aad) override {
    return same_plaintext(members_, kQuestion, {},
                          [&](AesGcmOpener& member, std::span<std::uint8_t>) { return member.start(nonce, aad); });
  }
  Result<void> do_update(ByteView pieces, std::span<std::uint8_t> out) override {
    return same_plaintext(members_, kQuestion, out, [&](AesGcmOpener& member, std::span<std::uint8_t> place) {
      return ask(member, pieces, place);
    });
  }
  Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) override {
    return same_plaintext(members_, kQuestion, out, [&](AesGcmOpener& member, std::span<std::uint8_t> place) {
      return ask(member, rest, tag, place);
    });
  }

  std::vector<Member<AesGcmOpener>> members_;
};

class CrossCheckAesCbcDecrypter final : public AesCbcDecrypter {
 public:
  explicit CrossCheckAesCbcDecrypter(std::vector<Member<AesCbcDecrypter>> members) : members_(std::move(members)) {}

 private:
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override {
    return same_plaintext(members_, "AES-CBC", out, [&](AesCbcDecrypter& member, std::span<std::uint8_t> place) {
      return ask(member, blocks, place);
    });
  }

  std::vector<Member<AesCbcDecrypter>> members_;
};

class CrossCheck final : public Backend {
 public:
  explicit CrossCheck(std::vector<const Backend*> members) : members_(std::move(members)) {}

  std::string_view name() const noexcept override { return "cross-check"; }
  std::string version() const override {
    std::string all;
    for (const Backend* member : members_) all += (all.empty() ? "" : ", ") + member->version();
    return all;
  }

 private:
  Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const override {
    TRY(std::vector<Member<Hasher>> all,
        make_all<Hasher>("hash", members_, [&](const Backend& member) { return member.hasher(hash); }));
    return std::unique_ptr<Hasher>(new CrossCheckHasher(hash, std::move(all)));
  }

  Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const override {
    TRY(std::vector<Member<RsaVerifier>> all,
        make_all<RsaVerifier>("public key", members_, [&](const Backend& member) { return member.rsa_verifier(key); }));
    return std::unique_ptr<RsaVerifier>(new CrossCheckRsaVerifier(key.signature_size(), std::move(all)));
  }

  Result<std::unique_ptr<RsaDecrypter>> do_rsa_decrypter(const RsaPrivateKey& key) const override {
    TRY(std::vector<Member<RsaDecrypter>> all,
        make_all<RsaDecrypter>("private key", members_,
                               [&](const Backend& member) { return member.rsa_decrypter(key); }));
    return std::unique_ptr<RsaDecrypter>(new CrossCheckRsaDecrypter(*this, key.public_key(), std::move(all)));
  }

  Result<std::unique_ptr<EcdsaVerifier>> do_ecdsa_verifier(const EcPublicKey& key) const override {
    TRY(std::vector<Member<EcdsaVerifier>> all,
        make_all<EcdsaVerifier>("public key", members_,
                                [&](const Backend& member) { return member.ecdsa_verifier(key); }));
    return std::unique_ptr<EcdsaVerifier>(new CrossCheckEcdsaVerifier(key.curve(), std::move(all)));
  }

  Result<std::unique_ptr<AesGcmOpener>> do_aes_gcm_opener(ByteView key) const override {
    TRY(std::vector<Member<AesGcmOpener>> all,
        make_all<AesGcmOpener>("AES key", members_, [&](const Backend& member) { return member.aes_gcm_opener(key); }));
    return std::unique_ptr<AesGcmOpener>(new CrossCheckAesGcmOpener(std::move(all)));
  }

  Result<std::unique_ptr<AesCbcDecrypter>> do_aes_cbc_decrypter(ByteView key, ByteView iv) const override {
    TRY(std::vector<Member<AesCbcDecrypter>> all,
        make_all<AesCbcDecrypter>("AES key", members_,
                                  [&](const Backend& member) { return member.aes_cbc_decrypter(key, iv); }));
    return std::unique_ptr<AesCbcDecrypter>(new CrossCheckAesCbcDecrypter(std::move(all)));
  }

  template <class T, class Ask>
  Result<T> ask_all(std::string_view question, Ask ask) const {
    std::vector<Answer<T>> answers;
    answers.reserve(members_.size());
    for (const Backend* member : members_) answers.push_back({member->name(), ask(*member)});
    return agreed(question, std::move(answers));
  }

  Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const override {
    return ask_all<Bytes>("HMAC", [&](const Backend& member) { return member.hmac(hash, key, data); });
  }
  Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                              std::size_t length) const override {
    return ask_all<SecretBytes>("HKDF",
                                [&](const Backend& member) { return member.hkdf(hash, key, salt, info, length); });
  }
  Result<SecretBytes> do_aes_kw_open(ByteView key, ByteView wrapped) const override {
    return ask_all<SecretBytes>("AES key wrap",
                                [&](const Backend& member) { return member.aes_kw_open(key, wrapped); });
  }

  std::vector<const Backend*> members_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_cross_check(std::vector<const Backend*> members) {
  if (members.size() < 2) return Error{Errc::invalid_argument, "a cross-check needs at least two backends"};
  return std::unique_ptr<Backend>(new CrossCheck(std::move(members)));
}

}  // namespace trailseal::crypto
