#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "crypto/self_test_answers.hpp"
#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/crypto.hpp"

using namespace trailseal;
using namespace trailseal::crypto;
using test::hex;

namespace {

// A library with one fault; the rest it asks of a real one.
struct Fault {
  std::function<Result<void>(std::span<std::uint8_t>)> hash = {};
  std::function<Result<SignatureCheck>()> signature = {};
  std::function<Result<Bytes>()> bytes = {};                            // HMAC, HKDF, AES-KW and RSA decryption
  std::function<Result<void>(std::span<std::uint8_t>)> plaintext = {};  // AES-GCM and AES-CBC
  bool no_hasher = false;
  bool no_verifier = false;
  bool no_keys = false;  // of the other kinds
};

class FaultyHasher final : public Hasher {
 public:
  FaultyHasher(Hash hash, std::unique_ptr<Hasher> real, const Fault& fault)
      : Hasher(hash), real_(std::move(real)), fault_(fault) {}

 private:
  void do_update(ByteView data) override { real_->update(data); }
  Result<void> do_finish(std::span<std::uint8_t> out) override {
    TRY_VOID(real_->finish(out));
    return fault_.hash ? fault_.hash(out) : Result<void>{};
  }
  std::unique_ptr<Hasher> real_;
  const Fault& fault_;
};

class FaultyVerifier final : public RsaVerifier {
 public:
  FaultyVerifier(std::size_t size, std::unique_ptr<RsaVerifier> real, const Fault& fault)
      : RsaVerifier(size), real_(std::move(real)), fault_(fault) {}

 private:
  Result<SignatureCheck> do_verify(Hash hash, ByteView digest, ByteView signature) const override {
    return fault_.signature ? fault_.signature() : real_->verify(hash, digest, signature);
  }
  std::unique_ptr<RsaVerifier> real_;
  const Fault& fault_;
};

class FaultyEcdsaVerifier final : public EcdsaVerifier {
 public:
  FaultyEcdsaVerifier(Curve curve, std::unique_ptr<EcdsaVerifier> real, const Fault& fault)
      : EcdsaVerifier(curve), real_(std::move(real)), fault_(fault) {}

 private:
  Result<SignatureCheck> do_verify(ByteView digest, ByteView r, ByteView s) const override {
    return fault_.signature ? fault_.signature() : ask(*real_, digest, r, s);
  }
  std::unique_ptr<EcdsaVerifier> real_;
  const Fault& fault_;
};

class FaultyRsaDecrypter final : public RsaDecrypter {
 public:
  FaultyRsaDecrypter(const Backend& backend, const RsaPublicKey& key, std::unique_ptr<RsaDecrypter> real,
                     const Fault& fault)
      : RsaDecrypter(backend, key), real_(std::move(real)), fault_(fault) {}

 private:
  Result<SecretBytes> do_raw(ByteView ciphertext) const override {
    if (!fault_.bytes) return ask(*real_, ciphertext);
    TRY(Bytes bytes, fault_.bytes());
    return SecretBytes(std::move(bytes));
  }
  std::unique_ptr<RsaDecrypter> real_;
  const Fault& fault_;
};

class FaultyAesGcmOpener final : public AesGcmOpener {
 public:
  FaultyAesGcmOpener(std::unique_ptr<AesGcmOpener> real, const Fault& fault) : real_(std::move(real)), fault_(fault) {}

 private:
  Result<void> do_start(ByteView nonce, ByteView aad) override { return real_->start(nonce, aad); }
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override {
    TRY_VOID(ask(*real_, blocks, out));
    return fault_.plaintext ? fault_.plaintext(out) : Result<void>{};
  }
  Result<void> do_finish(ByteView rest, ByteView tag, std::span<std::uint8_t> out) override {
    TRY_VOID(ask(*real_, rest, tag, out));
    return fault_.plaintext ? fault_.plaintext(out) : Result<void>{};
  }
  std::unique_ptr<AesGcmOpener> real_;
  const Fault& fault_;
};

class FaultyAesCbcDecrypter final : public AesCbcDecrypter {
 public:
  FaultyAesCbcDecrypter(std::unique_ptr<AesCbcDecrypter> real, const Fault& fault)
      : real_(std::move(real)), fault_(fault) {}

 private:
  Result<void> do_update(ByteView blocks, std::span<std::uint8_t> out) override {
    TRY_VOID(ask(*real_, blocks, out));
    return fault_.plaintext ? fault_.plaintext(out) : Result<void>{};
  }
  std::unique_ptr<AesCbcDecrypter> real_;
  const Fault& fault_;
};

class Faulty final : public Backend {
 public:
  Faulty(const Backend& real, Fault fault) : real_(real), fault_(std::move(fault)) {}
  std::string_view name() const noexcept override { return "faulty"; }
  std::string version() const override { return "Faulty 1.0"; }

 private:
  Result<std::unique_ptr<Hasher>> do_hasher(Hash hash) const override {
    if (fault_.no_hasher) return Error{Errc::unsupported, "faulty: no such hash"};
    TRY(std::unique_ptr<Hasher> hasher, real_.hasher(hash));
    return std::unique_ptr<Hasher>(new FaultyHasher(hash, std::move(hasher), fault_));
  }
  Result<std::unique_ptr<RsaVerifier>> do_rsa_verifier(const RsaPublicKey& key) const override {
    if (fault_.no_verifier) return Error{Errc::unsupported, "faulty: no such key"};
    TRY(std::unique_ptr<RsaVerifier> verifier, real_.rsa_verifier(key));
    return std::unique_ptr<RsaVerifier>(new FaultyVerifier(key.signature_size(), std::move(verifier), fault_));
  }
  Result<Bytes> do_hmac(Hash hash, ByteView key, ByteView data) const override {
    return fault_.bytes ? fault_.bytes() : real_.hmac(hash, key, data);
  }
  Result<SecretBytes> do_hkdf(Hash hash, ByteView key, ByteView salt, ByteView info,
                              std::size_t length) const override {
    return fault_.bytes ? faulty_bytes() : real_.hkdf(hash, key, salt, info, length);
  }
  Result<SecretBytes> do_aes_kw_open(ByteView key, ByteView wrapped) const override {
    return fault_.bytes ? faulty_bytes() : real_.aes_kw_open(key, wrapped);
  }
  Result<std::unique_ptr<RsaDecrypter>> do_rsa_decrypter(const RsaPrivateKey& key) const override {
    if (fault_.no_keys) return Error{Errc::unsupported, "faulty: no such key"};
    TRY(std::unique_ptr<RsaDecrypter> decrypter, real_.rsa_decrypter(key));
    return std::unique_ptr<RsaDecrypter>(new FaultyRsaDecrypter(*this, key.public_key(), std::move(decrypter), fault_));
  }
  Result<std::unique_ptr<EcdsaVerifier>> do_ecdsa_verifier(const EcPublicKey& key) const override {
    if (fault_.no_keys) return Error{Errc::unsupported, "faulty: no such key"};
    TRY(std::unique_ptr<EcdsaVerifier> verifier, real_.ecdsa_verifier(key));
    return std::unique_ptr<EcdsaVerifier>(new FaultyEcdsaVerifier(key.curve(), std::move(verifier), fault_));
  }
  Result<std::unique_ptr<AesGcmOpener>> do_aes_gcm_opener(ByteView key) const override {
    if (fault_.no_keys) return Error{Errc::unsupported, "faulty: no such key"};
    TRY(std::unique_ptr<AesGcmOpener> opener, real_.aes_gcm_opener(key));
    return std::unique_ptr<AesGcmOpener>(new FaultyAesGcmOpener(std::move(opener), fault_));
  }
  Result<std::unique_ptr<AesCbcDecrypter>> do_aes_cbc_decrypter(ByteView key, ByteView iv) const override {
    if (fault_.no_keys) return Error{Errc::unsupported, "faulty: no such key"};
    TRY(std::unique_ptr<AesCbcDecrypter> decrypter, real_.aes_cbc_decrypter(key, iv));
    return std::unique_ptr<AesCbcDecrypter>(new FaultyAesCbcDecrypter(std::move(decrypter), fault_));
  }

  Result<SecretBytes> faulty_bytes() const {
    TRY(Bytes bytes, fault_.bytes());
    return SecretBytes(std::move(bytes));
  }

  const Backend& real_;
  Fault fault_;
};

const Backend& real() { return *backends().front(); }

// Both orders: who is first must not matter.
template <class Test>
void beside_real(const Fault& fault, Test test) {
  const Faulty faulty(real(), fault);
  for (const bool first : {false, true}) {
    CAPTURE(first);
    const Backend* const pair[] = {first ? &faulty : &real(), first ? &real() : &faulty};
    const auto cross_check = make_cross_check({pair[0], pair[1]});
    REQUIRE(cross_check.has_value());
    test(**cross_check);
  }
}

template <class T>
bool disagrees(const Result<T>& result) {
  return !result && result.error().code == Errc::unsupported &&
         result.error().message.starts_with("backends disagree: ") &&
         result.error().message.find("faulty") != std::string::npos &&
         result.error().message.find(real().name()) != std::string::npos;
}

Result<SignatureCheck> check_genuine(const Backend& backend) {
  TRY(const RsaPublicKey key, RsaPublicKey::from_der(hex(test::kGenuineKeys[2].der)));
  TRY(const std::unique_ptr<RsaVerifier> verifier, backend.rsa_verifier(key));
  return verifier->verify(Hash::sha256, hex(test::kGenuineSignatures[0].digest),
                          hex(test::kGenuineSignatures[0].signature));
}

Result<Bytes> open_genuine(const Backend& backend) {
  return backend.aes_gcm_open(Bytes(16, 0), Bytes(12, 0), {}, {}, hex("58e2fccefa7e3061367f1d57a4e7455a"));
}

}  // namespace

TEST_CASE("a cross-check needs two") {
  CHECK(make_cross_check({}).error().code == Errc::invalid_argument);
  CHECK(make_cross_check({&real()}).error().code == Errc::invalid_argument);
}

TEST_CASE("a cross-check of members that agree answers like each of them") {
  beside_real({}, [](const Backend& both) {
    CHECK(both.version().find("Faulty 1.0") != std::string::npos);
    CHECK(both.version().find(real().version()) != std::string::npos);
    CHECK(*both.hash(Hash::sha256, as_bytes("x")) == *real().hash(Hash::sha256, as_bytes("x")));
    CHECK(*both.hmac(Hash::sha256, as_bytes("x"), {}) == *real().hmac(Hash::sha256, as_bytes("x"), {}));
    CHECK(*check_genuine(both) == SignatureCheck::valid);
    CHECK(self_test(both).has_value());
  });
}

TEST_CASE("a hash that differs in one bit is a disagreement, and the next one is not") {
  bool once = true;
  const auto fault = [&](std::span<std::uint8_t> out) -> Result<void> {
    if (std::exchange(once, false)) out.back() ^= 1;
    return {};
  };
  beside_real({.hash = fault}, [&](const Backend& both) {
    once = true;
    const auto hasher = std::move(*both.hasher(Hash::sha384));
    Bytes out(48);
    hasher->update(as_bytes("evidence"));
    CHECK(disagrees(hasher->finish(out)));
    hasher->update(as_bytes("evidence"));
    CHECK(hasher->finish(out).has_value());
    CHECK(out == *real().hash(Hash::sha384, as_bytes("evidence")));
  });
}

TEST_CASE("a member that fails where another answers is a disagreement") {
  const auto fail = [](std::span<std::uint8_t>) -> Result<void> { return Error{Errc::unsupported, "out of order"}; };
  beside_real({.hash = fail}, [](const Backend& both) {
    const auto result = both.hash(Hash::sha256, {});
    CHECK(disagrees(result));
    CHECK(result.error().message.find("out of order") != std::string::npos);
  });
  beside_real({.no_hasher = true}, [](const Backend& both) { CHECK(disagrees(both.hasher(Hash::md5))); });
  beside_real({.no_verifier = true}, [](const Backend& both) { CHECK(disagrees(check_genuine(both))); });
}

TEST_CASE("a disagreement about a signature is neither valid nor invalid") {
  const auto no = [] { return Result<SignatureCheck>(SignatureCheck::invalid); };
  const auto error = [] { return Result<SignatureCheck>(Error{Errc::unsupported, "out of order"}); };
  beside_real({.signature = no}, [](const Backend& both) { CHECK(disagrees(check_genuine(both))); });
  beside_real({.signature = error}, [](const Backend& both) { CHECK(disagrees(check_genuine(both))); });

  const auto yes = [] { return Result<SignatureCheck>(SignatureCheck::valid); };
  beside_real({.signature = yes}, [](const Backend& both) {
    const auto key = RsaPublicKey::from_der(hex(test::kGenuineKeys[2].der));
    const auto verifier = std::move(*both.rsa_verifier(*key));
    const Bytes forged(256, 1);
    CHECK(disagrees(verifier->verify(Hash::sha256, hex(test::kGenuineSignatures[0].digest), forged)));
  });
}

TEST_CASE("a disagreement about ECDSA or a private key is an error") {
  const auto key = EcPublicKey::from_point(Curve::p256, hex(answers::kEcdsa[0].compressed));
  const auto private_key = RsaPrivateKey::from_der(hex(answers::kPrivateKey));
  REQUIRE(key.has_value());
  REQUIRE(private_key.has_value());
  for (const SignatureCheck lie : {SignatureCheck::valid, SignatureCheck::invalid}) {
    beside_real({.signature = [&] { return Result<SignatureCheck>(lie); }}, [&](const Backend& both) {
      Bytes digest = *both.hash(Hash::sha256, as_bytes("sample"));
      if (lie == SignatureCheck::valid) digest[0] ^= 1;
      const auto verifier = std::move(*both.ecdsa_verifier(*key));
      CHECK(disagrees(verifier->verify(digest, hex(answers::kEcdsa[0].signature))));
    });
  }
  beside_real({.bytes = [] { return Result<Bytes>(Bytes(256, 0)); }}, [&](const Backend& both) {
    const auto decrypter = std::move(*both.rsa_decrypter(*private_key));
    CHECK(disagrees(decrypter->decrypt_pkcs1(hex(answers::kPkcs1), 32)));
    CHECK(disagrees(decrypter->decrypt_oaep(Hash::sha1, Hash::sha1, {}, hex(answers::kOaep[0].ciphertext))));
  });
  beside_real({.no_keys = true}, [&](const Backend& both) {
    CHECK(disagrees(both.ecdsa_verifier(*key)));
    CHECK(disagrees(both.rsa_decrypter(*private_key)));
  });
}

TEST_CASE("a disagreement about bytes is an error") {
  const auto other = [] { return Result<Bytes>(Bytes{1, 2, 3}); };
  beside_real({.bytes = other}, [](const Backend& both) {
    CHECK(disagrees(both.hmac(Hash::sha256, {}, {})));
    CHECK(disagrees(both.hkdf(Hash::sha256, {}, {}, {}, 3)));
    CHECK(disagrees(both.aes_kw_open(hex(answers::kWrapKey), hex(answers::kWrapped))));
    CHECK(!self_test(both));
  });
  const auto refused = [] { return Result<Bytes>(Error{Errc::authentication, "refused"}); };
  beside_real({.bytes = refused}, [](const Backend& both) {
    CHECK(disagrees(both.aes_kw_open(hex(answers::kWrapKey), hex(answers::kWrapped))));
    // Both refuse: that is agreement, whatever words they use.
    CHECK(both.aes_kw_open(hex(answers::kWrapKey), Bytes(24, 0)).error().code == Errc::authentication);
  });
}

TEST_CASE("a disagreement about a plaintext is an error, whenever it comes") {
  const Bytes nonce(12, 0), blocks(2 * AesGcmOpener::kPiece, 0x55);
  bool once = true;
  const auto other = [&](std::span<std::uint8_t> out) -> Result<void> {
    if (!out.empty() && std::exchange(once, false)) out.front() ^= 0x80;
    return {};
  };
  beside_real({.plaintext = other}, [&](const Backend& both) {
    const auto opener = std::move(*both.aes_gcm_opener(Bytes(16, 0)));
    Bytes plaintext;
    once = true;
    REQUIRE(opener->start(nonce, {}).has_value());
    CHECK(disagrees(opener->update(blocks, plaintext)));
    CHECK(opener->update(blocks, plaintext).error().code == Errc::invalid_argument);  // it is over
    CHECK(opener->finish(Bytes(16, 0), plaintext).error().code == Errc::invalid_argument);
    REQUIRE(opener->start(nonce, {}).has_value());  // the next message is another
    CHECK(opener->update(blocks, plaintext).has_value());

    once = true;
    CHECK(disagrees(both.aes_cbc_decrypt(Bytes(16, 0), Bytes(16, 0), blocks)));
  });
  const auto refused = [](std::span<std::uint8_t>) -> Result<void> { return Error{Errc::authentication, "refused"}; };
  beside_real({.plaintext = refused}, [](const Backend& both) {
    CHECK(disagrees(open_genuine(both)));
    CHECK(both.aes_gcm_open(Bytes(16, 0), Bytes(12, 0), {}, {}, Bytes(16, 0)).error().code == Errc::authentication);
  });
  beside_real({.no_keys = true}, [&](const Backend& both) {
    CHECK(disagrees(both.aes_gcm_opener(Bytes(16, 0))));
    CHECK(disagrees(both.aes_cbc_decrypter(Bytes(16, 0), Bytes(16, 0))));
  });
}

TEST_CASE("the self-test notices a library that lies") {
  const Fault faults[] = {
      {.hash = [](std::span<std::uint8_t> out) -> Result<void> {
        out[0] ^= 1;
        return {};
      }},
      {.signature = [] { return Result<SignatureCheck>(SignatureCheck::valid); }},
      {.signature = [] { return Result<SignatureCheck>(SignatureCheck::invalid); }},
      {.bytes = [] { return Result<Bytes>(Bytes{}); }},
      {.plaintext = [](std::span<std::uint8_t> out) -> Result<void> {
        if (!out.empty()) out[0] ^= 1;
        return {};
      }},
      {.no_hasher = true},
      {.no_verifier = true},
      {.no_keys = true},
  };
  CHECK(self_test(real()).has_value());
  for (const Fault& fault : faults) CHECK(!self_test(Faulty(real(), fault)));
}
