// The header of an AWS Encryption SDK message (envelope.md 2b), versions 1 and 2.
#pragma once

#include <string>
#include <vector>

#include "envelope/context.hpp"
#include "envelope/fault.hpp"
#include "envelope/input.hpp"
#include "envelope/suites.hpp"

namespace trailseal::envelope {

struct Edk {
  std::string provider;
  Bytes info;
  Bytes ciphertext;
};

struct EsdkHeader {
  int version = 0;
  const Suite* suite = nullptr;
  Bytes message_id;
  Context context;
  bool signer_last = false;  // see parse_context()
  std::vector<Edk> edks;
  bool framed = false;
  std::uint32_t frame_length = 0;
  Bytes commitment;  // 32 bytes with a committing suite
  Bytes iv;          // 12 bytes, as stored or implied
  Bytes tag;         // 16 bytes
  Bytes body;        // the header without iv and tag, as received: what the tag covers
  Bytes raw;         // all of the header, as received: what the signature covers first
};

inline constexpr std::size_t kMaxHeader = 1u << 20;

// Reads the header and stops behind it. What was understood before a fault is left in `header`. Faults: truncated;
// malformed; signature_failed (a signed suite without a key to check with); policy_rejected (more EDKs than `max_edks`,
// a header above kMaxHeader); error.
Failure read_header(Input& input, std::size_t max_edks, EsdkHeader& header);

}  // namespace trailseal::envelope
