// SHA-256 of several contents side by side on one core.
//
// A single SHA-256 is a chain: each round waits for the one before, so the SHA instructions of a core idle most of the
// time. Independent chains fill the gaps. One file of this folder is built, as the machine is (meson.build).
#pragma once

#include <span>

#include "trailseal/bytes.hpp"

namespace trailseal::crypto {

// Has this CPU, asked at run time, instructions for that?
bool has_lanes() noexcept;

// Only where has_lanes(). One hash for each content, of any length. Longest first is fastest.
void hash_in_lanes(std::span<const ByteView> contents, std::span<Sha256> hashes) noexcept;

}  // namespace trailseal::crypto
