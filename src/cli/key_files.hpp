// The files and folders that --keys names: the only keys that count.
#pragma once

#include <string>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/crypto.hpp"
#include "trailseal/result.hpp"
#include "trailseal/trail.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::cli {

// A whole file of at most `limit` bytes. Errors: not_found, access_denied, io, limit, invalid_argument (a directory).
Result<Bytes> read_file(const std::string& path, std::size_t limit);

inline constexpr std::size_t kMaxKeyFile = 16u << 20;  // 20,000 keys of list-public-keys; a year of a region has 40

struct TrustedKeys {
  trail::PublicKeySet set;
  verdict::Findings findings;  // keys.file-ignored, keys.fingerprint-mismatch
};

// Reads files, and all regular files of folders in byte order. A file named outright must hold a key; one in a folder
// need not. Errors: those of reading and parsing, with the path in the message; invalid_argument for a folder without
// keys.
Result<void> load_keys(const std::vector<std::string>& paths, const crypto::Backend& backend, TrustedKeys& keys);

// Files directly in the sources, or in a folder of keys there, that hold public keys. They are never trusted by
// themselves: whoever writes the logs could have written them. For the hint when --keys is missing.
std::vector<std::string> find_key_files(const std::vector<std::string>& sources, const crypto::Backend& backend);

}  // namespace trailseal::cli
