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

class CrossCheckHasher final : public Hasher {
 public:
  CrossCheckHasher(Hash hash, std::vector<Member<Hasher>> members)
      : Hasher(hash), size_(size_of(hash)), members_(std::move(members)) {}

 private:
  void do_update(ByteView data) override {
    for (const Member<Hasher>& member : members_) member.object->update(data);
  }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    std::vector<Answer<Bytes>> answers;
    answers.reserve(members_.size());
    for (const Member<Hasher>& member : members_) {
      Bytes hash(size_);
      const Result<void> finished = member.object->finish(hash);
      answers.push_back({member.name, finished ? Result<Bytes>(std::move(hash)) : Result<Bytes>(finished.error())});
    }
    TRY(const Bytes hash, agreed("hash", std::move(answers)));
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
    std::vector<Answer<SignatureCheck>> answers;
    answers.reserve(members_.size());
    for (const Member<RsaVerifier>& member : members_)
      answers.push_back({member.name, member.object->verify(hash, digest, signature)});
    return agreed("signature check", std::move(answers));
  }

  std::vector<Member<RsaVerifier>> members_;
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

  template <class Ask>
  Result<Bytes> ask_all(std::string_view question, Ask ask) const {
    std::vector<Answer<Bytes>> answers;
    answers.reserve(members_.size());
    for (const Backend* member : members_) answers.push_back({member->name(), ask(*member)});
    return agreed(question, std::move(answers));
  }

  Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const override {
    return ask_all("HMAC", [&](const Backend& member) { return member.hmac(hash, key, data); });
  }
  Result<Bytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info, std::size_t length) const override {
    return ask_all("HKDF", [&](const Backend& member) { return member.hkdf(hash, key, salt, info, length); });
  }
  Result<Bytes> do_aes_gcm_open(ByteView key, ByteView nonce, ByteView aad, ByteView ciphertext,
                                ByteView tag) const override {
    return ask_all("AES-GCM",
                   [&](const Backend& member) { return member.aes_gcm_open(key, nonce, aad, ciphertext, tag); });
  }

  std::vector<const Backend*> members_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_cross_check(std::vector<const Backend*> members) {
  if (members.size() < 2) return Error{Errc::invalid_argument, "a cross-check needs at least two backends"};
  return std::unique_ptr<Backend>(new CrossCheck(std::move(members)));
}

}  // namespace trailseal::crypto
