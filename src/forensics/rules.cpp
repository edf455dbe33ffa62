#include "forensics/rules.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace trailseal::forensics {
namespace {

using verdict::Effect;

constexpr Rule rule(std::string_view name, std::string_view services, std::string_view events, Subject subject,
                    std::string_view condition, Effect effect, std::string_view attack, std::string_view before,
                    std::string_view text) {
  return {name, services, events, subject, condition, effect, attack, before, text};
}

constexpr Rule kRules[] = {
#define RULE(name, services, events, subject, condition, effect, attack, before, text) \
  rule(name, services, events, Subject::subject, condition, Effect::effect, attack, before, text),
#include "forensics/rules.def"
#undef RULE
};

using Index = std::map<std::pair<std::string_view, std::string_view>, std::vector<const Rule*>>;

Index make_index() {
  Index index;
  for (const Rule& each : kRules)
    for (const auto service : words_of(each.services))
      for (const auto event : words_of(each.events)) index[{service, event}].push_back(&each);
  return index;
}

}  // namespace

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const auto end = std::min(text.find(' '), text.size());
    words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::span<const Rule> rules() noexcept { return kRules; }

std::span<const Rule* const> rules_of(std::string_view source, std::string_view event) {
  static const Index index = make_index();
  constexpr std::string_view kDomain = ".amazonaws.com";
  if (!source.ends_with(kDomain)) return {};
  const auto found = index.find({source.substr(0, source.size() - kDomain.size()), event});
  if (found == index.end()) return {};
  return found->second;
}

}  // namespace trailseal::forensics
