// Base64 (RFC 4648 section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trailseal/bytes.hpp"

namespace trailseal::base {

// The one canonical spelling of a byte sequence: the alphabet of section 4, padded to a multiple of four, the unused
// bits zero, and nothing else, no line breaks either. nullopt: anything else.
std::optional<Bytes> from_base64(std::string_view text);

// That spelling.
std::string to_base64(ByteView bytes);

}  // namespace trailseal::base
