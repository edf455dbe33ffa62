// Gathering: reads one object and writes down what happened.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "base/gunzip.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/store.hpp"
#include "trailseal/trail.hpp"
#include "verify/facts.hpp"
#include "verify/lending.hpp"

namespace trailseal::verify {

// What it takes to inflate, hash and parse: all that costs CPU, and memory for whole contents.
struct Bench {
  base::Gunzip gunzip;
  trail::DigestParser parser;
  std::unique_ptr<crypto::Hasher> hasher;

  static Result<Bench> make(const crypto::Backend& backend);
};

// Fetches with nothing but a buffer, and then waits for a bench: a hundred readers that wait for the network take the
// memory of a few that compute.
class Reader {
 public:
  Reader(Lending<Bench>& benches, const Unsealing& unsealing) : benches_(benches), unsealing_(unsealing) {}

  // Fills everything of `facts` that its own bytes and metadata tell; key, source, chain and ref are the caller's.
  // `version`: empty for the current one.
  void read_digest(const store::ObjectStore& store, DigestFacts& facts, std::string_view version = {});

  // What read_log should do beside the plain thing.
  struct LogWish {
    std::string_view version = {};  // empty: the current one
    bool look_closer = false;       // ask for the attributes too, and look for events of KMS
    // Is handed the whole content, unless the log is larger than base::Gunzip::kMaxWhole or could not be inflated to
    // its end; and not more often than there are CPUs at a time.
    std::function<void(const LogFacts&, ByteView content)> use = nullptr;
  };
  LogFacts read_log(const store::ObjectStore& store, std::string_view key, const LogWish& wish);

 private:
  void read_digest_once(const store::ObjectStore& store, DigestFacts& facts, std::string_view version, bool again);
  LogFacts read_log_once(const store::ObjectStore& store, std::string_view key, const LogWish& wish, bool again);

  Lending<Bench>& benches_;
  const Unsealing& unsealing_;
  Bytes stored_;
};

}  // namespace trailseal::verify
