// Encryption contexts as the AWS Encryption SDK writes them.
#pragma once

#include "envelope/fault.hpp"
#include "trailseal/bytes.hpp"
#include "trailseal/envelope.hpp"

namespace trailseal::envelope {

inline constexpr std::string_view kPublicKeyName = "aws-crypto-public-key";

// Pair count, then length and bytes of each name and value, in the order of the names. No bytes for an empty context.
Bytes serialise(const Context& context);

// The reverse, strictly: at least one pair, names in rising order, each once, everything UTF-8, nothing behind them.
// Only the signer's key may stand last whatever its place would be (`signer_last`): two of AWS's own messages have it
// there, appended to a context in order.
Failure parse_context(ByteView bytes, Context& context, bool& signer_last);

}  // namespace trailseal::envelope
