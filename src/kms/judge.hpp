// Judgement of KMS keys: pure functions from answers and coverage to findings. Every one of them warns; what could not
// be read is open.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "kms/key_events.hpp"
#include "trailseal/kms.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::kms {

// What the verified logs of this very evidence tell of keys.
struct Witnessed {
  std::vector<KeyEvent> events;
  std::set<std::string> keys;                           // ARNs of those under which objects lie
  std::map<std::string, std::set<std::string>> trails;  // ARN of a trail: ARNs of the keys that were used for it
};

// Adds findings, and one KmsKeySettings for each key, to the verdict, whose chains tell which trails and accounts there
// are and where the proof has gaps. A key that only the logs know of has no settings, but its events are related to the
// gaps. `filtered`: the verdict holds only part of the chains of its sources, so what is
// missing among them is not called foreign.
void judge_keys(const Answers& answers, const Witnessed& witnessed, bool filtered, verdict::Verdict& verdict);

}  // namespace trailseal::kms
