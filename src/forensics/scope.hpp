// What is ours: the buckets that hold the evidence, the trails that deliver it, the keys that it lies under.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "forensics/notable.hpp"
#include "forensics/rules.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::forensics {

struct TrailName {
  std::string name, home_region, account;  // account: empty for an organization's trail, if whose is not known
  auto operator<=>(const TrailName&) const = default;
};

struct Scope {
  bool everything = false;  // nothing is known of what is ours: every subject is
  std::set<std::string> buckets;
  std::set<TrailName> trails;
  std::map<std::string, std::string> owners;  // of organizations' trails, by chain; chains of unknown ones are absent
  std::set<std::string> keys;                 // ARNs and ids
  std::set<std::string> access_keys;          // ids of those by which evidence was touched

  bool has_key(std::string_view key) const;
  // The trail whose digests the chain holds.
  TrailName trail_of(const verdict::ChainCoverage& chain) const;
};

// Of a verdict; `events` may name further keys of its trails, and who has the trail of an organization. Any account may
// have a trail of the same name, and the digests of an organization's do not say whose it is.
Scope scope_of(const verdict::Verdict& verdict, const std::vector<Notable>& events);

bool names_trail(const Notable& event, const TrailName& trail);

// What of ours the event concerns, as it names it: empty for an account; nullopt: nothing of ours.
std::optional<std::string> concern_of(const Notable& event, Subject subject, const Scope& scope);

}  // namespace trailseal::forensics
