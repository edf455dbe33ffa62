// Which keys of a bucket a run acquires.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "collect/record.hpp"

namespace trailseal::collect {

// Where a key stands below "AWSLogs/[org/]account/<kind>/". Parts of the key.
struct Place {
  std::string_view account, kind;  // kind: "CloudTrail-Digest", "CloudTrail", ...
  std::string_view region;         // empty: the folder below the kind is no region's
  std::optional<std::chrono::sys_days> day;

  bool is_digest() const { return kind == "CloudTrail-Digest"; }
};

// nullopt: in no folder of CloudTrail's.
std::optional<Place> place_of(std::string_view key);

bool selects_account(const Selection& selection, std::string_view account);
bool selects_region(const Selection& selection, std::string_view region);

// Around the window of a selection: what verification reads there, as trailseal-verify(1) says.
bool selects_day(const Selection& selection, std::chrono::sys_days day);

// Was every object of such a key acquired, if it was listed? Some digests and logs outside are acquired as well.
bool covers(const Selection& selection, std::string_view key);

// Whether all that `narrow` selects is selected by `wide`, too; times count as the days that they lie in.
bool includes(const Selection& wide, const Selection& narrow);

// The last run, and the earlier ones that met trouble or an early end where no later run has listed all of it again.
std::vector<const Run*> standing(const std::vector<Run>& runs);

}  // namespace trailseal::collect
