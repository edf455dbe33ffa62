// How the readers of envelopes fail: with the verdict that their discovery amounts to.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "trailseal/envelope.hpp"
#include "trailseal/result.hpp"

namespace trailseal::envelope {

struct Fault {
  Verdict verdict;
  std::string detail;
};

using Failure = std::optional<Fault>;  // nullopt: all is well

inline Failure fault(Verdict verdict, std::string detail) { return Fault{verdict, std::move(detail)}; }
inline Failure malformed(std::string detail) { return fault(Verdict::malformed, std::move(detail)); }

// Trouble of the machine, of the transport or between backends: it says nothing about the evidence.
inline Failure trouble(const Error& error) { return fault(Verdict::error, error.message); }

}  // namespace trailseal::envelope
