// Gathering: reads one object and writes down what happened.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "trailseal/store.hpp"
#include "verify/facts.hpp"
#include "verify/workshop.hpp"

namespace trailseal::verify {

// A log to be read, and what came of it.
struct LogRead {
  const store::ObjectStore& store;
  std::string_view key;
  LogWish wish = {};
  LogFacts facts = {};
};

// Fetches with nothing but buffers, and then waits for a bench: a hundred readers that wait for the network take the
// memory of a few that compute.
class Reader {
 public:
  Reader(Workshop& workshop, const Unsealing& unsealing) : workshop_(workshop), unsealing_(unsealing), stored_(1) {}

  // Fills everything of `facts` that its own bytes and metadata tell; key, source, chain and ref are the caller's.
  // `version`: empty for the current one.
  void read_digest(const store::ObjectStore& store, DigestFacts& facts, std::string_view version = {});

  // One after the other are fetched, and some at a time inflated and hashed.
  void read_logs(std::span<LogRead> logs);
  LogFacts read_log(const store::ObjectStore& store, std::string_view key, LogWish wish);

 private:
  void read_digest_once(const store::ObjectStore& store, DigestFacts& facts, std::string_view version, bool again);
  void read_logs_once(std::span<LogRead* const> logs, bool again);

  Workshop& workshop_;
  const Unsealing& unsealing_;
  std::vector<Bytes> stored_;  // what is fetched; the first is always there
};

}  // namespace trailseal::verify
