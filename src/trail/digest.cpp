// The content of a digest file (AWS CloudTrail User Guide, "CloudTrail digest file structure", and for the string to
// sign "Custom implementations of CloudTrail log file integrity validation").
//
// A digest is one JSON object on one line. Genuine ones write "/" as "\/": what is hashed are the bytes of the file,
// what is compared and signed are the unescaped strings. simdjson's DOM is used because it checks the whole document,
// whereas its on-demand interface looks only at what it is asked for, and a document that readers understand
// differently must not pass. For the same reason a name that stands twice is refused, however it is escaped, and so are
// a byte order mark and a surrogate without its partner, on which JSON readers disagree.
//
// The five previousDigest* fields are null together: a starting digest. Their absence is not null.
#include "trailseal/trail.hpp"

#include <simdjson.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/hex.hpp"

namespace trailseal::trail {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 16;             // genuine digests have 3
constexpr std::size_t kMaxLogs = 1'000'000;       // some hundred times the busiest hour seen
constexpr std::size_t kMaxSignature = 2048;       // hex digits of an RSA-8192 signature, the largest key that we take
constexpr std::size_t kKeptCapacity = 16u << 20;  // a parser that grew beyond this is let go after use

// simdjson needs up to 12 times the document in memory, if that is nothing but punctuation. Digests have one such byte
// in 20; a large document with more than one in 8 is refused before it costs anything.
constexpr std::size_t kFreeSize = 1u << 20;
constexpr std::size_t kBytesPerMark = 8;

Error corrupt(std::string_view field, std::string_view fault) {
  return {Errc::corrupt, std::string(field).append(" ").append(fault)};
}

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); });
}

// The values of one object's known names; all other names are only checked for standing twice.
template <std::size_t N>
class Fields {
 public:
  explicit Fields(const std::array<std::string_view, N>& names) : names_(names) {}

  Result<void> read(dom::object object, std::vector<std::string_view>& others) {
    present_.fill(false);
    others.clear();
    std::size_t next = 0;  // CloudTrail writes the names in one order: look there first
    for (const dom::key_value_pair field : object) {
      std::size_t index = next < N && names_[next] == field.key ? next : find(field.key);
      if (index == N) {
        others.push_back(field.key);
        continue;
      }
      if (present_[index]) return corrupt(names_[index], "stands twice");
      present_[index] = true;
      values_[index] = field.value;
      next = index + 1;
    }
    std::sort(others.begin(), others.end());
    const auto twice = std::adjacent_find(others.begin(), others.end());
    if (twice != others.end()) return corrupt(*twice, "stands twice");
    return {};
  }

  std::string_view name(std::size_t index) const { return names_[index]; }
  bool is_null(std::size_t index) const { return present_[index] && values_[index].is_null(); }

  Result<dom::element> value(std::size_t index) const {
    if (!present_[index]) return corrupt(names_[index], "is missing");
    return values_[index];
  }

  Result<std::string_view> text(std::size_t index) const {
    if (!present_[index]) return corrupt(names_[index], "is missing");
    std::string_view text;
    if (values_[index].get_string().get(text) != simdjson::SUCCESS) return corrupt(names_[index], "is not a string");
    // Versions of simdjson differ about lone surrogates.
    if (!is_ascii(text) && !simdjson::validate_utf8(text.data(), text.size()))
      return corrupt(names_[index], "is not valid Unicode");
    return text;
  }

  Result<std::string_view> filled_text(std::size_t index) const {
    TRY(const std::string_view text, this->text(index));
    if (text.empty()) return corrupt(names_[index], "is empty");
    return text;
  }

  Result<Time> time(std::size_t index) const {
    TRY(const std::string_view text, this->text(index));
    const Result<Time> time = parse_iso_utc(text);
    if (!time) return corrupt(names_[index], "is not a time YYYY-MM-DDTHH:MM:SSZ");
    return time;
  }

  // A field that nothing depends on, but that is of this type wherever it occurs.
  Result<void> optional_text(std::size_t index) const {
    if (!present_[index] || values_[index].is_null() || values_[index].is_string()) return {};
    return corrupt(names_[index], "is neither a string nor null");
  }

 private:
  static bool is_ascii(std::string_view text) {
    unsigned char all = 0;
    for (const char c : text) all |= static_cast<unsigned char>(c);
    return all < 0x80;
  }

  std::size_t find(std::string_view name) const {
    return static_cast<std::size_t>(std::find(names_.begin(), names_.end(), name) - names_.begin());
  }

  const std::array<std::string_view, N>& names_;
  std::array<dom::element, N> values_;
  std::array<bool, N> present_{};
};

struct Top {
  enum Index : std::size_t {
    account,
    start,
    end,
    bucket,
    key,
    fingerprint,
    signature_algorithm,
    newest,
    oldest,
    previous_bucket,
    previous_key,
    previous_hash,
    previous_hash_algorithm,
    previous_signature,
    logs,
  };
};
constexpr std::array<std::string_view, 15> kTopNames = {"awsAccountId",
                                                        "digestStartTime",
                                                        "digestEndTime",
                                                        "digestS3Bucket",
                                                        "digestS3Object",
                                                        "digestPublicKeyFingerprint",
                                                        "digestSignatureAlgorithm",
                                                        "newestEventTime",
                                                        "oldestEventTime",
                                                        "previousDigestS3Bucket",
                                                        "previousDigestS3Object",
                                                        "previousDigestHashValue",
                                                        "previousDigestHashAlgorithm",
                                                        "previousDigestSignature",
                                                        "logFiles"};

struct Entry {
  enum Index : std::size_t { bucket, key, hash, hash_algorithm, newest, oldest };
};
constexpr std::array<std::string_view, 6> kEntryNames = {"s3Bucket",      "s3Object",        "hashValue",
                                                         "hashAlgorithm", "newestEventTime", "oldestEventTime"};

constexpr std::string_view kSha256 = "SHA-256";

Result<std::optional<Previous>> read_previous(const Fields<15>& fields) {
  std::size_t nulls = 0;
  for (std::size_t index = Top::previous_bucket; index <= Top::previous_signature; ++index)
    nulls += fields.is_null(index);
  if (nulls == 5) return std::optional<Previous>{};
  if (nulls != 0) return Error{Errc::corrupt, "some, not all, of the previousDigest fields are null"};

  TRY(const std::string_view bucket, fields.filled_text(Top::previous_bucket));
  TRY(const std::string_view key, fields.filled_text(Top::previous_key));
  TRY(const std::string_view hash, fields.text(Top::previous_hash));
  TRY(const std::string_view algorithm, fields.text(Top::previous_hash_algorithm));
  TRY(const std::string_view signature, fields.filled_text(Top::previous_signature));
  Previous previous{std::string(bucket), std::string(key), {}, false, std::string(signature), std::string(algorithm)};
  if (algorithm == kSha256) {
    previous.hash_short = hash.size() == 63;
    const std::optional<Sha256> bytes = base::sha256_from_hex(previous.hash_short ? "0" + std::string(hash) : hash);
    if (!bytes) return corrupt(fields.name(Top::previous_hash), "is not a SHA-256 hash of 64 hexadecimal digits");
    previous.hash = *bytes;
  }
  if (signature.size() % 2 != 0 || signature.size() > kMaxSignature || !is_hex(signature))
    return corrupt(fields.name(Top::previous_signature), "is not a signature in hexadecimal");
  return std::optional<Previous>(std::move(previous));
}

Result<ListedLog> read_log(const Fields<6>& fields) {
  TRY(const std::string_view bucket, fields.filled_text(Entry::bucket));
  TRY(const std::string_view key, fields.filled_text(Entry::key));
  TRY(const std::string_view hash, fields.text(Entry::hash));
  TRY(const std::string_view algorithm, fields.text(Entry::hash_algorithm));
  TRY_VOID(fields.optional_text(Entry::newest));
  TRY_VOID(fields.optional_text(Entry::oldest));
  ListedLog log{std::string(bucket), std::string(key), {}, algorithm == kSha256};
  if (log.hash_known) {
    const std::optional<Sha256> bytes = base::sha256_from_hex(hash);
    if (!bytes) return corrupt(fields.name(Entry::hash), "is not a SHA-256 hash of 64 hexadecimal digits");
    log.hash = *bytes;
  }
  return log;
}

Result<std::vector<ListedLog>> read_logs(dom::element list, std::vector<std::string_view>& names) {
  dom::array entries;
  if (list.get_array().get(entries) != simdjson::SUCCESS) return corrupt(kTopNames[Top::logs], "is not an array");
  // size() saturates at 16,777,215, well above the limit.
  if (entries.size() > kMaxLogs) return Error{Errc::limit, "a digest of more than 1,000,000 log files"};
  std::vector<ListedLog> listed;
  listed.reserve(entries.size());
  Fields<6> fields(kEntryNames);
  const auto in_entry = [&](const std::string& message) {
    return Error{Errc::corrupt, "logFiles[" + std::to_string(listed.size()) + "]: " + message};
  };
  for (const dom::element entry : entries) {
    dom::object object;
    if (entry.get_object().get(object) != simdjson::SUCCESS) return in_entry("is not an object");
    if (const Result<void> read = fields.read(object, names); !read) return in_entry(read.error().message);
    Result<ListedLog> log = read_log(fields);
    if (!log) return in_entry(log.error().message);
    listed.push_back(*std::move(log));
  }
  return listed;
}

Result<Digest> read_digest(dom::element root, std::vector<std::string_view>& names) {
  dom::object object;
  if (root.get_object().get(object) != simdjson::SUCCESS) return Error{Errc::corrupt, "not a JSON object"};
  Fields<15> fields(kTopNames);
  TRY_VOID(fields.read(object, names));

  TRY(const std::string_view account, fields.text(Top::account));
  if (!is_account(account)) return corrupt(fields.name(Top::account), "is not an account of 12 digits");
  TRY(const Time start, fields.time(Top::start));
  TRY(const Time end, fields.time(Top::end));
  if (end < start) return corrupt(fields.name(Top::end), "is before digestStartTime");
  TRY(const std::string_view end_text, fields.text(Top::end));
  TRY(const std::string_view bucket, fields.filled_text(Top::bucket));
  TRY(const std::string_view key, fields.filled_text(Top::key));
  TRY(const std::string_view fingerprint, fields.text(Top::fingerprint));
  if (fingerprint.size() != 32 || !is_hex(fingerprint))
    return corrupt(fields.name(Top::fingerprint), "is not a fingerprint of 32 hexadecimal digits");
  TRY(const std::string_view signature_algorithm, fields.text(Top::signature_algorithm));
  TRY_VOID(fields.optional_text(Top::newest));
  TRY_VOID(fields.optional_text(Top::oldest));
  TRY(std::optional<Previous> previous, read_previous(fields));
  TRY(const dom::element list, fields.value(Top::logs));
  TRY(std::vector<ListedLog> listed, read_logs(list, names));

  return Digest{std::string(account),
                start,
                end,
                std::string(end_text),
                std::string(bucket),
                std::string(key),
                std::string(fingerprint),
                std::string(signature_algorithm),
                std::move(previous),
                std::move(listed)};
}

bool mostly_punctuation(ByteView json) {
  if (json.size() <= kFreeSize) return false;
  // In blocks of fixed length, whose marks fit one byte: compilers make vector code of that. The rest does not matter.
  constexpr std::size_t kBlock = 128;
  std::size_t marks = 0;
  for (ByteView rest = json; rest.size() >= kBlock; rest = rest.subspan(kBlock)) {
    std::uint8_t in_block = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const bool mark = rest[i] == ',' || (rest[i] | 0x20) == '{';  // '[' is '{' without that bit
      in_block = static_cast<std::uint8_t>(in_block + mark);
    }
    marks += in_block;
  }
  return marks > json.size() / kBytesPerMark;
}

Error parse_error(simdjson::error_code code) {
  switch (code) {
    case simdjson::DEPTH_ERROR: return {Errc::limit, "JSON nested deeper than 16"};
    case simdjson::CAPACITY: return {Errc::limit, "JSON larger than this program reads"};
    case simdjson::MEMALLOC: return {Errc::limit, "not enough memory"};
    default: return {Errc::corrupt, std::string("not valid JSON: ") + simdjson::error_message(code)};
  }
}

}  // namespace

struct DigestParser::State {
  dom::parser parser;
  std::vector<std::string_view> names;
};

DigestParser::DigestParser() : state_(std::make_unique<State>()) {}
DigestParser::~DigestParser() = default;
DigestParser::DigestParser(DigestParser&&) noexcept = default;
DigestParser& DigestParser::operator=(DigestParser&&) noexcept = default;

Result<Digest> DigestParser::parse(ByteView json) {
  if (json.empty()) return parse_error(simdjson::EMPTY);  // simdjson would copy from a null pointer
  // Newer versions of simdjson skip a byte order mark.
  if (as_text(json).starts_with("\xEF\xBB\xBF")) return Error{Errc::corrupt, "a byte order mark before the JSON"};
  if (mostly_punctuation(json)) return Error{Errc::limit, "more JSON punctuation than a digest has"};

  dom::parser& parser = state_->parser;
  if (parser.capacity() < json.size() || parser.capacity() == 0) {
    const simdjson::error_code code = parser.allocate(std::max<std::size_t>(json.size(), 4096), kMaxDepth);
    if (code != simdjson::SUCCESS) return parse_error(code);
  }
  dom::element root;
  const simdjson::error_code code = parser.parse(json.data(), json.size()).get(root);
  Result<Digest> digest =
      code == simdjson::SUCCESS ? read_digest(root, state_->names) : Result<Digest>(parse_error(code));
  if (parser.capacity() > kKeptCapacity) parser = dom::parser();
  return digest;
}

std::string Digest::string_to_sign(const Sha256& content_hash) const {
  std::string text;
  text.append(end_text).append("\n").append(bucket).append("/").append(key).append("\n");
  text.append(base::to_hex(content_hash)).append("\n").append(previous ? previous->signature : "null");
  return text;
}

}  // namespace trailseal::trail
