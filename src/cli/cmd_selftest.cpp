// trailseal selftest: known answers on every crypto backend.
#include <fmt/format.h>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::cli {
namespace {

int run_selftest(const Arguments& arguments) {
  if (!arguments.positional.empty()) return fail("selftest takes no argument");
  std::string table;
  bool all_right = true;
  for (const crypto::Backend* backend : crypto::backends()) {
    const auto tested = crypto::self_test(*backend);
    all_right = all_right && tested.has_value();
    table += fmt::format("{:<10} {:<6} {}\n", backend->name(), tested ? "ok" : "FAILED",
                         tested ? backend->version() : base::printable(tested.error().message));
  }
  return print(table, all_right ? 0 : kBug);
}

}  // namespace

Command selftest_command() {
  return {"selftest", "Asks every crypto backend known questions and compares the answers.",
          "",         {{"is this build sound?", "trailseal selftest"}},
          {},         run_selftest};
}

}  // namespace trailseal::cli
