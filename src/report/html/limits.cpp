// What this page does not say: the hours and objects that were not proven, and what was asked for at all.
#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

Markup list_of(const std::vector<std::string>& words) {
  Markup out;
  for (const std::string& word : words) {
    if (!out.empty()) out << ", ";
    out.text(word);
  }
  return out;
}

Markup moment(const std::optional<Time>& time) { return time ? Markup().time(*time) << " UTC" : Markup(); }

}  // namespace

Markup limits(const Page& page) {
  const auto& run = page.verdict.run;
  Markup out;
  out << "<h3>Not proven</h3><ul>";
  for (const std::string& item : not_proven(page.verdict)) out << "<li>" << Markup().text(item) << "</li>";
  out << "<li>what no bucket can show: that CloudTrail recorded every event (a trail records what its selectors "
         "choose), "
         "and what the events themselves claim</li></ul><h3>Asked for</h3><dl class=\"facts\">";
  out << fact("Since", run.since ? moment(run.since) : Markup("the beginning"))
      << fact("Until", run.until ? moment(run.until) : Markup("the end")) << fact("Clock", moment(run.now))
      << fact("Accounts", list_of(run.accounts)) << fact("Regions", list_of(run.regions))
      << fact("Trails", list_of(run.trails)) << fact("Organizations", list_of(run.orgs))
      << fact("KMS key expected", Markup().text(run.expected_kms_key));
  if (run.fresh_at)
    out << fact("Newest digests", Markup() << "judged as of " << moment(run.fresh_at) << " ("
                                           << Markup().text(run.fresh_at_origin) << "), "
                                           << Markup().text(to_string(run.max_head_age)) << " old at most");
  if (run.strict) out << fact("Strict", Markup("warnings, unlisted logs and foreign objects are violations"));
  if (run.versions) out << fact("Versions", Markup("the history of objects was asked for, too"));
  return out << "</dl>";
}

}  // namespace trailseal::report::html
