// What every crypto backend must do, and the cross-check over all of them. A new backend passes here or is not one.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "conformance/subjects.hpp"
#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/crypto.hpp"

using namespace trailseal;
using namespace trailseal::crypto;
using test::hex;
using test::refused;
using test::subjects;

namespace {

std::unique_ptr<RsaVerifier> verifier(const Backend& backend, std::string_view der) {
  return std::move(*backend.rsa_verifier(*RsaPublicKey::from_der(hex(der))));
}

constexpr std::string_view kSigner = test::kGenuineKeys[2].der;

}  // namespace

TEST_CASE("the built-in backends have names, and are found by them") {
  REQUIRE(!backends().empty());
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    CHECK(!backend->name().empty());
    CHECK(backend->version().find_first_of("0123456789") != std::string::npos);
  }
  for (const Backend* backend : backends()) CHECK(find_backend(backend->name()) == backend);
  CHECK(find_backend("no-such-library") == nullptr);
  CHECK(find_backend("") == nullptr);
}

TEST_CASE("every backend passes its self-test") {
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    const Result<void> result = self_test(*backend);
    INFO((result ? std::string() : result.error().message));
    CHECK(result.has_value());
  }
}

TEST_CASE("hashes of nothing and of a million letters") {
  const struct {
    Hash hash;
    std::size_t size;
    std::string_view empty, million;
  } rows[] = {
      {Hash::md5, 16, "d41d8cd98f00b204e9800998ecf8427e", "7707d6ae4e027c70eea2a935c2296f21"},
      {Hash::sha1, 20, "da39a3ee5e6b4b0d3255bfef95601890afd80709", "34aa973cd4c4daa4f61eeb2bdbad27316534016f"},
      {Hash::sha256, 32, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
       "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
      {Hash::sha384, 48,
       "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b",
       "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985"},
      {Hash::sha512, 64,
       "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a8"
       "1a"
       "538327af927da3e",
       "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2"
       "e"
       "4eadb217ad8cc09b"},
  };
  const std::string million(1000000, 'a');
  for (const Backend* backend : subjects()) {
    for (const auto& row : rows) {
      CAPTURE(backend->name(), row.size);
      CHECK(size_of(row.hash) == row.size);
      CHECK(backend->hash(row.hash, {}).value() == hex(row.empty));
      CHECK(backend->hash(row.hash, as_bytes(million)).value() == hex(row.million));

      const std::unique_ptr<Hasher> hasher = std::move(*backend->hasher(row.hash));
      Bytes out(row.size);
      REQUIRE(hasher->finish(out).has_value());
      CHECK(out == hex(row.empty));
      for (int round = 0; round < 2; ++round) {  // finish() starts over
        ByteView rest = as_bytes(million);
        for (std::size_t piece = 1; !rest.empty(); piece = piece * 3 + 1) {
          const ByteView taken = rest.first(std::min(piece, rest.size()));
          hasher->update(taken);
          hasher->update({});
          rest = rest.subspan(taken.size());
        }
        REQUIRE(hasher->finish(out).has_value());
        CHECK(out == hex(row.million));
      }
      for (const std::size_t wrong : {std::size_t{0}, row.size - 1, row.size + 1}) {
        Bytes place(wrong, 0x55);
        CHECK(refused(hasher->finish(place), Errc::invalid_argument));
        CHECK(place == Bytes(wrong, 0x55));
      }
    }
  }
}

TEST_CASE("HMAC takes keys of any length and refuses MD5 and SHA-1") {
  const struct {
    Hash hash;
    std::string_view all_empty, long_key;
  } rows[] = {
      {Hash::sha256, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad",
       "285be6577af86546ea6436490a58d5fc06c872c02b9253f3200423c47231a997"},
      {Hash::sha384, "6c1f2ee938fad2e24bd91298474382ca218c75db3d83e114b3d4367776d14d3551289e75e8209cd4b792302840234adc",
       "9cfad77938d40f73a29d8acab5988e92b5afb1c0385ee81806b74862434a6830a62d51d5001b005abd29639b9bf0df93"},
      {Hash::sha512,
       "b936cee86c9f87aa5d3c6f2e84cb5a4239a5fe50480a6ec66b70ab5b1f4ac6730c6c515421b327ec1d69402e53dfb49ad7381eb067b338f"
       "d7"
       "b0cb22247225d47",
       "6288a2d37ecc604e2c4bf0afcf4f331099fcbf1a2a62e975e8b865cc51c60a2cba544b1a0b0ff080339f0a71488d58b63a7fcbff9d87005"
       "0"
       "5ff94b2894673df7"},
  };
  const Bytes long_key(5000, 0xaa);
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    for (const auto& row : rows) {
      CHECK(backend->hmac(row.hash, {}, {}).value() == hex(row.all_empty));
      CHECK(backend->hmac(row.hash, long_key, as_bytes("data")).value() == hex(row.long_key));
    }
    for (const Hash weak : {Hash::md5, Hash::sha1})
      CHECK(refused(backend->hmac(weak, as_bytes("key"), as_bytes("data")), Errc::invalid_argument));
  }
}

TEST_CASE("HKDF at the edges of RFC 5869") {
  const struct {
    Hash hash;
    std::string_view all_empty;       // 64 bytes of an empty key
    std::string_view long_salt;       // 64 bytes with a salt of 5000
    std::string_view sha256_of_most;  // of the 255 blocks
  } rows[] = {
      {Hash::sha256,
       "eb70f01dede9afafa449eee1b1286504e1f62388b3f7dd4f956697b0e828fe181e59c2ec0fe6e7e7ac2613b6ab65342a83379969da23424"
       "0c"
       "ded3777914db907",
       "1b6e9a8fac2e1787cf63cb0577d58f1864a8f81b18b0ce24c796c12be23f1660d7ee2194e19e70e4a1d4f5370f68fa21bb3cffc03819851"
       "e"
       "bba3116d938185d4",
       "35741a9b515760e7e640f60e9d8657af4d09e63be63e55b1b31ca0535721ab80"},
      {Hash::sha384,
       "470cc65387ca4a10c7a68a3b5148c8e513daa63101000739c4c6659b8611888413b4617b1e75cf30370c2865d6d5eb499931fffca53cb44"
       "bc"
       "9bf8dfd7c2e9f12",
       "1a6654c2ccce0915c54c7f55a646f01adb598d8b56cb620b7eadce017e706066f5567c646b6120d5725c61b04abd1a58f9345fe56e469e4"
       "2"
       "0dabafc4aef04490",
       "fa910a882ad97197ba6c445fcfafba4932391212e532f7ca229433d986d6d521"},
      {Hash::sha512,
       "9d73c98e791e80ebe5b4cb45693aa32fdd44b5fa3edab3ec82f9d0f4d66905e2215ad0d4ac20fe570da59a5d189fdde60e55f283703cd19"
       "bc"
       "95ebb16fc1c868e",
       "7c32627d465988823cbbc3b594fd3e870ced18b6d9db8c466dba2320c1a1785b378e5d27f820bd4c10bc2bb80fca6f445db86fc63a31cb7"
       "7"
       "04e4839910317b67",
       "2e94fb3be11b5b00f8b643b238552b1617550f30c1f1e01bb043267c5e16c484"},
  };
  const Bytes key(22, 0x0b);
  const Bytes long_salt(5000, 0xaa);
  for (const Backend* backend : subjects()) {
    for (const auto& row : rows) {
      CAPTURE(backend->name(), size_of(row.hash));
      const std::size_t most = 255 * size_of(row.hash);
      CHECK(backend->hkdf(row.hash, {}, {}, {}, 64).value() == hex(row.all_empty));
      CHECK(backend->hkdf(row.hash, {}, Bytes(size_of(row.hash), 0), {}, 64).value() == hex(row.all_empty));
      CHECK(backend->hkdf(row.hash, key, long_salt, as_bytes("info"), 64).value() == hex(row.long_salt));
      CHECK(backend->hkdf(row.hash, key, {}, {}, 0).value().empty());
      CHECK(backend->hash(Hash::sha256, backend->hkdf(row.hash, key, {}, {}, most).value().view()).value() ==
            hex(row.sha256_of_most));
      CHECK(refused(backend->hkdf(row.hash, key, {}, {}, most + 1), Errc::invalid_argument));
    }
    for (const Hash weak : {Hash::md5, Hash::sha1})
      CHECK(refused(backend->hkdf(weak, key, {}, {}, 16), Errc::invalid_argument));
  }
}

TEST_CASE("AES-GCM opens what is right and nothing else") {
  const struct {
    std::size_t key_size;
    std::string_view empty_tag, aad_only_tag, ciphertext, tag;  // of zero keys and nonces
  } rows[] = {
      {16, "58e2fccefa7e3061367f1d57a4e7455a", "67b2aaf18a3102226e916a3a7b9c30e0", "6bedb6a20f",
       "fc05f3475d29034caa1cc8fa3628c39f"},
      {24, "cd33b28ac773f74ba00ed1f312572435", "c1f1406a15e2d3c02d93efa98a6e731e", "f082481068",
       "9260d764a5cf388f5d263ad0543e8809"},
      {32, "530f8afbc74536b9a963b4f1c4cb738b", "7ce9fad84ee0f602a74313bd441ae271", "a6c22c5122",
       "8b908f7f62ffcea6a92fabef39bf4d93"},
  };
  const Bytes nonce(12, 0);
  for (const Backend* backend : subjects()) {
    for (const auto& row : rows) {
      CAPTURE(backend->name(), row.key_size);
      const Bytes key(row.key_size, 0);
      const Bytes ciphertext = hex(row.ciphertext);
      const Bytes tag = hex(row.tag);
      CHECK(backend->aes_gcm_open(key, nonce, {}, {}, hex(row.empty_tag)).value().empty());
      CHECK(backend->aes_gcm_open(key, nonce, as_bytes("aad only"), {}, hex(row.aad_only_tag)).value().empty());
      CHECK(as_text(backend->aes_gcm_open(key, nonce, {}, ciphertext, tag).value()) == "hello");

      CHECK(refused(backend->aes_gcm_open(key, nonce, as_bytes("x"), ciphertext, tag), Errc::authentication));
      CHECK(refused(backend->aes_gcm_open(key, nonce, {}, {}, tag), Errc::authentication));
      for (std::size_t bit = 0; bit < 8 * tag.size(); ++bit) {
        Bytes altered = tag;
        altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK(refused(backend->aes_gcm_open(key, nonce, {}, ciphertext, altered), Errc::authentication));
      }
      for (const std::size_t size : {0u, 1u, 4u, 8u, 12u, 15u})
        CHECK(refused(backend->aes_gcm_open(key, nonce, {}, ciphertext, ByteView(tag).first(size)),
                      Errc::invalid_argument));
      Bytes longer = tag;
      longer.push_back(0);
      CHECK(refused(backend->aes_gcm_open(key, nonce, {}, ciphertext, longer), Errc::invalid_argument));
      for (const std::size_t size : {0u, 8u, 11u, 13u, 16u})
        CHECK(refused(backend->aes_gcm_open(key, Bytes(size, 0), {}, ciphertext, tag), Errc::invalid_argument));
      for (const std::size_t size : {0u, 1u, 15u, 17u, 31u, 33u, 64u})
        CHECK(refused(backend->aes_gcm_open(Bytes(size, 0), nonce, {}, ciphertext, tag), Errc::invalid_argument));
    }
  }
}

TEST_CASE("the genuine keys have the fingerprints that AWS gives them") {
  for (const Backend* backend : subjects()) {
    for (const test::GenuineKey& row : test::kGenuineKeys) {
      CAPTURE(backend->name(), row.fingerprint);
      CHECK(backend->hash(Hash::md5, hex(row.der)).value() == hex(row.fingerprint));
      CHECK(backend->rsa_verifier(*RsaPublicKey::from_der(hex(row.der))).has_value());
    }
  }
}

TEST_CASE("the genuine signatures verify under their key and under no other") {
  for (const Backend* backend : subjects()) {
    for (const test::GenuineSignature& row : test::kGenuineSignatures) {
      for (const test::GenuineKey& key : test::kGenuineKeys) {
        CAPTURE(backend->name(), row.digest, key.fingerprint);
        const auto result = verifier(*backend, key.der)->verify(Hash::sha256, hex(row.digest), hex(row.signature));
        CHECK(result.value() == (key.der == kSigner ? SignatureCheck::valid : SignatureCheck::invalid));
      }
    }
  }
}

TEST_CASE("near misses of a signature are invalid") {
  const Bytes digest = hex(test::kGenuineSignatures[0].digest);
  const Bytes genuine = hex(test::kGenuineSignatures[0].signature);
  const RsaPublicKey key = *RsaPublicKey::from_der(hex(kSigner));
  const Bytes modulus(key.modulus().begin(), key.modulus().end());
  Bytes zero_in_front = genuine, zero_behind = genuine, shorter = genuine, one(genuine.size(), 0);
  zero_in_front.insert(zero_in_front.begin(), 0);
  zero_behind.push_back(0);
  shorter.pop_back();
  one.back() = 1;
  const struct {
    const char* what;
    Bytes signature;
  } rows[] = {{"a zero byte in front", zero_in_front},
              {"a zero byte behind", zero_behind},
              {"the last byte missing", shorter},
              {"empty", {}},
              {"zeros", Bytes(genuine.size(), 0)},
              {"one", one},
              {"the modulus itself", modulus},
              {"the modulus added", hex(test::kSignaturePlusModulus)},
              {"all bits set", Bytes(genuine.size(), 0xff)}};
  for (const Backend* backend : subjects()) {
    const auto check = verifier(*backend, kSigner);
    for (const auto& row : rows) {
      CAPTURE(backend->name(), row.what);
      CHECK(check->verify(Hash::sha256, digest, row.signature).value() == SignatureCheck::invalid);
    }
    for (std::size_t bit = 0; bit < 8 * genuine.size(); bit += 61) {
      CAPTURE(backend->name(), bit);
      Bytes altered = genuine;
      altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      CHECK(check->verify(Hash::sha256, digest, altered).value() == SignatureCheck::invalid);
    }
  }
}

TEST_CASE("only the one encoded message of RFC 8017 9.2 is valid") {
  for (const Backend* backend : subjects()) {
    const auto check = verifier(*backend, test::kMadeKey);
    for (const test::MadeSignature& row : test::kMadeSignatures) {
      CAPTURE(backend->name(), row.why, size_of(row.hash));
      const Bytes digest = backend->hash(row.hash, as_bytes(test::kMadeMessage)).value();
      CHECK(check->verify(row.hash, digest, hex(row.signature)).value() == row.expected);
      for (const Hash other : {Hash::sha256, Hash::sha384, Hash::sha512}) {
        if (other == row.hash) continue;
        const Bytes other_digest = backend->hash(other, as_bytes(test::kMadeMessage)).value();
        CHECK(check->verify(other, other_digest, hex(row.signature)).value() == SignatureCheck::invalid);
      }
    }
  }
}

TEST_CASE("a message hash of the wrong size is an error, not an answer") {
  const Bytes signature = hex(test::kGenuineSignatures[0].signature);
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    const auto check = verifier(*backend, kSigner);
    for (const std::size_t size : {0u, 16u, 20u, 31u, 33u, 48u, 64u})
      CHECK(refused(check->verify(Hash::sha256, Bytes(size, 1), signature), Errc::invalid_argument));
    CHECK(refused(check->verify(Hash::sha512, Bytes(32, 1), signature), Errc::invalid_argument));
    CHECK(refused(check->verify(Hash::md5, Bytes(16, 1), signature), Errc::invalid_argument));
    CHECK(refused(check->verify(Hash::sha1, Bytes(20, 1), signature), Errc::invalid_argument));
  }
}

TEST_CASE("one backend and one verifier serve many threads") {
  const Bytes digest = hex(test::kGenuineSignatures[0].digest);
  const Bytes genuine = hex(test::kGenuineSignatures[0].signature);
  Bytes altered = genuine;
  altered[100] ^= 4;
  const Bytes zero_key(16, 0), nonce(12, 0), tag = hex("fc05f3475d29034caa1cc8fa3628c39f");
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    const auto check = verifier(*backend, kSigner);
    const Bytes abc = backend->hash(Hash::sha256, as_bytes("abc")).value();
    const Bytes mac = backend->hmac(Hash::sha256, abc, abc).value();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 25; ++round) {
          const auto valid = check->verify(Hash::sha256, digest, genuine);
          const auto invalid = check->verify(Hash::sha256, digest, altered);
          const auto hash = backend->hash(Hash::sha256, as_bytes("abc"));
          const auto hmac = backend->hmac(Hash::sha256, abc, abc);
          const auto opened = backend->aes_gcm_open(zero_key, nonce, {}, hex("6bedb6a20f"), tag);
          const auto derived = backend->hkdf(Hash::sha256, abc, {}, {}, 32);
          const bool right = valid && *valid == SignatureCheck::valid && invalid &&
                             *invalid == SignatureCheck::invalid && hash && *hash == abc && hmac && *hmac == mac &&
                             opened && as_text(*opened) == "hello" && derived;
          if (!right) ++wrong;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}
