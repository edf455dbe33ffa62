// Gathering: reads one object and writes down what happened. Each worker thread has its own Reader.
#pragma once

#include <memory>
#include <string_view>

#include "base/gunzip.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/store.hpp"
#include "trailseal/trail.hpp"
#include "verify/facts.hpp"

namespace trailseal::verify {

class Reader {
 public:
  static Result<Reader> make(const crypto::Backend& backend);

  // Fills everything of `facts` that its own bytes and metadata tell; key, source, chain and ref are the caller's.
  // `version`: empty for the current one.
  void read_digest(const store::ObjectStore& store, DigestFacts& facts, std::string_view version = {});

  LogFacts read_log(const store::ObjectStore& store, std::string_view key, std::string_view version = {});

 private:
  Reader() = default;
  Bytes stored_;
  base::Gunzip gunzip_;
  trail::DigestParser parser_;
  std::unique_ptr<crypto::Hasher> hasher_;
};

}  // namespace trailseal::verify
