// A workplace: what it takes to inflate, hash and parse. All that costs CPU, and memory for whole contents, so there
// are as many as there are CPUs.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string_view>

#include "base/gunzip.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/trail.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

// What is wanted of a log beside its size and hash.
struct LogWish {
  std::string_view version = {};     // empty: the current one
  const Sha256* expected = nullptr;  // what its content should hash to, if that is known
  bool look_closer = false;          // ask for the attributes too, and look for events of KMS
  // Is handed the whole content, unless the log is larger than base::Gunzip::kMaxWhole or could not be inflated to its
  // end; and not more often than there are CPUs at a time.
  std::function<void(const LogFacts&, ByteView content)> use = nullptr;
};

// A log that was fetched.
struct LogJob {
  ByteView stored;
  const LogWish& wish;
  bool again;  // it was read before, and looked damaged
  LogFacts& facts;
};

// A way that alters bytes leaves a broken frame (gzip holds a CRC-32): before that is called tampering, it is read
// again.
bool damaged(const std::optional<base::GzipFailure>& gzip, const Unsealed* envelope);

class Bench {
 public:
  static Result<Bench> make(const crypto::Backend& backend);

  // Fills the facts of each: all that its bytes tell.
  void work(std::span<const LogJob* const> jobs);

  base::Gunzip gunzip;
  trail::DigestParser parser;
  std::unique_ptr<crypto::Hasher> hasher;

 private:
  struct Inflated {
    const LogJob* job;
    ByteView content;
  };
  void work_alone(const LogJob& job);
  void hash(std::span<const Inflated> batch);

  bool side_by_side_ = false;
  std::unique_ptr<std::uint8_t[]> room_;  // for the contents of several logs
};

}  // namespace trailseal::verify
