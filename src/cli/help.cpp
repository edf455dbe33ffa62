// --help and --version, made from the same data that the parser reads.
#include <fmt/format.h>

#include "cli/command.hpp"
#include "report/text_layout.hpp"
#include "trailseal/crypto.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kWidth = 80;

std::string flag_lines(const std::vector<Flag>& flags) {
  constexpr std::size_t kIndent = 25;
  std::string out;
  for (const Flag& flag : flags) {
    std::string lead =
        flag.letter ? fmt::format("  -{}, --{}", flag.letter, flag.name) : fmt::format("  --{}", flag.name);
    if (!flag.argument.empty()) lead += fmt::format(" {}", flag.argument);
    lead += "  ";
    out += report::wrap(lead, flag.help + (flag.repeatable ? "; repeatable" : ""), kWidth, kIndent);
  }
  return out + report::wrap("  -h, --help  ", "show this help", kWidth, kIndent);
}

std::string example_lines(const std::vector<Example>& examples) {
  std::string out = "EXAMPLES\n";
  for (const Example& example : examples) out += fmt::format("  # {}\n  {}\n", example.what, example.command);
  return out;
}

}  // namespace

std::string help_of(const Command& command) {
  std::string out = example_lines(command.examples);
  out += fmt::format("\nUSAGE\n  trailseal {} {}\n\n", command.name, command.synopsis);
  out += report::wrap("", command.summary, kWidth, 0);
  out += "\nOPTIONS\n" + flag_lines(command.flags);
  return out + fmt::format("\nThe manual: man trailseal-{}\n", command.name);
}

std::string help_of_program() {
  std::string out =
      "EXAMPLES\n"
      "  # does this copy of a log bucket hold what CloudTrail delivered?\n"
      "  trailseal verify --keys public-keys.json mirror/\n"
      "  # what does a finding mean?\n"
      "  trailseal explain digest.missing\n"
      "\nUSAGE\n  trailseal COMMAND [options] ...\n\n"
      "Proves the integrity of AWS CloudTrail logs, and says what it could not prove.\n"
      "\nCOMMANDS\n";
  for (const Command& command : commands())
    out += report::wrap(fmt::format("  {}  ", command.name), command.summary, kWidth, 14);
  out +=
      "\nOPTIONS\n"
      "  -h, --help  show this help; after a command, the command's\n"
      "  --version   show the version, the crypto backends and the libraries\n"
      "\nEXIT STATUS\n"
      "  0  verified\n"
      "  1  violated: the evidence contradicts itself or its signatures\n"
      "  2  open: nothing contradicts it, but something could not be proven\n"
      "  3  could not start\n"
      "\nThe manual: man trailseal\n";
  return out;
}

std::string version_text() {
  std::string out = fmt::format("trailseal {}\n", version());
  for (const crypto::Backend* backend : crypto::backends()) {
    out += fmt::format("crypto   {} ({})\n", backend->name(), backend->version());
  }
  for (const std::string_view library : libraries()) out += fmt::format("library  {}\n", library);
  return out;
}

}  // namespace trailseal::cli
