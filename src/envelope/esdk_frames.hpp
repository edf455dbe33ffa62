// The body and the footer of an AWS Encryption SDK message (envelope.md 2b).
#pragma once

#include <cstdint>

#include "envelope/content_sink.hpp"
#include "envelope/esdk_header.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::envelope {

struct BodyFacts {
  std::uint64_t frames = 0;
  bool unusual_iv = false;  // a frame's IV is not its number: legal, and what most writers do not do
};

// Reads the body and stops behind it. With an opener (under the content key) every tag is checked as it comes and the
// plaintext goes to `sink`; with nullptr only the structure is read. Faults: truncated, malformed, body_auth_failed,
// error.
Failure read_body(Input& input, const EsdkHeader& header, crypto::AesGcmOpener* opener, ContentSink* sink,
                  BodyFacts& facts);

// Reads the footer of a signed message and demands that the input ends there; an unsigned message has no footer.
// Faults: truncated, trailing_data, error.
Failure read_end(Input& input, const EsdkHeader& header, Bytes& signature);

}  // namespace trailseal::envelope
