// The algorithm suites of the AWS Encryption SDK (envelope.md 2b), as a table.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "trailseal/crypto.hpp"

namespace trailseal::envelope {

struct Suite {
  std::uint16_t id;
  std::string_view name;  // as the SDKs spell it
  int message_version;    // the only message format that may carry it
  std::size_t key_size;   // of the data key and of the content key
  std::optional<crypto::Hash> kdf;
  std::optional<crypto::Hash> signature;  // sha256: ECDSA P-256, sha384: ECDSA P-384
  bool committing;
};

// The suite with that id, or nullptr.
const Suite* find_suite(std::uint16_t id);

}  // namespace trailseal::envelope
