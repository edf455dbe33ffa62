// Log files that a run hands out while it reads them: what events, timelines and SQL are made of.
#pragma once

#include <string_view>

#include "trailseal/bytes.hpp"
#include "trailseal/finding.hpp"
#include "trailseal/time.hpp"
#include "trailseal/trail.hpp"

namespace trailseal::verify {

// A log file whose content is what a proven digest lists. Nothing but a run makes one, so whoever asks for it cannot be
// handed other bytes by mistake. All views end with the call that hands it out.
class VerifiedLog {
 public:
  VerifiedLog(const VerifiedLog&) = delete;
  VerifiedLog& operator=(const VerifiedLog&) = delete;

  const trail::ChainId& chain;      // of the digest that lists it
  const trail::ListedLog& listed;   // bucket, key, SHA-256 of the content
  const std::string_view digest;    // key of that digest
  const Interval hour;              // of that digest: when the log was delivered
  const std::uint64_t stored_size;  // bytes as stored
  const ByteView content;           // uncompressed, whole

 private:
  friend class Gatherer;
  VerifiedLog(const trail::ChainId& of_chain, const trail::ListedLog& log, std::string_view listed_by, Interval when,
              std::uint64_t stored, ByteView bytes)
      : chain(of_chain), listed(log), digest(listed_by), hour(when), stored_size(stored), content(bytes) {}
};

// A log file that could be read, and that nothing proves.
struct UnverifiedLog {
  std::string_view bucket;
  std::string_view key;
  verdict::Code why;        // log_hash_mismatch, log_unlisted, ...
  std::string_view digest;  // key of the digest that lists it; empty: none does
  ByteView content;         // uncompressed, whole
};

}  // namespace trailseal::verify
