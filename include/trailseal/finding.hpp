// Findings: judgements about evidence. One line in findings.def is one Code, one slug, one manual entry, one test case.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "trailseal/time.hpp"

namespace trailseal::verdict {

enum class Severity { notice, warning, open, violation };  // in rising order
std::string_view to_string(Severity severity) noexcept;    // "notice", ...

enum class Code {
#define FINDING(name, severity, strict, slug, text) name,
#include "trailseal/findings.def"
#undef FINDING
};

struct CodeInfo {
  Code code;
  Severity severity;
  Severity strict;        // under --strict
  std::string_view slug;  // "digest.signature-invalid"
  std::string_view text;  // one sentence: lower case, no full stop
};
std::span<const CodeInfo> codes() noexcept;  // in the order of findings.def
const CodeInfo& info(Code code) noexcept;
std::optional<Code> find_code(std::string_view slug) noexcept;

// One judgement. Strings may hold bytes of evidence: whoever prints them escapes them.
struct Finding {
  Code code;
  std::string chain{};              // ChainId::to_string(), or empty: no chain in particular
  std::string subject{};            // "s3://bucket/key", a chain, a path
  std::optional<Interval> when{};   // the stretch of the chain's time that it concerns
  std::string expected{}, found{};  // side by side, where there is such a pair
  std::string detail{};             // the rest, one or a few clauses
  std::uint64_t count = 1;          // how many objects it stands for

  // The order of every report: chain, time, subject, code, and then everything else, so that the order is total.
  std::strong_ordering operator<=>(const Finding& other) const;
  bool operator==(const Finding&) const = default;
};

}  // namespace trailseal::verdict
