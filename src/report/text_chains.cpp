#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/text_layout.hpp"
#include "report/text_parts.hpp"
#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::ChainCoverage;
using verdict::Outcome;
using verdict::Verdict;

constexpr std::size_t kWidthForAge = 100;
constexpr std::size_t kManyChains = 40;  // more than a screen: fold those in which there is nothing to see

bool nothing_to_see(const ChainCoverage& chain) {
  return chain.outcome == Outcome::verified && chain.gaps.empty() && !chain.head_stale;
}

std::string outcome_word(Outcome outcome) {
  // Capitals for what needs the eye, also without colour.
  switch (outcome) {
    case Outcome::verified: return "verified";
    case Outcome::open: return "OPEN";
    case Outcome::violated: return "VIOLATED";
  }
  return "";
}

std::string head_words(const ChainCoverage& chain, const std::optional<Time>& fresh_at, bool with_age) {
  if (!chain.head) return "none";
  std::string words = readable(*chain.head).substr(5, 11);
  if (!chain.head_judged) return words + " unjudged";
  words += chain.head_stale ? " STALE" : " fresh";
  if (with_age && fresh_at && *fresh_at > *chain.head) {
    words += ", " + to_string(Seconds{std::chrono::ceil<std::chrono::minutes>(*fresh_at - *chain.head)}) + " old";
  }
  return words;
}

std::string tenths_of_hours(Seconds span) {
  return fmt::format("{}.{}", thousands(static_cast<std::uint64_t>(span.count() / 3600)), span.count() % 3600 / 360);
}

// "96", or "94/96" when not all are proven.
std::string proven_of(std::uint64_t proven, std::uint64_t all) {
  return proven == all ? thousands(all) : fmt::format("{}/{}", thousands(proven), thousands(all));
}

struct Row {
  const ChainCoverage* chain;
  std::string outcome, region, digests, logs, hours, percent, head;
};

Row make_row(const ChainCoverage& chain, const std::optional<Time>& fresh_at, bool with_age) {
  const verdict::Tally& tally = chain.tally;
  return {&chain,
          outcome_word(chain.outcome),
          base::printable(chain.region),
          proven_of(tally.digests_verified, tally.digests_found + tally.digests_missing),
          proven_of(tally.logs_verified, tally.logs_listed),
          tenths_of_hours(chain.proven_time()),
          hundredths(chain.proven_basis_points()) + "%",
          head_words(chain, fresh_at, with_age)};
}

std::size_t widest(const std::vector<Row>& rows, std::string Row::*column, std::string_view title) {
  std::size_t width = title.size();
  for (const Row& row : rows) width = std::max(width, (row.*column).size());
  return width;
}

}  // namespace

std::vector<const ChainCoverage*> shown_chains(const Verdict& verdict, const Style& style) {
  const bool fold = !style.verbose && verdict.chains.size() > kManyChains;
  std::vector<const ChainCoverage*> shown;
  for (const ChainCoverage& chain : verdict.chains) {
    if (!fold || !nothing_to_see(chain)) shown.push_back(&chain);
  }
  return shown;
}

std::string group_title(const ChainCoverage& chain) {
  return base::printable(fmt::format("{}{}  {} (home {})", chain.org.empty() ? "" : chain.org + "  ", chain.account,
                                     chain.trail, chain.home_region));
}

std::string chain_table(const Verdict& verdict, const Style& style) {
  std::vector<Row> rows;
  const bool with_age = style.width >= kWidthForAge;
  for (const ChainCoverage* chain : shown_chains(verdict, style)) {
    rows.push_back(make_row(*chain, verdict.run.fresh_at, with_age));
  }
  const std::size_t outcome = widest(rows, &Row::outcome, "outcome"), region = widest(rows, &Row::region, "region");
  const std::size_t digests = widest(rows, &Row::digests, "digests"), logs = widest(rows, &Row::logs, "logs");
  const std::size_t span = widest(rows, &Row::hours, "hours"), percent = widest(rows, &Row::percent, "proven");

  const auto line = [&](const Row& row, Tone tone) {
    return fmt::format("  {}  {}  {}  {}  {}  {}  {}\n", paint(left(row.outcome, outcome), tone, style.color),
                       left(row.region, region), right(row.digests, digests), right(row.logs, logs),
                       right(row.hours, span), right(row.percent, percent), row.head);
  };
  std::string out = paint("CHAINS", Tone::title, style.color) + "\n";
  if (!rows.empty()) {
    const Row titles{nullptr, "outcome", "region", "digests", "logs", "hours", "proven", "newest digest UTC"};
    out += line(titles, Tone::plain);
  }
  std::string group;
  for (const Row& row : rows) {
    if (group_title(*row.chain) != group) {
      group = group_title(*row.chain);
      out += " " + paint(group, Tone::title, style.color) + "\n";
    }
    out += line(row, tone_of(row.chain->outcome));
  }
  if (const std::size_t folded = verdict.chains.size() - rows.size(); folded != 0) {
    out += wrap("  ",
                thousands(folded) + (rows.empty() ? "" : " more") + (folded == 1 ? " chain" : " chains") +
                    " verified without a gap (--verbose lists them)",
                style.width, 2);
  }
  return out;
}

}  // namespace trailseal::report
