// Textual encoding of keys.
#pragma once

#include <string_view>
#include <vector>

#include "trailseal/bytes.hpp"
#include "trailseal/result.hpp"

namespace trailseal::trail {

// Has the text a line that begins a PEM block?
bool looks_like_pem(std::string_view text) noexcept;

// The DER of every "PUBLIC KEY" and "RSA PUBLIC KEY" block, in order; at most `most`. Text around the blocks is
// ignored. Errors: unsupported for a block of any other kind, saying what it is; corrupt; limit.
Result<std::vector<Bytes>> read_pem_public_keys(std::string_view text, std::size_t most);

}  // namespace trailseal::trail
