#include "cli/flags.hpp"

#include <algorithm>
#include <cxxopts.hpp>
#include <exception>

#include "base/escape.hpp"
#include "cli/command.hpp"

namespace trailseal::cli {
namespace {

cxxopts::ParseResult run_cxxopts(const std::vector<Flag>& flags, const std::vector<std::string>& words) {
  cxxopts::Options options("trailseal");
  options.allow_unrecognised_options();
  for (const Flag& flag : flags) {
    const std::string names = (flag.letter ? std::string(1, flag.letter) + "," : "") + std::string(flag.name);
    // Every occurrence is read back in order from arguments(): cxxopts' own vectors would split values at commas.
    if (flag.argument.empty()) {
      options.add_options()(names, "", cxxopts::value<std::string>()->implicit_value("true"));
    } else {
      options.add_options()(names, "", cxxopts::value<std::string>());
    }
  }
  std::vector<const char*> argv{"trailseal"};
  for (const std::string& word : words) argv.push_back(word.c_str());
  return options.parse(static_cast<int>(argv.size()), argv.data());
}

UsageError unknown_flag(const std::vector<Flag>& flags, const std::string& word) {
  const std::string name = word.substr(0, word.find('='));
  std::vector<std::string> spelled;
  for (const Flag& flag : flags) spelled.push_back("--" + std::string(flag.name));
  const auto meant = suggest(name, {spelled.begin(), spelled.end()});
  return {"unknown option '" + base::printable(name) + "'", meant ? "did you mean '" + *meant + "'?" : ""};
}

// cxxopts sets names between typographic quotes.
std::string plain_quotes(std::string text) {
  for (const std::string_view quote : {"\xE2\x80\x98", "\xE2\x80\x99"}) {
    for (std::size_t at = 0; (at = text.find(quote, at)) != std::string::npos; ++at)
      text.replace(at, quote.size(), "'");
  }
  if (!text.empty() && text.front() >= 'A' && text.front() <= 'Z')
    text.front() = static_cast<char>(text.front() | 0x20);
  return text;
}

}  // namespace

std::vector<std::string> Arguments::all(std::string_view flag) const {
  const auto found = values.find(flag);
  return found == values.end() ? std::vector<std::string>{} : found->second;
}

std::optional<std::string> Arguments::one(std::string_view flag) const {
  const auto found = values.find(flag);
  if (found == values.end()) return std::nullopt;
  return found->second.back();
}

std::optional<UsageError> parse_flags(const std::vector<Flag>& flags, const std::vector<std::string>& words,
                                      Arguments& arguments) try {
  const auto end_of_flags = std::ranges::find(words, "--");
  const auto parsed = run_cxxopts(flags, {words.begin(), end_of_flags});
  for (const std::string& word : parsed.unmatched()) {
    if (word.size() > 1 && word.front() == '-') return unknown_flag(flags, word);
    arguments.positional.push_back(word);
  }
  if (end_of_flags != words.end()) {
    arguments.positional.insert(arguments.positional.end(), end_of_flags + 1, words.end());
  }
  for (const auto& pair : parsed.arguments()) {
    const auto flag = std::ranges::find(flags, std::string_view(pair.key()), &Flag::name);
    auto& values = arguments.values[pair.key()];
    if (!values.empty() && !flag->repeatable) return UsageError{"--" + pair.key() + " is given twice", ""};
    if (flag->argument.empty() && pair.value() != "true") return UsageError{"--" + pair.key() + " takes no value", ""};
    if (!flag->argument.empty() && pair.value().empty()) return UsageError{"--" + pair.key() + " is empty", ""};
    values.push_back(pair.value());
  }
  return std::nullopt;
} catch (const std::exception& problem) {
  return UsageError{base::printable(plain_quotes(problem.what())), ""};
}

}  // namespace trailseal::cli
