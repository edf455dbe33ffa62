#include "kms/judge.hpp"

#include <algorithm>
#include <set>

#include "base/arn.hpp"
#include "kms/json_tree.hpp"
#include "kms/key_events.hpp"
#include "kms/key_facts.hpp"
#include "kms/policy_lint.hpp"

namespace trailseal::kms {
namespace {

using verdict::ChainCoverage;
using verdict::Code;
using verdict::Findings;

constexpr std::size_t kMostAnswer = 16u << 20;

// A trail as DescribeTrails states it.
struct StatedTrail {
  KnownTrail trail;
  bool organization = false;
  std::string key;  // KmsKeyId; empty: none
};

// Which keys a trail has used, by the logs. Of an organization's trail the account is not that of its chains.
struct UsedKeys {
  KnownTrail trail;
  const std::set<std::string>& keys;
};

// Everything that is not about one key.
struct Surroundings {
  const std::vector<ChainCoverage>& chains;
  const std::vector<verdict::TrailSettings>& settings;
  std::vector<StatedTrail> trails;
  std::vector<UsedKeys> used;
  std::vector<KeyEvent> events;
  std::vector<std::string> accounts;  // of proven chains
  std::vector<KnownTrail> known;
};

void add(Findings& findings, Code code, const std::string& subject, std::string detail) {
  findings.add({.code = code, .subject = subject, .detail = std::move(detail)});
}

std::optional<JsonValue> open_answer(const NamedAnswer& named, Findings& findings) {
  auto document = named.answer ? parse_json(*named.answer, kMostAnswer) : Result<JsonValue>(named.answer.error());
  if (document) return std::move(document).value();
  const bool denied = document.error().code == Errc::access_denied;
  add(findings, denied ? Code::kms_not_judged : Code::kms_answer_unreadable, named.origin, document.error().message);
  return std::nullopt;
}

void read_trails(const NamedAnswer& named, std::vector<StatedTrail>& trails, Findings& findings) {
  const auto document = open_answer(named, findings);
  if (!document) return;
  for (const JsonValue& entry : document->list_of("trailList")) {
    const auto arn = base::parse_arn(entry.text_of("TrailARN"));
    if (!arn || !arn->resource.starts_with("trail/")) continue;
    trails.push_back({{arn->account, arn->region, arn->resource.substr(6)},
                      entry.truth_of("IsOrganizationTrail"),
                      entry.text_of("KmsKeyId")});
  }
}

void read_events(const NamedAnswer& named, std::vector<KeyEvent>& events, Findings& findings) {
  const auto document = open_answer(named, findings);
  if (!document) return;
  auto read = read_key_events(*document, named.origin);
  if (!read) return add(findings, Code::kms_answer_unreadable, named.origin, read.error().message);
  events.insert(events.end(), read->begin(), read->end());
}

// Does the chain's trail use the key, by the logs? A trail of the chain's own account comes before an organization's.
std::optional<bool> has_used(const Surroundings& around, const ChainCoverage& chain, const std::string& key_arn) {
  std::optional<bool> own, other;
  for (const UsedKeys& each : around.used) {
    if (each.trail.name != chain.trail || each.trail.region != chain.home_region) continue;
    auto& used = each.trail.account == chain.account ? own : other;
    used = used.value_or(false) || each.keys.contains(key_arn);
  }
  return own ? own : other;
}

// Does the chain's trail use the key? nullopt: neither answers nor logs say.
std::optional<bool> uses(const Surroundings& around, const ChainCoverage& chain, const std::string& key_arn) {
  const auto used = has_used(around, chain, key_arn);
  if (used == true) return true;
  for (const StatedTrail& each : around.trails) {
    const bool same_account = each.organization || each.trail.account == chain.account;
    if (each.trail.name != chain.trail || each.trail.region != chain.home_region || !same_account) continue;
    if (each.key.starts_with("arn:")) return each.key == key_arn;
    return each.key.empty() ? std::optional(false) : std::nullopt;
  }
  return used;
}

// What is not proven of a chain, with what lies behind a head that is too old.
std::vector<Interval> unproven(const ChainCoverage& chain) {
  std::vector<Interval> out;
  for (const verdict::Gap& gap : chain.gaps) out.push_back(gap.interval);
  if (chain.head_stale && chain.tail) out.push_back(*chain.tail);
  return out;
}

void relate(const Surroundings& around, const KeyFacts& key, const std::vector<Outage>& outages, Findings& findings) {
  for (const ChainCoverage& chain : around.chains) {
    const auto used = uses(around, chain, key.arn);
    if (used == false) continue;
    for (const Interval& gap : unproven(chain))
      for (const Outage& outage : outages) {
        if (outage.begin >= gap.end || (outage.end && *outage.end <= gap.begin)) continue;
        std::string detail = "the key could not be used from " + to_string(outage.begin) + " (" + outage.begun_by + ")";
        detail += outage.end ? " to " + to_string(*outage.end) + " (" + outage.ended_by + ")" : " on";
        detail +=
            ", by " + outage.origin + "; nothing is proven from " + to_string(gap.begin) + " to " + to_string(gap.end);
        if (!used) detail += "; whether the trail uses this key is not known";
        findings.add({.code = Code::kms_delivery_gap,
                      .chain = chain.chain,
                      .subject = key.name(),
                      .when = gap,
                      .detail = std::move(detail)});
      }
  }
}

// Since when the key cannot be used, and which chains have stopped: side by side, not as cause and effect.
std::string since_text(const Surroundings& around, const KeyFacts& key, const std::vector<Outage>& outages) {
  std::string text = "since when, the answers do not say";
  if (!outages.empty() && !outages.back().end)
    text = "since " + to_string(outages.back().begin) + " (" + outages.back().begun_by + ")";
  for (const ChainCoverage& chain : around.chains)
    if (chain.head_stale && chain.head && uses(around, chain, key.arn) != false)
      text += "; the digests of " + chain.chain + " end at " + to_string(*chain.head);
  return text;
}

void judge_state(const Surroundings& around, const KeyFacts& key, const std::vector<Outage>& outages,
                 Findings& findings) {
  const std::string& name = key.name();
  if (key.gone)
    add(findings, Code::kms_key_unusable, name, "KMS knows no such key: deleted, or of another account or region");
  if (key.state.empty()) return;
  if (key.state == "Disabled") {
    add(findings, Code::kms_key_disabled, name, since_text(around, key, outages));
  } else if (key.state == "PendingDeletion" || key.state == "PendingReplicaDeletion") {
    std::string when = key.deletion ? "deletion on " + to_string(*key.deletion) + "; " : "";
    add(findings, Code::kms_key_pending_deletion, name, when + since_text(around, key, outages));
  } else if (key.state != "Enabled" && key.state != "Updating") {
    add(findings, Code::kms_key_unusable, name, "its state is " + key.state);
  }
  const auto unsuitable = [&](const std::string& why) { add(findings, Code::kms_key_unsuitable, name, why); };
  if (key.manager == "AWS") unsuitable("it is managed by AWS, and its policy cannot let CloudTrail in");
  if (!key.usage.empty() && key.usage != "ENCRYPT_DECRYPT") unsuitable("its usage is " + key.usage);
  if (!key.spec.empty() && key.spec != "SYMMETRIC_DEFAULT") unsuitable("it is not symmetric: " + key.spec);
  if (key.expiry) add(findings, Code::kms_key_expires, name, "on " + to_string(*key.expiry));
}

bool can_rotate(const KeyFacts& key) {
  return key.manager != "AWS" && (key.material.empty() || key.material == "AWS_KMS") &&
         (key.spec.empty() || key.spec == "SYMMETRIC_DEFAULT");
}

void judge_rotation(const KeyFacts& key, Findings& findings) {
  if (!key.rotates || *key.rotates || !can_rotate(key)) return;
  add(findings, Code::kms_rotation_off, key.name(),
      key.last_rotation ? "last rotated on " + to_string(*key.last_rotation) : "");
}

void judge_grants(const KeyFacts& key, Findings& findings) {
  for (const Grant& grant : key.grants)
    if (grant.decrypts && !grant.names_trail)
      findings.add({.code = Code::kms_grant_decrypt, .subject = key.name(), .found = grant.grantee});
}

void judge_reading(const KeyFacts& key, Findings& findings) {
  for (const auto& [question, error] : key.failures)
    add(findings, Code::kms_answer_unreadable, key.name(), question + ": " + error.message);
  const auto list = [&](const std::vector<std::string>& questions, const std::string& why) {
    std::string all;
    for (const std::string& each : questions) all += (all.empty() ? "" : ", ") + each;
    if (!all.empty()) add(findings, Code::kms_not_judged, key.name(), why + all);
  };
  list(key.denied, "not allowed: ");
  list(key.absent, "no answer of ");
  if (key.more_grants) add(findings, Code::kms_not_judged, key.name(), "ListGrants: not all of the grants");
}

// The trails that may be those of the policy: what the digests prove, and what DescribeTrails states of this key.
PolicyContext policy_context(const Surroundings& around, const KeyFacts& key, bool filtered) {
  PolicyContext context{key.name(), key.arn, {}, {}};
  if (filtered || around.known.empty()) return context;
  std::set<std::string> accounts(around.accounts.begin(), around.accounts.end());
  std::set<KnownTrail> trails(around.known.begin(), around.known.end());
  for (const StatedTrail& each : around.trails) {
    accounts.insert(each.trail.account);
    trails.insert(each.trail);
  }
  for (const verdict::TrailSettings& each : around.settings) {
    accounts.insert(each.account);
    trails.insert({each.account, each.home_region, each.name});
  }
  // The owner of an organisation's trail may have no logs here; unless CloudTrail named it, anybody may be it.
  const bool owner_unknown = std::ranges::any_of(around.known, [&](const KnownTrail& trail) {
    const auto is_it = [&](const KnownTrail& other) {
      return !other.account.empty() && other.region == trail.region && other.name == trail.name;
    };
    return trail.account.empty() && std::ranges::none_of(trails, is_it);
  });
  if (!owner_unknown) context.accounts.assign(accounts.begin(), accounts.end());
  context.trails.assign(trails.begin(), trails.end());
  return context;
}

verdict::KmsKeySettings describe(const KeyFacts& key) {
  return {.arn = key.name(),
          .origin = key.origin,
          .state = key.state,
          .rotation = !key.rotates   ? ""
                      : *key.rotates ? "on"
                                     : "off",
          .policy_judged = key.policy.has_value()};
}

}  // namespace

void judge_keys(const Answers& answers, const Witnessed& witnessed, bool filtered, verdict::Verdict& verdict) {
  Findings& findings = verdict.findings;
  Surroundings around{verdict.chains, verdict.trails, {}, {}, witnessed.events, {}, {}};
  for (const auto& [text, keys] : witnessed.trails)
    if (const auto arn = base::parse_arn(text); arn && arn->resource.starts_with("trail/"))
      around.used.push_back({{arn->account, arn->region, arn->resource.substr(6)}, keys});
  for (const NamedAnswer& each : answers.trails) read_trails(each, around.trails, findings);
  for (const NamedAnswer& each : answers.events) read_events(each, around.events, findings);
  for (const ChainCoverage& chain : verdict.chains) {
    if (chain.tally.digests_verified == 0) continue;
    around.accounts.push_back(chain.account);
    around.known.push_back({chain.org.empty() ? chain.account : std::string(), chain.home_region, chain.trail});
  }
  std::set<std::string> unasked = witnessed.keys;
  for (const KeyAnswers& each : answers.keys) {
    const KeyFacts key = read_key(each);
    unasked.erase(key.arn);
    const std::vector<Outage> outages = outages_of(around.events, key.arn);
    judge_reading(key, findings);
    judge_state(around, key, outages, findings);
    judge_rotation(key, findings);
    judge_grants(key, findings);
    relate(around, key, outages, findings);
    if (key.policy) lint_policy(*key.policy, policy_context(around, key, filtered), findings);
    verdict.kms_settings.push_back(describe(key));
  }
  for (const std::string& arn : unasked) {
    KeyFacts key;
    key.arn = arn;
    relate(around, key, outages_of(around.events, arn), findings);
  }
  std::ranges::sort(verdict.kms_settings);
}

}  // namespace trailseal::kms
