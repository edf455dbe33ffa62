// The files that hold CloudTrail's public keys: the answer of `aws cloudtrail list-public-keys` (AWS CloudTrail API
// Reference, ListPublicKeys), PEM, or DER.
//
// The answer was seen in several spellings: the list is "PublicKeyList" (the API, the CLI) or "publicKeyList" (the
// guide); times are numbers (1453076702.0), numbers in strings ("1436317441.0") or ISO 8601 with an offset (version 2
// of the CLI). "Value" is the base64 of a PKCS#1 RSAPublicKey, as documented, or of a SubjectPublicKeyInfo. AWS does
// not document the fingerprint; it is the MD5 of the bytes of "Value" as delivered, for both encodings.
//
// These files are what the user trusts, so they are read strictly: one key that cannot be understood fails the file.
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/base64.hpp"
#include "base/hex.hpp"
#include "trail/pem.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::trail {
namespace {

using nlohmann::json;

constexpr std::size_t kMaxBytes = 8u << 20;  // a year of all regions is below 1 MiB
constexpr std::size_t kMaxKeys = 100'000;
constexpr std::size_t kMaxDepth = 16;        // genuine answers have 3
constexpr double kMaxTime = 253402300800.0;  // the year 10000

Error corrupt(std::string message) { return {Errc::corrupt, std::move(message)}; }

// Refuses what nlohmann's parser lets pass: a name that stands twice in its object, and deep nesting.
class StrictReader final : public json::json_sax_t {
 public:
  bool null() override { return true; }
  bool boolean(bool) override { return true; }
  bool number_integer(json::number_integer_t) override { return true; }
  bool number_unsigned(json::number_unsigned_t) override { return true; }
  bool number_float(json::number_float_t, const std::string&) override { return true; }
  bool string(std::string&) override { return true; }
  bool binary(json::binary_t&) override { return true; }
  bool start_object(std::size_t) override { return open(); }
  bool start_array(std::size_t) override { return open(); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    if (names_.back().insert(name).second) return true;
    error_ = corrupt("\"" + name + "\" stands twice");
    return false;
  }
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    error_ = corrupt("not valid JSON near byte " + std::to_string(position));
    return false;
  }

  const Error& error() const { return error_; }

 private:
  bool open() {
    names_.emplace_back();
    if (names_.size() <= kMaxDepth) return true;
    error_ = {Errc::limit, "JSON nested deeper than " + std::to_string(kMaxDepth)};
    return false;
  }
  bool close() {
    names_.pop_back();
    return true;
  }

  std::vector<std::set<std::string>> names_;
  Error error_;
};

// The member of this name, or of this name with a small first letter; nullptr if there is neither.
Result<const json*> member(const json& object, std::string name) {
  const auto found = object.find(name);
  const std::string capital = name;
  name[0] = static_cast<char>(name[0] | 0x20);
  const auto small = object.find(name);
  if (found != object.end() && small != object.end()) return corrupt(capital + " stands twice");
  if (found != object.end()) return &*found;
  return small != object.end() ? &*small : nullptr;
}

Result<std::optional<std::string>> text_member(const json& object, const std::string& name) {
  TRY(const json* const value, member(object, name));
  if (value == nullptr) return std::optional<std::string>();
  if (!value->is_string()) return corrupt(name + " is not a string");
  return std::optional<std::string>(value->get_ref<const std::string&>());
}

// Seconds since 1970 with an optional fraction or exponent, in a string.
std::optional<double> read_number(std::string_view text) {
  if (text.empty() || text.find_first_not_of("0123456789.+-eE") != std::string_view::npos) return std::nullopt;
  double number = 0;
  const auto [rest, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

Result<std::optional<Time>> time_member(const json& object, const std::string& name) {
  TRY(const json* const value, member(object, name));
  if (value == nullptr) return std::optional<Time>();
  std::optional<double> number;
  if (value->is_number()) {
    number = value->get<double>();
  } else if (value->is_string()) {
    const std::string& text = value->get_ref<const std::string&>();
    number = read_number(text);
    if (!number) {
      const Result<Time> time = parse_time(text);
      if (!time) return corrupt(name + " is not a time");
      return std::optional<Time>(*time);
    }
  }
  if (!number || !(*number >= 0 && *number < kMaxTime)) return corrupt(name + " is not a time");
  return std::optional<Time>(Time(Seconds(static_cast<std::int64_t>(std::floor(*number)))));
}

Result<PublicKey> make_key(ByteView der, const std::string& origin, const crypto::Backend& backend) {
  TRY(crypto::RsaPublicKey key, crypto::RsaPublicKey::from_der(der));
  TRY(const Bytes hash, backend.hash(crypto::Hash::md5, der));
  const Bytes pkcs1 = key.pkcs1_der();
  const bool is_pkcs1 = std::equal(der.begin(), der.end(), pkcs1.begin(), pkcs1.end());
  return PublicKey{std::move(key), base::to_hex(hash), {}, is_pkcs1 ? "PKCS#1" : "SubjectPublicKeyInfo", std::nullopt,
                   origin};
}

Result<PublicKey> read_entry(const json& entry, const std::string& origin, const crypto::Backend& backend) {
  if (!entry.is_object()) return corrupt("not an object");
  TRY(const std::optional<std::string> value, text_member(entry, "Value"));
  if (!value) return corrupt("Value is missing");
  const std::optional<Bytes> der = base::from_base64(*value);
  if (!der) return corrupt("Value is not base64");
  TRY(PublicKey key, make_key(*der, origin, backend));
  TRY(std::optional<std::string> fingerprint, text_member(entry, "Fingerprint"));
  if (fingerprint) key.stated_fingerprint = *std::move(fingerprint);
  TRY(const std::optional<Time> begin, time_member(entry, "ValidityStartTime"));
  TRY(const std::optional<Time> end, time_member(entry, "ValidityEndTime"));
  if (begin.has_value() != end.has_value()) return corrupt("one end of the validity is missing");
  if (begin) {
    if (*end < *begin) return corrupt("ValidityEndTime is before ValidityStartTime");
    key.validity = Interval{*begin, *end};
  }
  return key;
}

Result<std::vector<PublicKey>> read_list(std::string_view text, const std::string& origin,
                                         const crypto::Backend& backend) {
  StrictReader reader;
  if (!json::sax_parse(text.begin(), text.end(), &reader)) return reader.error();
  const json document = json::parse(text.begin(), text.end(), nullptr, false);
  if (!document.is_object()) return corrupt("not an answer of list-public-keys: no object");
  TRY(const json* const list, member(document, "PublicKeyList"));
  if (list == nullptr) return corrupt("not an answer of list-public-keys: no PublicKeyList");
  if (!list->is_array()) return corrupt("PublicKeyList is not an array");
  if (list->size() > kMaxKeys) return Error{Errc::limit, "more than " + std::to_string(kMaxKeys) + " keys"};
  std::vector<PublicKey> keys;
  keys.reserve(list->size());
  for (const json& entry : *list) {
    Result<PublicKey> key = read_entry(entry, origin, backend);
    if (!key)
      return Error{key.error().code, "PublicKeyList[" + std::to_string(keys.size()) + "]: " + key.error().message};
    keys.push_back(*std::move(key));
  }
  return keys;
}

Result<std::vector<PublicKey>> read_der(const std::vector<Bytes>& encodings, const std::string& origin,
                                        const crypto::Backend& backend) {
  std::vector<PublicKey> keys;
  keys.reserve(encodings.size());
  for (const Bytes& der : encodings) {
    TRY(PublicKey key, make_key(der, origin, backend));
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace

Result<std::vector<PublicKey>> parse_public_keys(ByteView bytes, const std::string& origin,
                                                 const crypto::Backend& backend) {
  if (bytes.size() > kMaxBytes) return Error{Errc::limit, "a key file of more than 8 MiB"};
  std::string_view text = as_text(bytes);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
    return Error{Errc::unsupported, "UTF-16 text, as a shell on Windows writes it; convert it to UTF-8"};
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return corrupt("an empty file");
  if (text[first] == '{' || text[first] == '[') return read_list(text, origin, backend);
  if (looks_like_pem(text)) {
    TRY(const std::vector<Bytes> encodings, read_pem_public_keys(text, kMaxKeys));
    if (encodings.empty()) return corrupt("no complete PEM block");
    return read_der(encodings, origin, backend);
  }
  constexpr std::uint8_t kSequence = 0x30;
  if (bytes[0] == kSequence) return read_der({Bytes(bytes.begin(), bytes.end())}, origin, backend);
  return corrupt("neither an answer of list-public-keys nor PEM nor DER");
}

}  // namespace trailseal::trail
