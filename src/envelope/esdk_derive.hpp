// From a data key to the keys of one message (envelope.md 2b, the table of suites).
#pragma once

#include "envelope/esdk_header.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/secret.hpp"

namespace trailseal::envelope {

// The two deviations of the Encryption SDK for .NET 4.0.0, for `Policy::accept_net_400`.
struct Deviations {
  bool id_left_out = false;   // the message id is missing from the info of HKDF
  bool zeros_behind = false;  // two zero bytes follow the header in what its tag covers
};

// Does the data key give the commitment of the header? Compared in constant time. Only for committing suites.
Result<bool> commitment_matches(const crypto::Backend& backend, const EsdkHeader& header, ByteView data_key);

// The key of the content, and of the header's tag. `data_key` has the size that the suite demands.
Result<SecretBytes> derive_content_key(const crypto::Backend& backend, const EsdkHeader& header, ByteView data_key,
                                       const Deviations& deviations);

// Does the header's tag pass? `required` are the pairs that are authenticated without being stored.
Result<bool> header_authentic(const crypto::Backend& backend, const EsdkHeader& header, ByteView content_key,
                              const Context& required, const Deviations& deviations);

}  // namespace trailseal::envelope
