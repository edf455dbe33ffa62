// NIST's CAVP response files, and the RFC 5869 cases in the same notation: "# comment", "[section = value]" and
// "name = value" lines, and a bare FAIL. A value holds until the same name comes again; one name closes a case.
#include <algorithm>
#include <sstream>
#include <vector>

#include "crypto/lanes/lanes.hpp"
#include "vectors.hpp"

namespace trailseal::test {
namespace {

using crypto::Backend;
using crypto::Hash;
using crypto::RsaPublicKey;
using crypto::SignatureCheck;

class Values {
 public:
  void set(const std::string& name, const std::string& value) { values_[name] = value; }
  bool has(const std::string& name) const { return values_.contains(name); }
  const std::string& text(const std::string& name) const { return values_.at(name); }
  Bytes bytes(const std::string& name) const { return unhex(text(name)); }
  std::size_t number(const std::string& name) const { return std::stoul(text(name)); }

 private:
  std::map<std::string, std::string> values_;
};

std::string trim(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

struct Kind {
  std::string_view header;         // stands in the comments at the top
  std::string_view opens, closes;  // the names of the first and the last value of a case
  void (*run)(const std::string& id, Values& values, Tally& tally);
};

// "SHA-256" of the header's `"SHA-256 ShortMsg" information`, where the names of the SHA sets alone tell the hash.
std::optional<Hash> hash_of(const Values& values) {
  const std::string& header = values.text("header");
  const auto quote = header.find('"');
  return hash_named(header.substr(quote + 1, header.find(' ', quote) - quote - 1));
}

void run_message(const std::string& id, Values& values, Tally& tally) {
  const std::optional<Hash> hash = hash_of(values);
  const std::size_t bits = values.number("Len");
  if (!hash) return tally.skip("hash outside the contract");
  if (bits % 8 != 0) return tally.skip("not whole bytes");
  Bytes message = values.bytes("Msg");
  message.resize(bits / 8);  // a message of no bits is written as one byte
  tally.check(id, [&](const Backend& backend) {
    const Result<Bytes> digest = backend.hash(*hash, message);
    return digest && *digest == values.bytes("MD");
  });
  if (*hash != Hash::sha256 || !crypto::has_lanes()) return;
  const std::vector<ByteView> several(5, message);
  std::vector<Sha256> hashes(several.size());
  crypto::hash_in_lanes(several, hashes);
  const Bytes expected = values.bytes("MD");
  const bool all = std::ranges::all_of(hashes, [&](const Sha256& one) { return std::ranges::equal(one, expected); });
  if (!all) tally.fail(id, "side by side another hash");
}

// SHA-2 Validation System 6.4: a thousand hashes of the last three results, from one checkpoint to the next.
void run_monte_carlo(const std::string& id, Values& values, Tally& tally) {
  const std::optional<Hash> hash = hash_of(values);
  if (!hash) return tally.skip("hash outside the contract");
  const Bytes seed = values.bytes("Seed");
  const Bytes expected = values.bytes("MD");
  tally.check(id, [&](const Backend& backend) {
    const auto hasher = backend.hasher(*hash);
    if (!hasher) return false;
    Bytes a = seed, b = seed, c = seed, next(seed.size());
    for (int i = 0; i < 1000; ++i) {
      for (const Bytes* part : {&a, &b, &c}) (*hasher)->update(*part);
      if (!(*hasher)->finish(next)) return false;
      a.swap(b);
      b.swap(c);
      c = next;
    }
    return c == expected;
  });
  values.set("Seed", values.text("MD"));
}

void run_gcm(const std::string& id, Values& values, Tally& tally) {
  const bool fails = values.text("closed by") == "FAIL";
  const auto open = [&](const Backend& backend) {
    return backend.aes_gcm_open(values.bytes("Key"), values.bytes("IV"), values.bytes("AAD"), values.bytes("CT"),
                                values.bytes("Tag"));
  };
  const bool nonce_fits = values.number("IVlen") == 96;
  if (!nonce_fits || values.number("Taglen") != 128) {
    const bool all_refuse = std::ranges::all_of(backends_and_cross_check(), [&](const Backend* backend) {
      return refused(open(*backend), Errc::invalid_argument);
    });
    if (!all_refuse) return tally.fail(id, "a size outside the contract was not refused");
    return tally.skip(nonce_fits ? "tag size outside the contract, refused"
                                 : "nonce size outside the contract, refused");
  }
  tally.check(id, [&](const Backend& backend) {
    const Result<Bytes> opened = open(backend);
    return fails ? refused(opened, Errc::authentication) : opened && *opened == values.bytes("PT");
  });
}

Bytes element(std::uint8_t tag, const Bytes& content) {
  Bytes out = {tag};
  if (content.size() >= 0x80) out.push_back(content.size() < 0x100 ? 0x81 : 0x82);
  if (content.size() >= 0x100) out.push_back(static_cast<std::uint8_t>(content.size() >> 8));
  out.push_back(static_cast<std::uint8_t>(content.size()));
  out.insert(out.end(), content.begin(), content.end());
  return out;
}

Bytes integer(Bytes number) {
  number.erase(number.begin(), std::ranges::find_if(number, [](std::uint8_t byte) { return byte != 0; }));
  if (number.empty() || number[0] >= 0x80) number.insert(number.begin(), 0);
  return element(0x02, number);
}

// The file names the numbers; a key can only be had from DER.
Result<RsaPublicKey> key_of(const Values& values) {
  Bytes both = integer(values.bytes("n"));
  const Bytes exponent = integer(values.bytes("e"));
  both.insert(both.end(), exponent.begin(), exponent.end());
  return RsaPublicKey::from_der(element(0x30, both));
}

void run_rsa_signature(const std::string& id, Values& values, Tally& tally) {
  const std::string& hash_name = values.text("SHAAlg");
  const std::optional<Hash> hash = hash_named(hash_name);
  if (values.number("mod") < 2048) return tally.skip("modulus of less than 2048 bits");
  if (!hash) return tally.skip(hash_name + " is outside the contract");
  const Result<RsaPublicKey> key = key_of(values);
  if (!key) return tally.fail(id, key.error().message);
  if (key->bits() != values.number("mod")) return tally.fail(id, "the modulus is of another section");
  const SignatureCheck expected = values.text("Result")[0] == 'P' ? SignatureCheck::valid : SignatureCheck::invalid;
  tally.check(id, [&](const Backend& backend) {
    return verifies(backend, *key, *hash, values.bytes("Msg"), values.bytes("S"), expected);
  });
}

void run_hkdf(const std::string& id, Values& values, Tally& tally) {
  const std::optional<Hash> hash = hash_named(values.text("Hash"));
  if (!hash) return tally.skip(values.text("Hash") + " is outside the contract");
  tally.check(id, [&](const Backend& backend) {
    const Result<SecretBytes> derived =
        backend.hkdf(*hash, values.bytes("IKM"), values.bytes("salt"), values.bytes("info"), values.number("L"));
    return derived && *derived == values.bytes("OKM");
  });
}

void run_aes_kw(const std::string& id, Values& values, Tally& tally) {
  const bool fails = values.text("closed by") == "FAIL";
  tally.check(id, [&](const Backend& backend) {
    const Result<SecretBytes> opened = backend.aes_kw_open(values.bytes("K"), values.bytes("C"));
    return fails ? refused(opened, Errc::authentication) : opened && *opened == values.bytes("P");
  });
}

void skip_pss(const std::string&, Values&, Tally& tally) {
  tally.skip("RSASSA-PSS: in no format that this program reads");
}

constexpr Kind kKinds[] = {
    {"ShortMsg\"", "Len", "MD", run_message},
    {"LongMsg\"", "Len", "MD", run_message},
    {"Monte\"", "COUNT", "MD", run_monte_carlo},
    {"GCM Decrypt", "Count", "PT", run_gcm},
    {"SigVer PKCS#1 Ver 1.5", "SHAAlg", "Result", run_rsa_signature},
    {"SigVer PKCS#1 RSASSA-PSS", "SHAAlg", "Result", skip_pss},
    {"A.1.  Test Case 1", "IKM", "OKM", run_hkdf},
    {"KW-AD with AES", "COUNT", "P", run_aes_kw},
};

std::string header_of(const Candidate& candidate) {
  std::istringstream lines(candidate.content);
  std::string header;
  for (std::string line; std::getline(lines, line) && !line.empty() && line[0] == '#';) header += line + "\n";
  return header;
}

const Kind* kind_of(const Candidate& candidate) {
  const std::string header = header_of(candidate);
  const auto kind =
      std::ranges::find_if(kKinds, [&](const Kind& one) { return header.find(one.header) != std::string::npos; });
  return kind == std::end(kKinds) ? nullptr : kind;
}

void run_file(const Candidate& candidate, Tally& tally) {
  const Kind& kind = *kind_of(candidate);
  Values values;
  values.set("header", header_of(candidate));
  int line_number = 0, opened = 0, closed = 0;
  std::istringstream lines(candidate.content);
  for (std::string raw; std::getline(lines, raw);) {
    ++line_number;
    std::string line = trim(raw);
    if (line.empty() || line[0] == '#') continue;
    if (line[0] == '[') line = line.substr(1, line.find(']') - 1);
    const auto equals = line.find('=');
    const std::string name = trim(line.substr(0, equals));
    const bool fail = name == "FAIL";
    if (equals == std::string::npos && !fail) continue;  // a section without a value
    if (!fail) values.set(name, trim(line.substr(equals + 1)));
    if (name == kind.opens) ++opened;
    if (name != kind.closes && !fail) continue;
    ++closed;
    values.set("closed by", name);
    kind.run("line " + std::to_string(line_number), values, tally);
  }
  if (opened != closed)
    tally.fail("the set", std::to_string(opened) + " cases begin and " + std::to_string(closed) + " end");
}

}  // namespace

const Format kNist = {[](const Candidate& candidate) { return kind_of(candidate) != nullptr; }, run_file};

}  // namespace trailseal::test
