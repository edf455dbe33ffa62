// Attempts to unwrap the data key of one envelope, and what comes of them together.
#pragma once

#include <optional>
#include <string>

#include "envelope/fault.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"
#include "trailseal/secret.hpp"

namespace trailseal::envelope {

class Attempts {
 public:
  // The key must have `key_size` bytes; it is left in `data_key`.
  Attempts(std::size_t key_size, SecretBytes& data_key) : key_size_(key_size), data_key_(data_key) {}

  // What came of one attempt for `recipient`. Faults: malformed (a key of another size, or another than before), error.
  Failure take(Result<SecretBytes> result, Recipient& recipient);

  Failure ask_kms(const KmsUnwrap& kms, const KmsQuestion& question, Recipient& recipient, Opened& report);

  // The end: no fault and a data key, or else the most telling reason; `why_none` if nothing could be tried.
  Failure result(std::string why_none) const;

 private:
  Failure opened(SecretBytes key, Recipient& recipient);
  void failed(Recipient& recipient, Fault reason);

  std::size_t key_size_;
  SecretBytes& data_key_;
  bool found_ = false;
  std::optional<Fault> worst_;
};

// AES-GCM with the tag behind the ciphertext.
Result<SecretBytes> open_aes_gcm(const crypto::Backend& backend, ByteView key, ByteView iv, ByteView aad,
                                 ByteView wrapped);

}  // namespace trailseal::envelope
