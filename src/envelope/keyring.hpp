// From wrapped data keys to the one data key of an envelope.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "envelope/esdk_header.hpp"
#include "envelope/fault.hpp"
#include "envelope/s3ec.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"
#include "trailseal/secret.hpp"

namespace trailseal::envelope {

// The claims of the encrypted data keys.
std::vector<Recipient> recipients_of(const std::vector<Edk>& edks);

// The given data key, in the reading that has this size. Faults: wrong_key.
Failure take_data_key(const Keyring& keys, std::size_t size, SecretBytes& data_key);

// Tries every EDK that names a key of the ring, in order; `full` is the stored context with the required pairs.
// `recipients` (those of the header) get their state. All that open must agree. Faults: malformed (they do not agree,
// or hold a key of another size than the suite's), wrong_key, wrong_key_or_context, key_unavailable, error.
Failure unwrap_edks(const EsdkHeader& header, const Context& full, const Keyring& keys, const crypto::Backend& backend,
                    Opened& opened, SecretBytes& data_key);

// The same for the one wrapped key of an S3 object, whose keys have no names: each key of the right kind is tried.
// Faults: as above, and malformed for a key that was wrapped for another content algorithm.
Failure unwrap_s3ec(const S3ecHeader& header, const Keyring& keys, const crypto::Backend& backend, Opened& opened,
                    SecretBytes& data_key);

}  // namespace trailseal::envelope
