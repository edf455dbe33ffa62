#include "forensics/explain_words.hpp"

namespace trailseal::forensics {

std::string who(const Notable& event) {
  const auto& ref = event.event;
  std::string out = ref.actor.empty() ? "somebody whom the record does not name" : ref.actor;
  if (!ref.source_ip.empty()) out += " from " + ref.source_ip;
  if (ref.mfa) out += *ref.mfa ? ", with MFA" : ", without MFA";
  return out;
}

std::string call_by(const Notable& event) {
  return event.event.name + " at " + to_string(event.event.at) + " by " + who(event);
}

std::string refused(const Notable& event) {
  return event.event.name + " at " + to_string(event.event.at) + " by " + who(event) + " was refused (" +
         event.event.error + ")";
}

}  // namespace trailseal::forensics
