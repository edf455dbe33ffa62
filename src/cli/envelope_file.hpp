// One FILE of trailseal envelope, with what belongs to it.
#pragma once

#include <optional>
#include <string>

#include "cli/plaintext_file.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::cli {

struct EnvelopePaths {
  std::string file;
  std::optional<std::string> metadata, instruction;  // unnamed: FILE.metadata.json and FILE.instruction, if there
};

struct EnvelopeJob {
  const envelope::Context& expected;
  const envelope::Keyring& keys;
  const envelope::Policy& policy;
  const crypto::Backend& backend;
};

// Opens the file. What cannot be read is the verdict `error`, never one about the evidence. `output` receives the
// plaintext and is not committed here.
envelope::Opened open_envelope_file(const EnvelopePaths& paths, const EnvelopeJob& job, PlaintextFile* output);

}  // namespace trailseal::cli
