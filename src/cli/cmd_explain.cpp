// trailseal explain: what the findings manual says about a code.
#include <fmt/format.h>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "report/findings_manual.hpp"
#include "report/text_layout.hpp"
#include "trailseal/finding.hpp"

namespace trailseal::cli {
namespace {

constexpr std::size_t kWidth = 80;

std::string severity_words(const verdict::CodeInfo& about) {
  std::string words(to_string(about.severity));
  if (about.strict != about.severity) words += fmt::format(" ({} under --strict)", to_string(about.strict));
  return words;
}

std::string list_of_codes() {
  std::string out;
  for (const verdict::CodeInfo& about : verdict::codes()) {
    out += report::wrap(fmt::format("{:<30}{:<11}", about.slug, to_string(about.severity)), about.text, kWidth, 41);
  }
  return out;
}

std::string explanation(const verdict::CodeInfo& about) {
  std::string out = fmt::format("{}  {}\n", about.slug, severity_words(about));
  out += report::wrap("  ", about.text, kWidth, 2);
  for (std::string_view rest = report::manual_of(about.code); !rest.empty();) {
    const std::size_t end = std::min(rest.find("\n\n"), rest.size());
    out += "\n" + report::wrap("  ", rest.substr(0, end), kWidth, 2);
    rest.remove_prefix(std::min(end + 2, rest.size()));
  }
  return out;
}

int unknown_code(const std::string& word) {
  std::vector<std::string_view> slugs;
  for (const verdict::CodeInfo& about : verdict::codes()) slugs.push_back(about.slug);
  const auto meant = suggest(word, slugs);
  return fail(fmt::format("unknown code '{}'", base::printable(word)),
              meant ? fmt::format("did you mean '{}'?", *meant) : "trailseal explain lists all codes");
}

int run_explain(const Arguments& arguments) {
  if (arguments.positional.empty()) return print(list_of_codes());
  std::string out;
  for (const std::string& word : arguments.positional) {
    const auto code = verdict::find_code(word);
    if (!code) return unknown_code(word);
    out += (out.empty() ? "" : "\n") + explanation(verdict::info(*code));
  }
  return print(out);
}

}  // namespace

Command explain_command() {
  return {"explain",
          "Says what a finding means, what may cause it, and what to do next; without a code, lists all codes.",
          "[CODE...]",
          {{"what does this finding mean?", "trailseal explain digest.missing"},
           {"all that trailseal can find", "trailseal explain"}},
          {},
          run_explain};
}

}  // namespace trailseal::cli
