// Opening a message of the AWS Encryption SDK.
#pragma once

#include "envelope/content_sink.hpp"
#include "envelope/input.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

// Everything that open() promises but the hash of the file; the input may stand anywhere afterwards.
Failure open_esdk(Input& input, const Context& expected, const Keyring& keys, const Policy& policy,
                  const crypto::Backend& backend, ContentSink& sink, Opened& opened);

}  // namespace trailseal::envelope
