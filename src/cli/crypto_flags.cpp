#include "cli/crypto_flags.hpp"

#include <fmt/format.h>

#include <string>

#include "base/escape.hpp"

namespace trailseal::cli {

std::vector<Flag> crypto_flags() {
  return {{"crypto", "NAME", "the crypto backend (trailseal --version lists them)"},
          {"cross-check", "", "ask all crypto backends; they must agree"}};
}

std::optional<UsageError> check_crypto_flags(const Arguments& arguments) {
  if (!arguments.has("crypto") || !arguments.has("cross-check")) return std::nullopt;
  return UsageError{"--crypto and --cross-check exclude each other", "--cross-check asks every backend"};
}

Result<const crypto::Backend*> choose_backend(const Arguments& arguments,
                                              std::unique_ptr<crypto::Backend>& cross_check) {
  const auto all = crypto::backends();
  if (arguments.has("cross-check")) {
    TRY(cross_check, crypto::make_cross_check({all.begin(), all.end()}));
    return cross_check.get();
  }
  const auto name = arguments.one("crypto");
  if (!name) return all.front();
  if (const crypto::Backend* found = crypto::find_backend(*name)) return found;
  std::string list;
  for (const crypto::Backend* backend : all) list += (list.empty() ? "" : ", ") + std::string(backend->name());
  return Error{Errc::invalid_argument,
               fmt::format("no crypto backend '{}' is built in (there are: {})", base::printable(*name), list)};
}

}  // namespace trailseal::cli
