#include "cli/envelope_flags.hpp"

#include <fmt/format.h>
#include <sys/resource.h>

#include <charconv>

#include "base/escape.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kMostEdks = 65535;  // of the format
constexpr std::string_view kNet400 = "esdk-net-4.0.0";

}  // namespace

std::vector<Flag> envelope_policy_flags() {
  return {
      {"require-commitment", "", "refuse envelopes whose format does not commit to their key"},
      {"allow-legacy", "", "open what the S3 Encryption Client wrote without integrity"},
      {"max-edks", "N", fmt::format("how many data keys a message may have (default: {})", envelope::Policy::kMaxEdks)},
      {"compat", "NAME", "accept messages of a writer that deviates: esdk-net-4.0.0"},
  };
}

std::optional<UsageError> read_envelope_policy(const Arguments& arguments, envelope::Policy& policy) {
  policy.require_commitment = arguments.has("require-commitment");
  policy.allow_legacy = arguments.has("allow-legacy");
  if (const auto most = arguments.one("max-edks")) {
    const char* end = most->data() + most->size();
    const auto [stop, problem] = std::from_chars(most->data(), end, policy.max_edks);
    if (problem != std::errc() || stop != end || policy.max_edks == 0 || policy.max_edks > kMostEdks)
      return UsageError{"--max-edks is no number from 1 to 65535: '" + base::printable(*most) + "'", ""};
  }
  if (const auto name = arguments.one("compat")) {
    if (*name != kNet400)
      return UsageError{"--compat does not know '" + base::printable(*name) + "'", "there is: esdk-net-4.0.0"};
    policy.accept_net_400 = true;
  }
  return std::nullopt;
}

std::optional<UsageError> read_envelope_context(const Arguments& arguments, std::string_view flag,
                                                envelope::Context& expected) {
  for (const std::string& value : arguments.all(flag)) {
    const std::size_t equals = value.find('=');
    if (equals == std::string::npos)
      return UsageError{fmt::format("--{} is no pair: '{}'", flag, base::printable(value)),
                        fmt::format("--{} NAME=VALUE", flag)};
    const auto [entry, is_new] = expected.emplace(value.substr(0, equals), value.substr(equals + 1));
    if (!is_new) return UsageError{fmt::format("--{} names '{}' twice", flag, base::printable(entry->first)), ""};
    if (base::to_utf8(value) != value) return UsageError{fmt::format("--{} is not UTF-8", flag), ""};
  }
  return std::nullopt;
}

void forbid_core_files() {
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
}

}  // namespace trailseal::cli
