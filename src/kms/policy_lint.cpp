#include "kms/policy_lint.hpp"

#include <algorithm>
#include <initializer_list>
#include <map>
#include <string_view>

#include "base/arn.hpp"

namespace trailseal::kms {
namespace {

using verdict::Code;

constexpr std::string_view kService = "cloudtrail.amazonaws.com";
constexpr std::string_view kContext = "kms:encryptioncontext:aws:cloudtrail:arn";

bool has(const std::vector<std::string>& list, std::string_view text) {
  return std::ranges::find(list, text) != list.end();
}

std::string joined(const std::vector<std::string>& list) {
  constexpr std::size_t kShown = 5;
  std::string out;
  for (std::size_t i = 0; i < list.size() && i < kShown; ++i) out += (i == 0 ? "" : ", ") + list[i];
  return list.size() > kShown ? out + " and " + std::to_string(list.size() - kShown) + " more" : out;
}

// A condition that the request must meet with one of the values, by an operator that compares for likeness.
bool demands(const Condition& condition) {
  static constexpr std::string_view kOperators[] = {"stringequals", "stringequalsignorecase", "stringlike", "arnequals",
                                                    "arnlike"};
  return !condition.optional && std::ranges::find(kOperators, condition.op) != std::end(kOperators);
}

const Condition* demanded(const Statement& statement, std::string_view key) {
  const auto found = std::ranges::find_if(statement.conditions,
                                          [&](const Condition& each) { return each.key == key && demands(each); });
  return found == statement.conditions.end() ? nullptr : &*found;
}

// Must the context name a trail? By its value, by Null, or by the list of the context's names.
bool demands_context(const Statement& statement) {
  return demanded(statement, kContext) != nullptr ||
         std::ranges::any_of(statement.conditions, [](const Condition& each) {
           if (each.optional) return false;
           if (each.op == "null" && each.key == kContext) return each.values == std::vector<std::string>{"false"};
           return each.key == "kms:encryptioncontextkeys" && each.op.starts_with("string") && demands(each) &&
                  each.values == std::vector<std::string>{"aws:cloudtrail:arn"};
         });
}

// Is "everybody" limited to somebody, or to a network?
bool limits_everybody(const Statement& statement) {
  static constexpr std::string_view kKeys[] = {"kms:calleraccount",    "aws:principalorgid", "aws:principalorgpaths",
                                               "aws:principalaccount", "aws:principalarn",   "aws:sourceaccount",
                                               "aws:sourcearn",        "aws:sourceorgid",    "aws:sourceowner",
                                               "aws:sourcevpc",        "aws:sourcevpce",     "aws:userid"};
  // Whoever has nothing to do with anything here. A pattern that takes them in limits nobody.
  static constexpr std::string_view kStrangers[] = {"000000000000",
                                                    "arn:aws:iam::000000000000:user/x",
                                                    "arn:aws:iam::000000000000:role/x",
                                                    "arn:aws:s3:::x",
                                                    "o-zzzzzzzzzz",
                                                    "o-zzzzzzzzzz/r-zzzz/ou-zzzz-zzzzzzzz/",
                                                    "vpc-zzzzzzzz",
                                                    "vpce-zzzzzzzz",
                                                    "AIDAZZZZZZZZZZZZZZZZZ"};
  return std::ranges::any_of(statement.conditions, [](const Condition& each) {
    const auto takes_strangers = [](const std::string& value) {
      return std::ranges::any_of(kStrangers, [&](std::string_view stranger) { return matches(value, stranger); });
    };
    return demands(each) && std::ranges::find(kKeys, each.key) != std::end(kKeys) && !each.values.empty() &&
           std::ranges::none_of(each.values, takes_strangers);
  });
}

struct Powers {
  bool generate = false, describe = false, decrypt = false, erase = false, change = false;
};

Powers powers_of(const Statement& statement) {
  const auto covers = [&](std::string_view action) {
    const bool named =
        std::ranges::any_of(statement.actions, [&](const std::string& each) { return matches_action(each, action); });
    return named != statement.not_action;
  };
  return {covers("kms:GenerateDataKey"), covers("kms:DescribeKey"), covers("kms:Decrypt"),
          covers("kms:ScheduleKeyDeletion"), covers("kms:PutKeyPolicy")};
}

bool is_about(const Statement& statement, const std::string& key_arn) {
  const bool named = std::ranges::any_of(
      statement.resources, [&](const std::string& each) { return key_arn.empty() || matches(each, key_arn); });
  return named != statement.not_resource || key_arn.empty();
}

// The account as a whole, which hands the decision to IAM: "111122223333" or "arn:aws:iam::111122223333:root".
std::string account_of_root(const std::string& principal) {
  if (base::is_account(principal)) return principal;
  const auto arn = base::parse_arn(principal);
  return arn && arn->service == "iam" && arn->resource == "root" ? arn->account : std::string();
}

class Linter {
 public:
  Linter(const std::vector<Statement>& policy, const PolicyContext& context, verdict::Findings& findings)
      : context_(context), findings_(findings) {
    if (const auto arn = base::parse_arn(context.key_arn)) own_account_ = arn->account;
    for (const Statement& statement : policy)
      if (is_about(statement, context.key_arn)) statements_.push_back({&statement, powers_of(statement)});
  }

  // Whether CloudTrail may. A Deny with a condition may or may not apply; one without always does.
  struct Need {
    bool allowed = false;
    const Statement* denied_by = nullptr;  // the first
  };
  Need need_of(bool Powers::*power) const {
    Need need;
    for (const auto& [statement, powers] : statements_) {
      if (!(powers.*power)) continue;
      need.allowed = need.allowed || is_for_cloudtrail(*statement);
      const bool named = statement->principals.everybody || has(statement->principals.service, kService);
      if (need.denied_by == nullptr && !statement->allow && statement->conditions.empty() &&
          named != statement->not_principal)
        need.denied_by = statement;
    }
    return need;
  }

  void run() {
    check_needs();
    for (const auto& [statement, powers] : statements_) {
      if (powers.generate && is_for_cloudtrail(*statement)) check_encrypt(*statement);
      if (powers.decrypt && statement->allow) check_decrypt(*statement);
      check_everybody(*statement);
      check_negation(*statement);
    }
    check_duties();
  }

 private:
  struct Entry {
    const Statement* statement;
    Powers powers;
  };

  void add(Code code, const std::string& label, std::string detail, std::string expected = {}, std::string found = {}) {
    findings_.add({.code = code,
                   .subject = context_.subject,
                   .expected = std::move(expected),
                   .found = std::move(found),
                   .detail = label.empty() ? std::move(detail) : label + ": " + std::move(detail)});
  }

  static bool is_for_cloudtrail(const Statement& statement) {
    return statement.allow && !statement.not_principal && has(statement.principals.service, kService);
  }

  // P1, P4
  void check_need(bool Powers::*power, Code code, const std::string& action) {
    const Need need = need_of(power);
    if (need.denied_by != nullptr)
      add(code, need.denied_by->label, "denies " + action + " to CloudTrail");
    else if (!need.allowed)
      add(code, {}, "no statement allows " + action + " to " + std::string(kService));
  }
  void check_needs() {
    check_need(&Powers::generate, Code::kms_policy_no_encrypt, "kms:GenerateDataKey");
    check_need(&Powers::describe, Code::kms_policy_no_describe, "kms:DescribeKey");
  }

  void check_encrypt(const Statement& statement) {
    check_context(statement);
    check_source(statement);
  }

  // P2
  void check_context(const Statement& statement) {
    const Condition* condition = demanded(statement, kContext);
    if (condition == nullptr)
      return add(Code::kms_policy_no_context, statement.label, "no condition limits the trails that may use the key");
    std::vector<std::string> foreign;
    for (const std::string& value : condition->values) {
      const auto arn = base::parse_arn(value);
      if (!arn || arn->service != "cloudtrail" || !base::is_account(arn->account)) {
        add(Code::kms_policy_no_context, statement.label, "the condition leaves the account open", {}, value);
      } else if (!context_.accounts.empty() && arn->account != own_account_ && !has(context_.accounts, arn->account)) {
        foreign.push_back(arn->account);
      }
    }
    if (foreign.empty()) return;
    add(Code::kms_policy_foreign_account, statement.label, "trails of an account without trails here may use the key",
        joined(context_.accounts), joined(foreign));
  }

  bool is_known_trail(const std::string& text) const {
    const auto arn = base::parse_arn(text);
    return arn && arn->service == "cloudtrail" && std::ranges::any_of(context_.trails, [&](const KnownTrail& trail) {
             return arn->resource == "trail/" + trail.name && arn->region == trail.region &&
                    (trail.account.empty() || arn->account == trail.account);
           });
  }

  // P3
  void check_source(const Statement& statement) {
    const Condition* condition = demanded(statement, "aws:sourcearn");
    if (condition == nullptr && demanded(statement, "aws:sourceaccount") != nullptr)
      return add(Code::kms_policy_source_arn, statement.label,
                 "limited by aws:SourceAccount to an account, not to a trail");
    if (condition == nullptr) {
      const bool optional = std::ranges::any_of(
          statement.conditions, [](const Condition& each) { return each.key == "aws:sourcearn" && each.optional; });
      return add(
          Code::kms_policy_confused_deputy, statement.label,
          optional ? "aws:SourceArn counts only where the request has it" : "no aws:SourceArn limits it to the trail");
    }
    std::vector<std::string> wide, unknown;
    for (const std::string& value : condition->values) {
      if (value.find_first_of("*?") != std::string::npos && !condition->op.starts_with("stringequals")) {
        wide.push_back(value);
      } else if (!context_.trails.empty() && !is_known_trail(value)) {
        unknown.push_back(value);
      }
    }
    if (!wide.empty()) add(Code::kms_policy_source_arn, statement.label, "wider than a trail", {}, joined(wide));
    if (unknown.empty()) return;
    std::vector<std::string> known;
    for (const KnownTrail& trail : context_.trails)
      known.push_back("arn:*:cloudtrail:" + trail.region + ":" + (trail.account.empty() ? "*" : trail.account) +
                      ":trail/" + trail.name);
    add(Code::kms_policy_source_arn, statement.label, "not a trail that delivers here", joined(known), joined(unknown));
  }

  // P5, and the half of P6 that is no mistake but wide.
  void check_decrypt(const Statement& statement) {
    if (statement.principals.everybody && !statement.not_principal && limits_everybody(statement))
      add(Code::kms_policy_wide_decrypt, statement.label, "everybody whom its condition lets in may decrypt");
    if (demands_context(statement)) return;
    std::vector<std::string> readers = statement.principals.other;
    if (statement.principals.everybody) readers.emplace_back("*");
    for (const std::string& each : statement.principals.aws) {
      const std::string root = account_of_root(each);
      if (root.empty() || (!own_account_.empty() && root != own_account_)) readers.push_back(each);
    }
    for (const std::string& each : statement.principals.service)
      if (each != kService) readers.push_back(each);
    if (statement.not_principal) readers = {"all but those of NotPrincipal"};
    if (readers.empty()) return;
    add(Code::kms_policy_decrypt_context, statement.label, "may decrypt without naming a trail in the context", {},
        joined(readers));
  }

  // P6
  void check_everybody(const Statement& statement) {
    const bool everybody = statement.principals.everybody || statement.not_principal;
    if (!statement.allow || !everybody || limits_everybody(statement)) return;
    add(Code::kms_policy_public, statement.label, "everybody may, in any account", {}, joined(statement.actions));
  }

  // P7
  void check_negation(const Statement& statement) {
    std::vector<std::string> used;
    if (statement.not_principal) used.emplace_back("NotPrincipal");
    if (statement.not_action) used.emplace_back("NotAction");
    if (statement.not_resource) used.emplace_back("NotResource");
    if (!used.empty())
      add(Code::kms_policy_negation, statement.label, "says who or what is left out, not what is meant", {},
          joined(used));
  }

  // P8
  void check_duties() {
    std::map<std::string, Powers> by_principal;
    std::map<std::string, Powers> denied;
    for (const auto& [statement, powers] : statements_) {
      if (statement->not_principal || (!statement->allow && !statement->conditions.empty())) continue;
      std::vector<std::string> principals = statement->principals.aws;
      if (statement->principals.everybody) principals.emplace_back("*");
      for (const std::string& each : principals) {
        Powers& sum = (statement->allow ? by_principal : denied)[each];
        for (bool Powers::*power : {&Powers::decrypt, &Powers::erase, &Powers::change})
          sum.*power = sum.*power || powers.*power;
      }
    }
    const Powers for_all = denied["*"];
    for (const auto& [principal, powers] : by_principal) {
      const auto found = denied.find(principal);
      const Powers no = found == denied.end() ? Powers{} : found->second;
      const auto may = [&, &has_power = powers](bool Powers::*power) {
        return has_power.*power && !(no.*power) && !(for_all.*power);
      };
      if (account_of_root(principal).empty() && may(&Powers::decrypt) && (may(&Powers::erase) || may(&Powers::change)))
        add(Code::kms_policy_duties, {}, "one principal may read the logs and delete the key or change its policy", {},
            principal);
    }
  }

  const PolicyContext& context_;
  verdict::Findings& findings_;
  std::string own_account_;
  std::vector<Entry> statements_;
};

}  // namespace

bool refuses_cloudtrail(const std::vector<Statement>& policy, const std::string& key_arn) {
  const PolicyContext context{{}, key_arn, {}, {}};
  verdict::Findings none;
  const auto need = Linter(policy, context, none).need_of(&Powers::generate);
  return need.denied_by != nullptr || !need.allowed;
}

void lint_policy(const std::vector<Statement>& policy, const PolicyContext& context, verdict::Findings& findings) {
  Linter(policy, context, findings).run();
}

}  // namespace trailseal::kms
