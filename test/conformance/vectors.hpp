// Third-party test vectors: what is told about them. See vectors_main.cpp.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "trailseal/crypto.hpp"

namespace trailseal::test {

// What became of the cases of one set. A case counts once, however many backends it ran on.
class Tally {
 public:
  // The case passes if `right` is true of all of backends_and_cross_check().
  void check(const std::string& id, const std::function<bool(const crypto::Backend&)>& right);
  void pass() { ++passed_; }
  void fail(const std::string& id, const std::string& why);
  void skip(const std::string& reason, int cases = 1) { skipped_[reason] += cases; }

  int passed() const { return passed_; }
  int failed() const { return static_cast<int>(failures_.size()); }
  int skipped() const;
  std::string line() const;  // "N passed, N failed, N skipped (N because ...)"
  const std::vector<std::string>& failures() const { return failures_; }

 private:
  int passed_ = 0;
  std::vector<std::string> failures_;
  std::map<std::string, int> skipped_;
};

// A file, or a folder that is one set as a whole.
struct Candidate {
  std::filesystem::path path;
  std::string content;  // empty for a folder
};

// One way of writing vectors. `claims` may be asked about anything; `run` only about what was claimed.
struct Format {
  bool (*claims)(const Candidate&);
  void (*run)(const Candidate&, Tally&);
};
extern const Format kWycheproof;  // vectors_wycheproof.cpp
extern const Format kNist;        // vectors_nist.cpp
extern const Format kSigv4;       // vectors_sigv4.cpp
extern const Format kEnvelopes;   // vectors_envelope.cpp

// Every backend that was built in and, if there are several, the cross-check over them.
const std::vector<const crypto::Backend*>& backends_and_cross_check();

// "SHA-256", "SHA256" and the like. nullopt: not a hash of the evidence contract.
std::optional<crypto::Hash> hash_named(std::string_view name);

// Hexadecimal text of a vector file; throws std::runtime_error if it is not.
Bytes unhex(std::string_view text);

// Is it an Error of this kind?
template <class T>
bool refused(const Result<T>& result, Errc code) {
  return !result && result.error().code == code;
}

// The answer that a signature ought to get; an Error is never right.
bool verifies(const crypto::Backend& backend, const crypto::RsaPublicKey& key, crypto::Hash hash, ByteView message,
              ByteView signature, crypto::SignatureCheck expected);

}  // namespace trailseal::test
