// The chains as figures: what the heat map shows, to sort, to filter and to read aloud.
#include <algorithm>

#include "report/html/parts.hpp"
#include "report/words.hpp"

namespace trailseal::report::html {
namespace {

using verdict::ChainCoverage;

constexpr std::size_t kMostGaps = 5;  // named in a row; the rest is counted

Markup number_cell(std::uint64_t number, std::uint64_t whole) {
  Markup out;
  out << "<td class=\"num\" data-v=\"" << Markup().plain(static_cast<std::int64_t>(number)) << "\">"
      << Markup().number(number);
  if (number != whole) out << " / " << Markup().number(whole);
  return out << "</td>";
}

Markup head(const ChainCoverage& chain) {
  if (!chain.head) return Markup("none");
  Markup out = Markup().time(*chain.head);
  if (chain.head_stale) return out << " " << tag("stale");
  return chain.head_judged ? out : out << " <span class=\"soft\">(freshness not judged)</span>";
}

Markup gaps(const ChainCoverage& chain) {
  Markup out;
  for (std::size_t i = 0; i < std::min(chain.gaps.size(), kMostGaps); ++i)
    out << (i == 0 ? Literal("") : Literal("<br>")) << Markup().interval(chain.gaps[i].interval) << ", "
        << Markup().text(verdict::info(chain.gaps[i].cause).slug);
  if (chain.gaps.size() > kMostGaps) out << "<br>and " << Markup().number(chain.gaps.size() - kMostGaps) << " more";
  return out;
}

}  // namespace

Markup chain_list(const Page& page) {
  if (page.verdict.chains.empty()) return {};
  Markup out;
  out << "<div class=\"scroll\"><table class=\"sortable chains\"><caption>Each chain of digests: one account, trail "
         "and region"
         "</caption><thead><tr><th scope=\"col\">Chain</th><th scope=\"col\">Outcome</th><th scope=\"col\" "
         "class=\"num\">"
         "Digests</th><th scope=\"col\" class=\"num\">Log files</th><th scope=\"col\" class=\"num\">Hours</th>"
         "<th scope=\"col\" class=\"num\">Proven</th><th scope=\"col\">Newest digest</th><th scope=\"col\">Not proven"
         "</th></tr></thead><tbody>";
  for (const ChainCoverage& chain : page.verdict.chains) {
    const auto& tally = chain.tally;
    out << "<tr><th scope=\"row\">" << Markup().text(chain.chain) << "</th><td>" << tag(to_string(chain.outcome))
        << "</td>" << number_cell(tally.digests_verified, tally.digests_found + tally.digests_missing)
        << number_cell(tally.logs_verified, tally.logs_listed) << "<td class=\"num\" data-v=\""
        << Markup().plain(chain.proven_time().count()) << "\">" << Markup().text(hours(chain.proven_time()))
        << "</td><td class=\"num\" data-v=\"" << Markup().plain(chain.proven_basis_points()) << "\">"
        << Markup().text(hundredths(chain.proven_basis_points())) << "%</td><td>" << head(chain) << "</td><td>"
        << gaps(chain) << "</td></tr>";
  }
  return out << "</tbody></table></div>";
}

}  // namespace trailseal::report::html
