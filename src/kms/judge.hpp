// Judgement of KMS keys: pure functions from answers and coverage to findings. Every one of them warns; what could not
// be read is open.
#pragma once

#include <vector>

#include "trailseal/kms.hpp"
#include "trailseal/verdict.hpp"

namespace trailseal::kms {

// Adds findings, and one KmsKeySettings for each key, to the verdict, whose chains tell which trails and accounts there
// are and where the proof has gaps. `filtered`: the verdict holds only part of the chains of its sources, so what is
// missing among them is not called foreign.
void judge_keys(const Answers& answers, bool filtered, verdict::Verdict& verdict);

}  // namespace trailseal::kms
