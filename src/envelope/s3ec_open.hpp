// Opening an object of the S3 Encryption Client.
#pragma once

#include "envelope/content_sink.hpp"
#include "envelope/input.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

// Everything that open() promises but the hash of the file; the input may stand anywhere afterwards. The Fault
// unauthenticated_mode comes when all of the content was decrypted.
Failure open_s3ec(Input& input, const Envelope& envelope, const Keyring& keys, const Policy& policy,
                  const crypto::Backend& backend, ContentSink& sink, Opened& opened);

}  // namespace trailseal::envelope
