#include <algorithm>

#include "report/html/parts.hpp"

namespace trailseal::report::html {

std::string anchor(verdict::Code code) {
  std::string out(verdict::info(code).slug);
  std::ranges::replace(out, '.', '-');
  return out;
}

Markup tag(std::string_view word) {
  return Markup() << "<span class=\"tag " << Markup().text(word) << "\">" << Markup().text(word) << "</span>";
}

Markup fact(Literal name, const Markup& value) {
  return value.empty() ? Markup() : Markup() << "<dt>" << name << "</dt><dd>" << value << "</dd>";
}

Markup who_did(const verdict::EventRef& event) {
  Markup out;
  out.time(event.at) << " <strong>" << Markup().text(event.name) << "</strong>";
  if (!event.error.empty()) out << " (refused: " << Markup().text(event.error) << ")";
  const std::string& who = event.actor.empty() ? event.user : event.actor;
  if (!who.empty()) out << " by " << Markup().code(who);
  if (!event.source_ip.empty()) out << " from " << Markup().code(event.source_ip);
  if (event.mfa) out << (*event.mfa ? Literal(", with MFA") : Literal(", without MFA"));
  if (event.standing != verdict::Standing::verified) out << " " << tag(to_string(event.standing));
  return out;
}

Markup cited(const verdict::EventRef& event) { return who_did(event) << "<br>" << recorded(event); }

Markup recorded(const verdict::EventRef& event) {
  Markup out;
  out << "<span class=\"soft\">event " << Markup().code(event.id);
  if (!event.log.empty()) out << ", record " << Markup().number(event.record) << " of " << Markup().code(event.log);
  if (!event.digest.empty()) out << ", listed by " << Markup().code(event.digest);
  return out << "</span>";
}

}  // namespace trailseal::report::html
