// CloudTrail's own formats: object keys, digest files, public keys.
// Source: AWS CloudTrail User Guide, "CloudTrail digest file structure" and "Custom implementations of CloudTrail log
// file integrity validation"; where the guide is silent, what genuine digests show.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"
#include "trailseal/time.hpp"

namespace trailseal::trail {

// ---- object keys ------------------------------------------------------------------------------------------------

// Where a trail delivers: "[prefix/]AWSLogs/[org/]account/". One bucket may hold many.
struct Root {
  std::string prefix;   // without the trailing "/"; may be empty, may itself contain "AWSLogs"
  std::string org;      // "o-..." or empty
  std::string account;  // 12 digits

  std::string key() const;  // "[prefix/]AWSLogs/[org/]account/"
  auto operator<=>(const Root&) const = default;
};

// One chain of digests: exactly these five, wherever it is delivered.
struct ChainId {
  std::string org;  // empty for an account trail
  std::string account;
  std::string trail;
  std::string home_region;
  std::string region;  // the source region: where the events were recorded

  std::string to_string() const;  // "[org/]account/trail@home-region/region"
  auto operator<=>(const ChainId&) const = default;
};

// The key of a digest:
//   [prefix/]AWSLogs/[org/]account/CloudTrail-Digest/region/YYYY/MM/DD/
//     account_CloudTrail-Digest_region_trail_home-region_YYYYMMDDTHHMMSSZ[_backfill].json.gz
struct DigestKey {
  Root root;
  ChainId chain;
  Time end;  // from the name
  bool backfill = false;
  std::string day;  // "YYYY/MM/DD" of the folder; differs from end's day only in a misfiled digest

  std::string key() const;  // build the key from the parts
  bool misfiled() const;    // the day folder is not that of `end`
  auto operator<=>(const DigestKey&) const = default;
};

enum class LogKind { management_and_data, insight, network_activity, aggregated };
std::string_view folder_name(LogKind kind) noexcept;  // "CloudTrail", "CloudTrail-Insight", ...
inline constexpr LogKind kLogKinds[] = {LogKind::management_and_data, LogKind::insight, LogKind::network_activity,
                                        LogKind::aggregated};

// The key of a log file:
//   [prefix/]AWSLogs/[org/]account/<kind>/region/YYYY/MM/DD/account_<kind>_region_YYYYMMDDTHHMMZ_<16
//   characters>.json.gz
struct LogKey {
  Root root;
  LogKind kind = LogKind::management_and_data;
  std::string region;
  Time time;           // the stamp: the minute of delivery, give or take five
  std::string unique;  // 16 of A-Z a-z 0-9

  std::string key() const;
  auto operator<=>(const LogKey&) const = default;
};

// Exact or nothing: the key is rebuilt from its parts and compared, never merely split (a trail's name may contain "_"
// and look like a region). Every "AWSLogs" level of the key is tried. The day folder of a digest alone may differ from
// its stamp. Anything else is nullopt: a foreign object.
std::optional<DigestKey> parse_digest_key(std::string_view key);
std::optional<LogKey> parse_log_key(std::string_view key);

// What the name of a log file says that its folder does not.
struct LogName {
  Time time;
  std::string_view unique;  // part of the parsed name
};

// parse_log_key for the listing of one day folder, without an allocation: `name` is what follows the folder's last "/",
// and the rest is the folder's, known to be well-formed; `day` is "YYYY/MM/DD".
std::optional<LogName> parse_log_name(std::string_view name, std::string_view account, LogKind kind,
                                      std::string_view region, std::string_view day) noexcept;

bool is_account(std::string_view text) noexcept;  // 12 digits
bool is_org(std::string_view text) noexcept;      // "o-" and 10 to 32 of a-z 0-9
bool is_region(std::string_view text) noexcept;   // shape only: "us-gov-west-1", "ap-southeast-4"; the list grows
bool is_trail_name(std::string_view text) noexcept;

// ---- digest files -----------------------------------------------------------------------------------------------

struct ListedLog {
  std::string bucket;
  std::string key;
  Sha256 hash{};            // of the uncompressed log; zero when !hash_known
  bool hash_known = false;  // false: hashAlgorithm is not SHA-256
};

// The link to the digest before: all five fields, or in a starting digest none.
struct Previous {
  std::string bucket;
  std::string key;
  Sha256 hash{};            // of the uncompressed predecessor
  bool hash_short = false;  // written with 63 digits: a leading zero was dropped
  std::string signature;    // as written: it is part of the string to sign
  std::string hash_algorithm;
};

// The content of a digest file. Strings are unescaped JSON values, verbatim.
struct Digest {
  std::string account;
  Time start, end;
  std::string end_text;  // as written: part of the string to sign
  std::string bucket, key;
  std::string fingerprint;
  std::string signature_algorithm;
  std::optional<Previous> previous;  // nullopt: a starting digest
  std::vector<ListedLog> logs;       // in the order of the file

  // endTime LF bucket/key LF hex(content_hash) LF previous signature or "null"
  std::string string_to_sign(const Sha256& content_hash) const;
};

// Strict JSON (UTF-8, no duplicate names, nothing behind the object, depth at most 16, at most 1,000,000 logs), unknown
// fields ignored, absent is not null, the five previous* fields null together or not at all.
// Errors: corrupt with the field's name, limit.
class DigestParser {  // reuses its buffers; one for each thread
 public:
  DigestParser();
  ~DigestParser();
  DigestParser(DigestParser&&) noexcept;
  DigestParser& operator=(DigestParser&&) noexcept;
  Result<Digest> parse(ByteView json);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// ---- public keys ------------------------------------------------------------------------------------------------

struct PublicKey {
  crypto::RsaPublicKey key;
  std::string fingerprint;           // MD5 of the DER as delivered, lower hex
  std::string stated_fingerprint;    // what the file called it, if it did; may be wrong
  std::string encoding;              // "PKCS#1" or "SubjectPublicKeyInfo"
  std::optional<Interval> validity;  // from list-public-keys; PEM and DER files have none
  std::string origin;                // where it came from: a path, or "cloudtrail:us-east-1"
};

// Keys read from one file's bytes: `list-public-keys` JSON in every spelling seen (PublicKeyList or publicKeyList;
// times as number, numeric string or ISO 8601), PEM (RSA PUBLIC KEY, PUBLIC KEY; several in a file), or DER. `origin`
// is copied into each. The fingerprint is computed with `backend`. Errors: corrupt, unsupported, limit.
Result<std::vector<PublicKey>> parse_public_keys(ByteView bytes, const std::string& origin,
                                                 const crypto::Backend& backend);

// The trusted keys, by fingerprint; each loaded into the backend once.
class PublicKeySet {
 public:
  struct Entry {
    PublicKey key;
    std::unique_ptr<crypto::RsaVerifier> verifier;
  };

  // Adds a key under its fingerprint, its stated fingerprint, and for a key without list-public-keys record the
  // fingerprints of both encodings. A computed fingerprint beats a stated one. The first of several same keys wins, in
  // whatever encoding they come; a wider validity and another origin are merged in. Errors: those of the backend.
  Result<void> add(PublicKey key, const crypto::Backend& backend);

  const Entry* find(std::string_view fingerprint) const;  // nullptr: no such key; a digest may name it in any case
  const std::vector<std::unique_ptr<Entry>>& entries() const { return entries_; }  // sorted by fingerprint
  bool empty() const { return entries_.empty(); }

 private:
  std::vector<std::unique_ptr<Entry>> entries_;
  struct Name {
    Entry* entry;
    bool computed;  // or stated by a file
  };
  void name(const std::string& fingerprint, Entry* entry, bool computed);

  std::map<std::string, Name, std::less<>> by_fingerprint_;
  std::map<Bytes, Entry*> by_key_;  // the PKCS#1 encoding
};

}  // namespace trailseal::trail
