// What every crypto backend must do where it opens and decrypts, and for ECDSA. The public vectors ask more of the same
// (vectors_main.cpp); here are the arguments, the order of calls, and that all failures look alike.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "conformance/subjects.hpp"
#include "crypto/self_test_answers.hpp"
#include "support/catch.hpp"
#include "support/crypto_evidence.hpp"
#include "trailseal/crypto.hpp"

using namespace trailseal;
using namespace trailseal::crypto;
using test::hex;
using test::refused;
using test::subjects;

namespace {

constexpr std::string_view kOneWord = "it does not decrypt";

// Refused in the one way that tells nothing.
template <class T>
bool silent(const Result<T>& result) {
  return refused(result, Errc::authentication) && result.error().message == kOneWord;
}

Bytes counting(std::size_t size, std::size_t modulus = 256) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(i % modulus);
  return out;
}

// A message of 1000 bytes, more than one piece: key 00 01 .. 1f, nonce of zeros, associated data "aad".
const Bytes kGcmKey = counting(32);
const Bytes kGcmNonce(12, 0);
const Bytes kGcmPlaintext = counting(1000, 251);
constexpr std::string_view kGcmTag = "cd67a4b6196ae109fd08b1ab9ee85f41";

// GCM adds a stream to the plaintext, and that stream is what zeros decrypt to.
Bytes gcm_ciphertext(const Backend& backend) {
  const auto opener = std::move(*backend.aes_gcm_opener(kGcmKey));
  Bytes stream;
  REQUIRE(opener->start(kGcmNonce, {}).has_value());
  REQUIRE(opener->update(Bytes(1024, 0), stream).has_value());
  REQUIRE(stream.size() == 1024);
  Bytes out = kGcmPlaintext;
  for (std::size_t i = 0; i < out.size(); ++i) out[i] ^= stream[i];
  return out;
}

Result<Bytes> open_in_pieces(AesGcmOpener& opener, ByteView ciphertext, ByteView tag, std::size_t piece) {
  Bytes plaintext;
  TRY_VOID(opener.start(kGcmNonce, as_bytes("aad")));
  while (!ciphertext.empty()) {
    const std::size_t size = std::min(piece, ciphertext.size());
    TRY_VOID(opener.update(ciphertext.first(size), plaintext));
    TRY_VOID(opener.update({}, plaintext));
    ciphertext = ciphertext.subspan(size);
  }
  TRY_VOID(opener.finish(tag, plaintext));
  return plaintext;
}

std::unique_ptr<RsaDecrypter> decrypter(const Backend& backend) {
  return std::move(*backend.rsa_decrypter(*RsaPrivateKey::from_der(hex(answers::kPrivateKey))));
}

}  // namespace

TEST_CASE("AES-GCM opens a message in pieces of any size, one after another under one key") {
  const Bytes tag = hex(kGcmTag);
  for (const Backend* backend : subjects()) {
    const Bytes ciphertext = gcm_ciphertext(*backend);
    CHECK(backend->aes_gcm_open(kGcmKey, kGcmNonce, as_bytes("aad"), ciphertext, tag).value() == kGcmPlaintext);
    const auto opener = std::move(*backend->aes_gcm_opener(kGcmKey));
    for (const std::size_t piece : {1u, 15u, 16u, 17u, 255u, 256u, 257u, 511u, 512u, 999u, 1000u}) {
      CAPTURE(backend->name(), piece);
      CHECK(open_in_pieces(*opener, ciphertext, tag, piece).value() == kGcmPlaintext);
      Bytes altered = ciphertext;
      altered[piece % 1000] ^= 1;
      CHECK(silent(open_in_pieces(*opener, altered, tag, piece)));
      CHECK(silent(open_in_pieces(*opener, ByteView(ciphertext).first(999), tag, piece)));
    }
  }
}

TEST_CASE("AES-GCM asks for its calls in order and forgets a message that was given up") {
  const Bytes tag = hex(kGcmTag);
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    const Bytes ciphertext = gcm_ciphertext(*backend);
    const auto opener = std::move(*backend->aes_gcm_opener(kGcmKey));
    Bytes plaintext;
    CHECK(refused(opener->update(ciphertext, plaintext), Errc::invalid_argument));
    CHECK(refused(opener->finish(tag, plaintext), Errc::invalid_argument));
    for (const std::size_t given : {0u, 3u, 300u}) {
      REQUIRE(opener->start(kGcmNonce, as_bytes("something else")).has_value());
      REQUIRE(opener->update(ByteView(ciphertext).first(given), plaintext).has_value());
      CHECK(open_in_pieces(*opener, ciphertext, tag, 100).value() == kGcmPlaintext);
      CHECK(refused(opener->finish(tag, plaintext), Errc::invalid_argument));
    }
    CHECK(refused(opener->start(Bytes(11, 0), {}), Errc::invalid_argument));
    CHECK(refused(opener->update(ciphertext, plaintext), Errc::invalid_argument));
    REQUIRE(opener->start(kGcmNonce, {}).has_value());
    CHECK(refused(opener->finish(ByteView(tag).first(15), plaintext), Errc::invalid_argument));
    for (const std::size_t size : {0u, 15u, 33u})
      CHECK(refused(backend->aes_gcm_opener(Bytes(size, 0)), Errc::invalid_argument));
  }
}

TEST_CASE("AES-CBC and AES-ECB tell nothing of what was wrong") {
  const Bytes key = hex(answers::kAesKey), iv = hex(answers::kCbcIv), ciphertext = hex(answers::kCbc);
  const Bytes empty = hex("a254be88e037ddd9d79fb6411c3f9df8");  // sixteen bytes of padding in ECB
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    CHECK(as_text(backend->aes_cbc_decrypt(key, iv, ciphertext).value()) == answers::kCbcPlaintext);
    CHECK(backend->aes_ecb_decrypt(key, empty).value().empty());
    CHECK(backend->aes_ecb_decrypt(key, hex(answers::kEcb)).value() == hex(answers::kEcbPlaintext));
    // The padding is 9 bytes; every other value of its last byte is wrong but for 1, which cannot be reached so.
    for (int other = 1; other < 256; ++other) {
      Bytes altered = ciphertext;
      altered[15] ^= static_cast<std::uint8_t>(other);
      const Result<Bytes> result = backend->aes_cbc_decrypt(key, iv, altered);
      CAPTURE(other);
      CHECK((other == (9 ^ 1) ? result.has_value() : silent(result)));
    }
    for (const std::size_t size : {0u, 1u, 15u, 17u, 31u}) {
      CHECK(silent(backend->aes_cbc_decrypt(key, iv, ByteView(ciphertext).first(size))));
      CHECK(silent(backend->aes_ecb_decrypt(key, ByteView(ciphertext).first(size))));
    }
    CHECK(silent(backend->aes_ecb_decrypt(key, Bytes(32, 0))));
    CHECK(silent(backend->aes_ecb_decrypt(key, Bytes(8192, 0))));  // larger than any wrapped key
    for (const std::size_t size : {0u, 12u, 15u, 17u})
      CHECK(refused(backend->aes_cbc_decrypter(key, Bytes(size, 0)), Errc::invalid_argument));
    for (const std::size_t size : {0u, 8u, 31u}) {
      CHECK(refused(backend->aes_cbc_decrypter(Bytes(size, 0), iv), Errc::invalid_argument));
      CHECK(refused(backend->aes_ecb_decrypt(Bytes(size, 0), empty), Errc::invalid_argument));
      CHECK(refused(backend->aes_kw_open(Bytes(size, 0), hex(answers::kWrapped)), Errc::invalid_argument));
    }
    const auto once = std::move(*backend->aes_cbc_decrypter(key, iv));
    Bytes plaintext;
    for (std::size_t i = 0; i < ciphertext.size(); i += 5)
      REQUIRE(once->update(ByteView(ciphertext).subspan(i, std::min<std::size_t>(5, ciphertext.size() - i)), plaintext)
                  .has_value());
    REQUIRE(once->finish(plaintext).has_value());
    CHECK(as_text(plaintext) == answers::kCbcPlaintext);
    CHECK(refused(once->update(ciphertext, plaintext), Errc::invalid_argument));
    CHECK(refused(once->finish(plaintext), Errc::invalid_argument));
  }
}

TEST_CASE("AES key wrap opens what is right and nothing else") {
  const Bytes key = hex(answers::kWrapKey), wrapped = hex(answers::kWrapped);
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    CHECK(backend->aes_kw_open(key, wrapped).value() == hex(answers::kUnwrapped));
    for (std::size_t bit = 0; bit < 8 * wrapped.size(); ++bit) {
      Bytes altered = wrapped;
      altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
      CHECK(silent(backend->aes_kw_open(key, altered)));
    }
    for (const std::size_t size : {0u, 1u, 8u, 16u, 23u, 24u, 32u, 39u, 4104u, 4112u})
      CHECK(silent(backend->aes_kw_open(key, Bytes(size, 0xa6))));
  }
}

TEST_CASE("RSA decryption opens what is right, and all else fails alike") {
  const struct {
    const char* what;
    std::string_view ciphertext;
  } rows[] = {
      {"block type 1",
       "4f837422c8365b5d4221339276a053f1548183a16c08b018192db0991c871a9102a4aa72cec4ff3e33e393ec18e4246485ee8171"
       "7435e65e856f035e0f0ef58c61871d3551a24406d06cf36cbb98ea5e8754e4e30c308ddf3e970d919b8900d3b19ac4b7c9e912b6"
       "4e1f4355e191c4cfa151b5a809e43a48a8df33251e1fa83f4dc96f375aff2b6c6604faec6bc89f1f288b89db65ec39f8c0052ef3"
       "ba03a1f0f195ef4b73d88f27959719ee0650f375d5fc7ed426abadaf7ecc86c0488c00fbece300067fd07fe23e7ab65d7c16c6cf"
       "a0dc815bb806047734dfc3e2f36ed680658b2d9275718be8addf759c9705bf9ef0349652fe9e57c9d2bd5e2f6882f373"},
      {"the first byte is 1",
       "12c094c9c6b2b3d75b033a4dc2eeb41943bcec18f83345dd9de25670676019c846c7ad3c30fc0dc158c41821585d3b88886279cc"
       "e060bdd7e160df124e78736c241a08543579bddd6d3d846079893c60a5eca7ba6c295598e2e572c38475f96981765ff28af567d9"
       "7d7abcbb26128c92407ddf716e40a209f0a4f26dddc13f98bd2a1637ea837192eb8cfca90e2a4a218e2a56d3272a146efa5c7f4a"
       "9337408aa28b4956ad7bdc24505df77b92f3fa462fe3c26741084b85c3bbcbd203f29af4abb81187aed436200bc5daa70e00dd2d"
       "d974c1378c5bb1b6007e63a39a44be7e491cec0fc77105d7c187f2c84cefe829c50db6a6bdcfce3270c8ead4fb0eca7a"},
      {"a zero in the padding",
       "506a3d216e2b9468eb950628801d0483d69732cb919aabec9e6d4a775562465a0932c1985520cc3c35260c970319d1265ac18f97"
       "4853f8d5ea5379102d70a2e958a365349bbb26fb595db0b96b71173805d74b380d4b1ec2ac0e268f3258f567961cd9fb6a239f53"
       "914209704773581e24d72d245e6546a9388aba85f312bcd544d171e515dfc8b266c8537de8aa57cb7eb03ebbac8bc8042e8938b2"
       "0a5581daea9491821c496ba373446df0bf76141fdba44981818a75c08da1f0df3b4d72a42ec2e6c68b6e3c977729750e924fe54c"
       "1f037e6077d1da46124f195336d1822c450415229611e3f7e6fd4f29bdd459c97779d98a942955451168dfbabae73462"},
      {"no separator",
       "7b5720df51ad63549d5ce89c573a87038e2cb9ecd9375e7d1cc017ff94a20817ae07cfe9104b42effc36dcc5aa6938c530d84e8b"
       "f2340f6fde6820be35da005cc3eb4b24eb7be1677d8ab69922587a211b56147ab233f5343e2b7119849b155be84d78664d21aba8"
       "c7480f04e8baf89b917be7964dc45d48dfb72908324c5724a40d01c7dc607c26be034340ff2c74fd91d71a148ca4054245177081"
       "8fddfa3b1f495e16ffba806316f852b4a40094d9a3356dc098bc46dad215cd6b302da343549a3bb87a295a9505a8507dce71fe40"
       "a765ca87ca6c35f535b9f1b26d9b6847c349a293faa8bdeea8da7de8a08cea629f8e7461fbb9ea1ef0f65dfbae95ea6e"},
      {"the separator one byte late",
       "8ab79463d2d21b0b6364dd889ba3007028e5ac1c86bc95285dc4c1896a65aae6cc68606f86964e32faa8796acb607532892f1797"
       "cce7af8b5c48f0b458c2c482f2bf734c50052255bc630a44a3f31d7a2512353642ecc2517b500591fe1c579b97f36874742a0af1"
       "6e623ddcd11c31a99347d52790edc9f4eb0078d600980264a9d98824b3b438b4e53100d8e8a3ca61c056c0f5240d648f3a7c2844"
       "c4449dccd71a77900796851d5e286d07a1b431609de4c6c7dea2b00d0d8e785e5f70b0dae3d8640326253fd7ce841cc382712703"
       "c076db5bb3b45370c80a329c4b44c4b9b7a676944b5457667c45ffebc91748255b0e883a536a9e081f0f5f58ba0e46d7"},
      {"the separator one byte early",
       "653cf1fad181309f9243d15a1aefa5830f1a386b0670b5ab438cc1d8f2c03f8585a2dbe4aad1062fee304d5e8f27be29030d6c90"
       "3a6d9ecaaa98725f9d7d37f23d92c352d08be22a8d1929bdf9e538595cc861a0bc6e0711f09e0fec426037c3f18773429f35f0c2"
       "4628e790f317db59052c01b43558bf3be67aa1bc321be56e42b8c6c7a13152a4d74937eb648b3f662556671574dddb49e953c29b"
       "9747a400baafa967e229c46ba1e4c60ebfec61d0fdd40be3c22536c34773c5a1384e7afe0cc3295598cae2e9b32d9d9f225c42f5"
       "6bb76fa1f681b3847b33b35104d7e06a5d0931838e407bb68a515c6052b102e3b49d8b842eb28c5170adac9b920c954f"},
      {"all zeros",
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"},
      {"one",
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "00000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
       "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001"},
      {"n - 1",
       "d914a342d529e99622e4dfa397e2fce33f757c63319d6c22085457176f57757dde2b1d99428a3037ae7f03561198f78180fcf432"
       "33e21b4d90bc1be8fbc0edee9e2e0f0ec60105205e4beee93bc9e1d8f9b851bd77d1f65d7271dc2d2a9c598ae951278f9ce5e265"
       "0dcfe6674314b9bdbd2ae5de174627611d801af8f46dc0f0328234b509cca5bba4a4275b93de25990751f0ecec175e0bda63a07b"
       "4a12224059ec05bf6493d4e8f3ca66cb3814c58a93a18300ce55f31e1c8cf3e448f1041ffb47be583f45046f0119f5e44ebadb54"
       "9fd8ce3caee4f84df93c01e3f7d2629aa4c2835ac713934da89ee8da6736bb953f48ca098a31dbf31b432ef5de7d515c"},
      {"n itself",
       "d914a342d529e99622e4dfa397e2fce33f757c63319d6c22085457176f57757dde2b1d99428a3037ae7f03561198f78180fcf432"
       "33e21b4d90bc1be8fbc0edee9e2e0f0ec60105205e4beee93bc9e1d8f9b851bd77d1f65d7271dc2d2a9c598ae951278f9ce5e265"
       "0dcfe6674314b9bdbd2ae5de174627611d801af8f46dc0f0328234b509cca5bba4a4275b93de25990751f0ecec175e0bda63a07b"
       "4a12224059ec05bf6493d4e8f3ca66cb3814c58a93a18300ce55f31e1c8cf3e448f1041ffb47be583f45046f0119f5e44ebadb54"
       "9fd8ce3caee4f84df93c01e3f7d2629aa4c2835ac713934da89ee8da6736bb953f48ca098a31dbf31b432ef5de7d515d"},
      {"all bits set",
       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"
       "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}};
  const Bytes data_key = hex(answers::kDataKey);
  for (const Backend* backend : subjects()) {
    const auto private_key = decrypter(*backend);
    CHECK(private_key->decrypt_pkcs1(hex(answers::kPkcs1), 32).value() == data_key);
    for (const std::size_t size : {0u, 16u, 31u, 33u, 245u, 246u, 256u, 1000u})
      CHECK(silent(private_key->decrypt_pkcs1(hex(answers::kPkcs1), size)));
    for (const auto& row : rows) {
      CAPTURE(backend->name(), row.what);
      CHECK(silent(private_key->decrypt_pkcs1(hex(row.ciphertext), 32)));
      CHECK(silent(private_key->decrypt_oaep(Hash::sha256, Hash::sha1, {}, hex(row.ciphertext))));
    }
    for (const std::size_t size : {0u, 255u, 257u}) {
      CHECK(silent(private_key->decrypt_pkcs1(Bytes(size, 1), 32)));
      CHECK(silent(private_key->decrypt_oaep(Hash::sha1, Hash::sha1, {}, Bytes(size, 1))));
    }
  }
}

TEST_CASE("RSA-OAEP asks for the right hashes and the right label") {
  for (const Backend* backend : subjects()) {
    const auto private_key = decrypter(*backend);
    for (const answers::Oaep& row : answers::kOaep) {
      const Bytes ciphertext = hex(row.ciphertext), label = hex(row.label);
      for (const Hash hash : {Hash::sha1, Hash::sha256, Hash::sha384, Hash::sha512}) {
        for (const Hash mgf1_hash : {Hash::sha1, Hash::sha256, Hash::sha384, Hash::sha512}) {
          CAPTURE(backend->name(), size_of(hash), size_of(mgf1_hash));
          const auto opened = private_key->decrypt_oaep(hash, mgf1_hash, label, ciphertext);
          if (hash == row.hash && mgf1_hash == row.mgf1_hash)
            CHECK(opened.value() == hex(answers::kDataKey));
          else
            CHECK(silent(opened));
        }
      }
      CHECK(silent(private_key->decrypt_oaep(row.hash, row.mgf1_hash, as_bytes("other"), ciphertext)));
      CHECK(refused(private_key->decrypt_oaep(Hash::md5, row.hash, label, ciphertext), Errc::invalid_argument));
      CHECK(refused(private_key->decrypt_oaep(row.hash, Hash::md5, label, ciphertext), Errc::invalid_argument));
    }
  }
}

TEST_CASE("a private key whose numbers do not belong together is corrupt on every backend") {
  const Bytes der = hex(answers::kPrivateKey);
  const RsaPrivateKey key = std::move(*RsaPrivateKey::from_der(der));
  using Part = RsaPrivateKey::Part;
  for (const Part part :
       {Part::private_exponent, Part::prime1, Part::prime2, Part::exponent1, Part::exponent2, Part::coefficient}) {
    const ByteView number = key.part(part);
    const auto place = std::ranges::search(der, number).begin();
    Bytes altered = der;
    altered[static_cast<std::size_t>(place - der.begin()) + number.size() / 2] ^= 0x10;
    const Result<RsaPrivateKey> wrong = RsaPrivateKey::from_der(altered);
    REQUIRE(wrong.has_value());
    for (const Backend* backend : subjects()) {
      CAPTURE(backend->name(), static_cast<int>(part));
      CHECK(refused(backend->rsa_decrypter(*wrong), Errc::corrupt));
    }
  }
}

TEST_CASE("an elliptic curve key is a point on the curve") {
  for (const Backend* backend : subjects()) {
    for (const answers::Ecdsa& row : answers::kEcdsa) {
      CAPTURE(backend->name(), size_of(row.curve));
      Bytes off = hex(row.uncompressed);
      off.back() ^= 1;
      CHECK(refused(backend->ecdsa_verifier(*EcPublicKey::from_point(row.curve, off)), Errc::corrupt));
      Bytes zeros(off.size(), 0);
      zeros[0] = 4;
      CHECK(refused(backend->ecdsa_verifier(*EcPublicKey::from_point(row.curve, zeros)), Errc::corrupt));
      for (const int form : {0x02, 0x03}) {
        Bytes too_large(1 + size_of(row.curve), 0xff);  // more than the prime
        too_large[0] = static_cast<std::uint8_t>(form);
        CHECK(refused(backend->ecdsa_verifier(*EcPublicKey::from_point(row.curve, too_large)), Errc::corrupt));
      }
      // The other root belongs to another key.
      Bytes other = hex(row.compressed);
      other[0] ^= 1;
      const auto verifier = std::move(*backend->ecdsa_verifier(*EcPublicKey::from_point(row.curve, other)));
      const Bytes digest = backend->hash(hash_of(row.curve), as_bytes("sample")).value();
      CHECK(verifier->verify(digest, hex(row.signature)).value() == SignatureCheck::invalid);
    }
  }
  for (const Curve curve : {Curve::p256, Curve::p384}) {
    const std::size_t size = size_of(curve);
    for (const std::size_t wrong : {std::size_t{0}, std::size_t{1}, size, size + 2, 2 * size, 2 * size + 2})
      CHECK(refused(EcPublicKey::from_point(curve, Bytes(wrong, wrong > size + 1 ? 4 : 2)), Errc::corrupt));
    for (const int form : {0x00, 0x01, 0x04, 0x05, 0x06, 0x07})
      CHECK(refused(EcPublicKey::from_point(curve, Bytes(1 + size, static_cast<std::uint8_t>(form))), Errc::corrupt));
    for (const int form : {0x00, 0x02, 0x03, 0x06, 0x07})
      CHECK(
          refused(EcPublicKey::from_point(curve, Bytes(1 + 2 * size, static_cast<std::uint8_t>(form))), Errc::corrupt));
  }
}

TEST_CASE("an ECDSA signature is strict DER and of the hash of its curve") {
  for (const Backend* backend : subjects()) {
    for (const answers::Ecdsa& row : answers::kEcdsa) {
      CAPTURE(backend->name(), size_of(row.curve));
      const auto key = EcPublicKey::from_point(row.curve, hex(row.compressed));
      const auto verifier = std::move(*backend->ecdsa_verifier(*key));
      const Bytes digest = backend->hash(hash_of(row.curve), as_bytes("sample")).value();
      const Bytes signature = hex(row.signature);
      CHECK(verifier->verify(digest, signature).value() == SignatureCheck::valid);
      for (std::size_t size = 0; size < signature.size(); ++size)
        CHECK(verifier->verify(digest, ByteView(signature).first(size)).value() == SignatureCheck::invalid);
      for (std::size_t bit = 0; bit < 8 * signature.size(); ++bit) {
        if (bit % 7 != 0 && bit > 64) continue;
        Bytes altered = signature;
        altered[bit / 8] ^= static_cast<std::uint8_t>(1u << bit % 8);
        CHECK(verifier->verify(digest, altered).value() == SignatureCheck::invalid);
      }
      Bytes longer = signature;
      longer.push_back(0);
      CHECK(verifier->verify(digest, longer).value() == SignatureCheck::invalid);
      for (const std::size_t size : {0u, 20u, 31u, 64u})
        CHECK(refused(verifier->verify(Bytes(size, 1), signature), Errc::invalid_argument));
    }
  }
}

TEST_CASE("one RSA key and one EC key serve many threads") {
  for (const Backend* backend : subjects()) {
    CAPTURE(backend->name());
    const auto private_key = decrypter(*backend);
    const answers::Ecdsa& row = answers::kEcdsa[0];
    const auto verifier = std::move(*backend->ecdsa_verifier(*EcPublicKey::from_point(row.curve, hex(row.compressed))));
    const Bytes digest = backend->hash(Hash::sha256, as_bytes("sample")).value();
    std::atomic<int> wrong = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
      threads.emplace_back([&] {
        for (int round = 0; round < 5; ++round) {
          const auto opened = private_key->decrypt_pkcs1(hex(answers::kPkcs1), 32);
          const auto check = verifier->verify(digest, hex(row.signature));
          if (!opened || !(*opened == hex(answers::kDataKey)) || !check || *check != SignatureCheck::valid) ++wrong;
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(wrong == 0);
  }
}
