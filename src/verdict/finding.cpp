#include "trailseal/finding.hpp"

#include <algorithm>
#include <tuple>

namespace trailseal::verdict {
namespace {

constexpr CodeInfo kCodes[] = {
#define FINDING(name, severity, strict, slug, text) \
  CodeInfo{Code::name, Severity::severity, Severity::strict, slug, text},
#include "trailseal/findings.def"
#undef FINDING
};

}  // namespace

std::string_view to_string(Severity severity) noexcept {
  switch (severity) {
    case Severity::notice: return "notice";
    case Severity::warning: return "warning";
    case Severity::open: return "open";
    case Severity::violation: return "violation";
  }
  return "unknown";
}

std::span<const CodeInfo> codes() noexcept { return kCodes; }

const CodeInfo& info(Code code) noexcept { return kCodes[static_cast<std::size_t>(code)]; }

std::optional<Code> find_code(std::string_view slug) noexcept {
  const auto* found = std::ranges::find(kCodes, slug, &CodeInfo::slug);
  if (found == std::end(kCodes)) return std::nullopt;
  return found->code;
}

std::strong_ordering Finding::operator<=>(const Finding& other) const {
  const auto tied = [](const Finding& f) {
    return std::tie(f.chain, f.when, f.subject, f.code, f.expected, f.found, f.detail, f.count);
  };
  return tied(*this) <=> tied(other);
}

}  // namespace trailseal::verdict
