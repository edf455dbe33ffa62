// The filters --account, --region, --trail and --org.
#include <algorithm>
#include <set>

#include "verify/context.hpp"
#include "verify/filter.hpp"

namespace trailseal::verify {
namespace {

bool has(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

}  // namespace

bool Context::selects(const trail::ChainId& chain) const {
  return has(request.accounts, chain.account) && has(request.regions, chain.region) &&
         has(request.trails, chain.trail) && has(request.orgs, chain.org);
}

bool Context::selects_logs(const std::string& account, const std::string& region, const std::string& org) const {
  return has(request.accounts, account) && has(request.regions, region) && has(request.orgs, org);
}

void judge_filters(const Context& context, const Plan& plan, verdict::Findings& findings) {
  const auto judge = [&](const std::vector<std::string>& wanted, std::string_view flag, auto value_of) {
    std::set<std::string> there, selected;
    for (const auto& group : plan.groups)
      for (const auto& chain : group.chains) {
        there.insert(value_of(chain.id));
        if (context.selects(chain.id)) selected.insert(value_of(chain.id));
      }
    std::string known;
    for (const auto& value : there)
      if (!value.empty()) known += (known.empty() ? "" : ", ") + value;
    for (const auto& value : wanted)
      if (!selected.contains(value))
        findings.add({.code = verdict::Code::filter_no_match,
                      .subject = std::string(flag) + " " + value,
                      .detail = there.contains(value) ? "no chain of it passes the other filters"
                                : known.empty()       ? "there is none"
                                                      : "there are: " + known});
  };
  const auto& request = context.request;
  judge(request.accounts, "--account", [](const trail::ChainId& id) { return id.account; });
  judge(request.regions, "--region", [](const trail::ChainId& id) { return id.region; });
  judge(request.trails, "--trail", [](const trail::ChainId& id) { return id.trail; });
  judge(request.orgs, "--org", [](const trail::ChainId& id) { return id.org; });

  std::set<std::string> left_out;
  for (const auto& group : plan.groups)
    for (const auto& chain : group.chains)
      if (!context.selects(chain.id)) left_out.insert(chain.id.to_string());
  if (left_out.empty()) return;
  constexpr std::size_t kShown = 20;
  std::string names;
  std::size_t shown = 0;
  for (const auto& name : left_out)
    if (shown++ < kShown) names += (names.empty() ? "" : ", ") + name;
  if (shown > kShown) names += ", and " + std::to_string(shown - kShown) + " more";
  findings.add(
      {.code = verdict::Code::filter_left_out, .subject = "filters", .detail = names, .count = left_out.size()});
}

}  // namespace trailseal::verify
