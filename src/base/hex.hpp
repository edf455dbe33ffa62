// Hexadecimal text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "trailseal/bytes.hpp"

namespace trailseal::base {

std::string to_hex(ByteView bytes);  // lower case

// Either case. nullopt: an odd length or another character.
std::optional<Bytes> from_hex(std::string_view text);

// Exactly 64 digits of either case.
std::optional<Sha256> sha256_from_hex(std::string_view text);

}  // namespace trailseal::base
