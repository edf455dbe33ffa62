// Known answers. Sources: FIPS 180-4 and RFC 1321 ("abc"), RFC 4231 4.3, RFC 5869 A.1 and A.3, the GCM specification's
// test case 4 (McGrew and Viega), and for RSA what AWS itself made: a public key of its CloudTrail documentation, and
// the two digest signatures there that it verifies. The documentation replaces names in the signed text, but a
// signature holds the hash of what was signed.
#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/hex.hpp"
#include "crypto/self_test.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::crypto {
namespace {

constexpr std::string_view kFingerprint = "31e8b5433410dfb61a9dc45cc65b22ff";
constexpr std::string_view kKey =
    "30820122300d06092a864886f70d01010105000382010f003082010a0282010100aa5ccf25bbd9278d9475c98b7cf52a5d835f3a"
    "ce88f2509f6a8fed3acf029b33ce11db4b5ae801f71a08533efca951dd288ab16da1b88d61df24188e49214133496df1c755a384"
    "e745aee81bd8a8e69cac4ba0c9841040797b2272e7ec885251fb0ad4361f1148bc4be24e86d7e0612d7db4b49919fdead3f7bb43"
    "181ba301e96ab1e1a0def3d96d3c7d48c7ce2cdeb93dd2c5b9d2cfec66add19f69e63c3fae3a5c94a7e8f417dcde179e0715862b"
    "004138a9c501a37d579ee939aa2c0af3ca98777d6e0ee3b10908f57a76d88cc62ec4c52596150372a24c01250ccbbcd221573c71"
    "2af6128d6edf5ee144456a6fb5bad2951222e4476762b1d0a63d32b4550203010001";

struct Signed {
  std::string_view digest;
  std::string_view signature;
};
constexpr Signed kSigned[] = {
    {"4cdaa85fddf1a1a032e5fca5d16d104d1b03f2b31641eff267d877264a44c570",
     "50887ccffad4c002b97caa37cc9dc626e3c680207d41d27fa5835458e066e0d3652fc4dfc30937e4d5f4cc7f796e7a258fb50a43"
     "ac427f2237f6e505d4efaf373d156e15e3b68dea9f58111d395b62628d6bd367a9024d2183b5c5f6e19466d3a996b92df705bc99"
     "7b8a0e13430f241d733cf95df4e41bb6c304c3f58363043572ea57a27085639ce187e679c0d81c7519b1184fa77fb7ab0b0e40a3"
     "2dace6e1eefc3995c5ae182da49b62b26398cebb52a2201a6387b75b89c83e5570bcb9bba6c34a80f2f00a1c6ebe07d1ff149ecc"
     "d812dc805bb3eeff6657db32a6cb48d2d096404eb76181877bc6ebb8cd0b23f823200155b2fd8848d428e46e8456328a"},
    {"eb6fb72c4f3302de4b4a4693658e3a7bf1d464330eb80399500fe11bf1b7ab00",
     "82705525fb0fe7f919f9434e5b7138cb41793c776c7414f3520c0242902daa8cc8286b29263d2627f2f259471c745b1654af76e2"
     "073264b2510fd45236b3aea4d80c0e8e6455223d7bd54ff80af0edf22a5f14fa856626daec919f0591479aa4f213787ba1e10763"
     "28dcf8ff624e03a977fa5612dcf58594c590fd8c1c5b48bddf43fc84ecc00b41bedd0ff7f293c3e2de8dcdc78f98b03e17577f58"
     "22ba842399d69eb79921c0429773509520e08c8b518702d987dfbb3a4e5d8c5f17673ce1f989dfff82d4becf24e452f20d3bcac9"
     "4ad50131f93e57f10155536acb54c60efbe9d57228c2b930bc6082b2318e3ccd36834a8e835b8d112dbf32145f445c11"},
};

struct HashAnswer {
  Hash hash;
  std::string_view of_abc;
  std::string_view hmac;  // RFC 4231 4.3; empty for MD5 and SHA-1, which make none here
};
constexpr HashAnswer kHashes[] = {
    {Hash::md5, "900150983cd24fb0d6963f7d28e17f72", ""},
    {Hash::sha1, "a9993e364706816aba3e25717850c26c9cd0d89d", ""},
    {Hash::sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {Hash::sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
     "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649"},
    {Hash::sha512,
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e"
     "2a9ac94fa54ca49f",
     "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b"
     "636e070a38bce737"},
};

struct HkdfAnswer {
  std::string_view salt, info, okm;
};
constexpr std::string_view kHkdfKey = "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b";
constexpr HkdfAnswer kHkdf[] = {
    {"000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"", "", "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

constexpr std::string_view kGcmKey = "feffe9928665731c6d6a8f9467308308";
constexpr std::string_view kGcmNonce = "cafebabefacedbaddecaf888";
constexpr std::string_view kGcmAad = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
constexpr std::string_view kGcmCiphertext =
    "42831ec2217774244b7221b784d0d49ce3aa212f2c02a4e035c17e2329aca12e21d514b25466931c7d8f6a5aac84aa05"
    "1ba30b396a0aac973d58e091";
constexpr std::string_view kGcmTag = "5bc94fbc3221a5db94fae95ae7121a47";
constexpr std::string_view kGcmPlaintext =
    "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
    "b16aedf5aa0de657ba637b39";

// The constants above are ours, so they are hexadecimal.
Bytes hex(std::string_view text) { return base::from_hex(text).value_or(Bytes{}); }

Result<void> test_hashes(const Backend& backend) {
  for (const HashAnswer& row : kHashes) {
    TRY(const Bytes hash, backend.hash(row.hash, as_bytes("abc")));
    TRY_VOID(expect(hash == hex(row.of_abc), "hash"));
    if (row.hmac.empty()) continue;
    TRY(const Bytes mac, backend.hmac(row.hash, as_bytes("Jefe"), as_bytes("what do ya want for nothing?")));
    TRY_VOID(expect(mac == hex(row.hmac), "HMAC"));
  }
  for (const HkdfAnswer& row : kHkdf) {
    TRY(const SecretBytes okm,
        backend.hkdf(Hash::sha256, hex(kHkdfKey), hex(row.salt), hex(row.info), row.okm.size() / 2));
    TRY_VOID(expect(okm == hex(row.okm), "HKDF"));
  }
  return {};
}

Result<void> test_aes_gcm(const Backend& backend) {
  const auto open = [&](const Bytes& ciphertext, ByteView tag) {
    return backend.aes_gcm_open(hex(kGcmKey), hex(kGcmNonce), hex(kGcmAad), ciphertext, tag);
  };
  Bytes ciphertext = hex(kGcmCiphertext);
  const Bytes tag = hex(kGcmTag);
  TRY(const Bytes plaintext, open(ciphertext, tag));
  TRY_VOID(expect(plaintext == hex(kGcmPlaintext), "AES-GCM"));
  const Result<Bytes> short_tag = open(ciphertext, ByteView(tag).first(12));
  TRY_VOID(expect(!short_tag && short_tag.error().code == Errc::invalid_argument, "AES-GCM refuses a short tag"));
  ciphertext[0] ^= 1;
  const Result<Bytes> altered = open(ciphertext, tag);
  TRY_VOID(expect(!altered && altered.error().code == Errc::authentication, "AES-GCM refuses an altered ciphertext"));
  return {};
}

Result<void> test_rsa(const Backend& backend) {
  const Bytes der = hex(kKey);
  TRY(const RsaPublicKey key, RsaPublicKey::from_der(der));
  TRY_VOID(expect(key.spki_der() == der, "public key"));
  TRY(const Bytes fingerprint, backend.hash(Hash::md5, der));
  TRY_VOID(expect(base::to_hex(fingerprint) == kFingerprint, "fingerprint"));
  TRY(const std::unique_ptr<RsaVerifier> verifier, backend.rsa_verifier(key));
  for (const Signed& row : kSigned) {
    Bytes digest = hex(row.digest);
    Bytes signature = hex(row.signature);
    TRY(const SignatureCheck genuine, verifier->verify(Hash::sha256, digest, signature));
    TRY_VOID(expect(genuine == SignatureCheck::valid, "RSA signature"));
    signature.back() ^= 1;
    TRY(const SignatureCheck altered, verifier->verify(Hash::sha256, digest, signature));
    TRY_VOID(expect(altered == SignatureCheck::invalid, "RSA refuses an altered signature"));
    signature.back() ^= 1;
    digest.front() ^= 0x80;
    TRY(const SignatureCheck other, verifier->verify(Hash::sha256, digest, signature));
    TRY_VOID(expect(other == SignatureCheck::invalid, "RSA refuses the signature of something else"));
  }
  return {};
}

}  // namespace

Result<void> expect(bool right, std::string_view what) {
  if (right) return {};
  return Error{Errc::unsupported, "self-test failed: " + std::string(what)};
}

Result<void> self_test(const Backend& backend) {
  TRY_VOID(test_hashes(backend));
  TRY_VOID(test_aes_gcm(backend));
  TRY_VOID(test_rsa(backend));
  TRY_VOID(self_test_decryption(backend));
  return {};
}

}  // namespace trailseal::crypto
