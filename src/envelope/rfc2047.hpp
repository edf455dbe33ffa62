// Metadata that is not ASCII, as S3 gives it back.
#pragma once

#include <string>
#include <string_view>

namespace trailseal::envelope {

// Decodes the encoded words (RFC 2047, UTF-8 in B or Q) of a metadata value, and the second layer under them: S3 reads
// the bytes of UTF-8 as Latin-1 and encodes that. Best effort: a value without encoded words, or with broken ones,
// comes back as it is; what depends on it then fails to authenticate.
std::string decode_rfc2047(std::string_view value);

}  // namespace trailseal::envelope
