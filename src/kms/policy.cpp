#include "kms/policy.hpp"

#include <algorithm>
#include <optional>

#include "kms/json_tree.hpp"

namespace trailseal::kms {
namespace {

constexpr std::size_t kMostPolicy = 128u << 10;  // of the API; KMS itself takes 32 KiB

using Kind = JsonValue::Kind;

std::string lower(std::string text) {
  for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return text;
}

Error wrong(const std::string& label, const std::string& what) { return {Errc::corrupt, label + ": " + what}; }

// A text or a list of texts; conditions may also hold numbers and truth values.
std::optional<std::vector<std::string>> texts(const JsonValue& value, bool loose = false) {
  const auto takes = [loose](const JsonValue& each) {
    return each.is(Kind::text) || (loose && (each.is(Kind::number) || each.is(Kind::truth)));
  };
  if (takes(value)) return std::vector{value.text};
  if (!value.is(Kind::list) || !std::ranges::all_of(value.items, takes)) return std::nullopt;
  std::vector<std::string> all;
  for (const JsonValue& each : value.items) all.push_back(each.text);
  return all;
}

std::optional<Principals> read_principals(const JsonValue& value) {
  Principals out;
  if (value.is(Kind::text)) {
    out.everybody = value.text == "*";
    return out.everybody ? std::optional(out) : std::nullopt;
  }
  if (!value.is(Kind::object)) return std::nullopt;
  for (std::size_t i = 0; i < value.names.size(); ++i) {
    const auto named = texts(value.items[i]);
    if (!named) return std::nullopt;
    const bool aws = value.names[i] == "AWS", service = value.names[i] == "Service";
    if (!aws && !service && value.names[i] != "Federated" && value.names[i] != "CanonicalUser") return std::nullopt;
    auto& into = aws ? out.aws : service ? out.service : out.other;
    for (const std::string& each : *named) {
      if (aws && each == "*") {
        out.everybody = true;
      } else {
        into.push_back(each);
      }
    }
  }
  return out;
}

// "ForAnyValue:StringLikeIfExists" -> stringlike, optional
Condition read_operator(const std::string& name) {
  Condition out;
  out.op = lower(name);
  for (const std::string_view prefix : {"forallvalues:", "foranyvalue:"}) {
    if (!out.op.starts_with(prefix)) continue;
    out.optional = prefix == "forallvalues:";
    out.op.erase(0, prefix.size());
    break;
  }
  constexpr std::string_view kIfExists = "ifexists";
  if (out.op.ends_with(kIfExists)) {
    out.optional = true;
    out.op.resize(out.op.size() - kIfExists.size());
  }
  return out;
}

std::optional<std::vector<Condition>> read_conditions(const JsonValue& value) {
  if (!value.is(Kind::object)) return std::nullopt;
  std::vector<Condition> out;
  for (std::size_t i = 0; i < value.names.size(); ++i) {
    const JsonValue& keys = value.items[i];
    if (!keys.is(Kind::object)) return std::nullopt;
    for (std::size_t k = 0; k < keys.names.size(); ++k) {
      auto values = texts(keys.items[k], true);
      if (!values) return std::nullopt;
      Condition condition = read_operator(value.names[i]);
      condition.key = lower(keys.names[k]);
      condition.values = std::move(*values);
      out.push_back(std::move(condition));
    }
  }
  return out;
}

// Exactly one of NAME and NotNAME; `negated` says which.
const JsonValue* one_of(const JsonValue& statement, const std::string& name, bool& negated) {
  const JsonValue* plain = statement.find(name);
  const JsonValue* reverse = statement.find("Not" + name);
  negated = plain == nullptr;
  return (plain == nullptr) == (reverse == nullptr) ? nullptr : plain != nullptr ? plain : reverse;
}

Result<Statement> read_statement(const JsonValue& value, std::size_t number) {
  Statement out;
  out.label = "statement " + std::to_string(number);
  if (!value.is(Kind::object)) return wrong(out.label, "not an object");
  static constexpr std::string_view kNames[] = {"Sid",       "Effect",   "Principal",   "NotPrincipal", "Action",
                                                "NotAction", "Resource", "NotResource", "Condition"};
  for (const std::string& name : value.names)
    if (std::ranges::find(kNames, name) == std::end(kNames)) return wrong(out.label, "no statement has a " + name);
  if (const std::string sid = value.text_of("Sid"); !sid.empty()) out.label = "'" + sid + "'";
  const std::string effect = value.text_of("Effect");
  if (effect != "Allow" && effect != "Deny") return wrong(out.label, "Effect is neither Allow nor Deny");
  out.allow = effect == "Allow";

  const JsonValue* principal = one_of(value, "Principal", out.not_principal);
  const auto principals = principal == nullptr ? std::nullopt : read_principals(*principal);
  if (!principals) return wrong(out.label, "Principal is missing or of no known kind");
  out.principals = *principals;
  const JsonValue* action = one_of(value, "Action", out.not_action);
  const auto actions = action == nullptr ? std::nullopt : texts(*action);
  if (!actions) return wrong(out.label, "Action is missing or no text");
  out.actions = *actions;
  if (value.find("Resource") == nullptr && value.find("NotResource") == nullptr) {
    out.resources = {"*"};  // a key policy may leave it out
  } else {
    const JsonValue* resource = one_of(value, "Resource", out.not_resource);
    const auto resources = resource == nullptr ? std::nullopt : texts(*resource);
    if (!resources) return wrong(out.label, "Resource is no text");
    out.resources = *resources;
  }
  if (const JsonValue* condition = value.find("Condition")) {
    auto conditions = read_conditions(*condition);
    if (!conditions) return wrong(out.label, "Condition is not what IAM takes");
    out.conditions = std::move(*conditions);
  }
  return out;
}

}  // namespace

Result<std::vector<Statement>> parse_policy(ByteView json) {
  TRY(const JsonValue document, parse_json(json, kMostPolicy));
  const JsonValue* list = document.find("Statement");
  if (list == nullptr || !(list->is(Kind::list) || list->is(Kind::object)))
    return Error{Errc::corrupt, "no policy: Statement is missing"};
  std::vector<Statement> out;
  const std::size_t count = list->is(Kind::list) ? list->items.size() : 1;
  for (std::size_t i = 0; i < count; ++i) {
    TRY(Statement statement, read_statement(list->is(Kind::list) ? list->items[i] : *list, i + 1));
    out.push_back(std::move(statement));
  }
  return out;
}

bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0, t = 0;
  std::size_t star = std::string_view::npos, resume = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = t;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == text[t])) {
      ++p, ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++resume;
    } else {
      return false;
    }
  }
  return std::ranges::all_of(pattern.substr(p), [](char c) { return c == '*'; });
}

bool matches_action(std::string_view pattern, std::string_view action) {
  return matches(lower(std::string(pattern)), lower(std::string(action)));
}

}  // namespace trailseal::kms
