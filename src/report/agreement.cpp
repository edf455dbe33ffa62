// Nothing here judges evidence: it holds what a report repeats against what it repeats. Only what every verdict keeps
// to, whatever the evidence, is asked for; findings that were counted and not kept can speak for anything.
#include "report/agreement.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <span>
#include <utility>

#include "report/words.hpp"

namespace trailseal::report {
namespace {

using verdict::ChainCoverage;
using verdict::Code;
using verdict::Outcome;
using verdict::Severity;
using verdict::Tally;
using verdict::Verdict;

struct Column {
  std::uint64_t Tally::*number;
  const char* path;
};

using Columns = std::span<const Column>;

constexpr Column kDigests[] = {{&Tally::digests_found, "digests.found"},
                               {&Tally::digests_verified, "digests.verified"},
                               {&Tally::digests_violated, "digests.violated"},
                               {&Tally::digests_open, "digests.open"}};
constexpr Column kLogs[] = {{&Tally::logs_listed, "logs.listed"},
                            {&Tally::logs_verified, "logs.verified"},
                            {&Tally::logs_violated, "logs.violated"},
                            {&Tally::logs_open, "logs.open"}};
constexpr Column kMissing[] = {{&Tally::digests_missing, "digests.missing"}};

Outcome outcome_of(Severity severity) {
  if (severity == Severity::violation) return Outcome::violated;
  return severity == Severity::open ? Outcome::open : Outcome::verified;
}

// What is said of a chain while it is judged; settings, keys and older versions are judged later, and change no chain.
bool judged_with_chain(Code code) {
  const auto slug = verdict::info(code).slug;
  return slug.starts_with("digest.") || slug.starts_with("chain.") || slug.starts_with("log.");
}

// Of all findings that name one chain.
struct OfChain {
  std::set<Code> codes;
  Outcome least = Outcome::verified, most = Outcome::verified;
};

class Agreement {
 public:
  explicit Agreement(const Verdict& verdict)
      : verdict_(verdict),
        totals_(verdict.findings.totals()),
        numbers_(verdict.findings.numbers()),
        all_kept_(verdict.findings.dropped() == 0) {
    for (const verdict::Finding& finding : verdict.findings.sorted()) {
      const Outcome outcome = outcome_of(severity_of(finding.code, verdict.run.strict));
      OfChain& chain = chains_[finding.chain];
      chain.codes.insert(finding.code);
      chain.most = std::max(chain.most, outcome);
      if (judged_with_chain(finding.code)) chain.least = std::max(chain.least, outcome);
    }
    // Refused credentials are told once for all chains.
    refused_ = totals_.contains(Code::source_credentials_refused);
    for (const ChainCoverage& chain : verdict.chains) {
      Outcome& stated = stated_[chain.chain];
      stated = std::max(stated, chain.outcome);
    }
  }

  std::string first_contradiction() const {
    if (auto place = in_totals(); !place.empty()) return place;
    for (std::size_t i = 0; i < verdict_.chains.size(); ++i)
      if (const auto place = in_chain(verdict_.chains[i]); !place.empty())
        return "chains[" + std::to_string(i) + "]." + place;
    const auto& explanations = verdict_.forensics.explanations;
    for (std::size_t i = 0; i < explanations.size(); ++i)
      if (!is_told(explanations[i])) return "forensics.explanations[" + std::to_string(i) + "].code";
    return {};
  }

 private:
  const OfChain& of(const std::string& chain) const {
    static const OfChain kNone;
    const auto found = chains_.find(chain);
    return found == chains_.end() ? kNone : found->second;
  }
  std::uint64_t total(Code code) const {
    const auto found = totals_.find(code);
    return found == totals_.end() ? 0 : found->second;
  }

  // How many findings of this severity tell of single objects: those whose slug begins so.
  std::uint64_t number(std::string_view prefix, Severity severity) const {
    std::uint64_t sum = 0;
    for (const auto& [code, number] : numbers_) {
      const auto& info = verdict::info(code);
      const bool either = code == Code::crypto_backends_disagree;
      if (code != Code::digest_missing && info.severity == severity && (either || info.slug.starts_with(prefix)))
        sum += number;
    }
    return sum;
  }

  // Every digest and log is in one column, and what is in no good one has a finding of its own.
  std::string in_columns(const Tally& tally) const {
    if (tally.digests_violated > number("digest.", Severity::violation)) return "digests.violated";
    if (tally.logs_violated > number("log.", Severity::violation)) return "logs.violated";
    if (!refused_ && tally.digests_open > number("digest.", Severity::open)) return "digests.open";
    if (!refused_ && tally.logs_open > number("log.", Severity::open)) return "logs.open";
    if (!verdict_.complete) return {};
    for (const auto columns : {Columns(kDigests), Columns(kLogs)}) {
      std::uint64_t rest = tally.*columns[0].number;
      for (const Column& column : columns.subspan(1)) {
        if (tally.*column.number > rest) return column.path;
        rest -= tally.*column.number;
      }
      if (rest != 0) return columns[0].path;
    }
    return {};
  }

  std::string in_totals() const {
    const Tally& tally = verdict_.tally;
    const std::string place = in_columns(tally);
    if (!place.empty()) return "totals." + place;
    if (!verdict_.complete) return {};
    Tally sum;
    for (const ChainCoverage& chain : verdict_.chains) sum.add(chain.tally);
    for (const auto columns : {Columns(kDigests), Columns(kLogs), Columns(kMissing)})
      for (const Column& column : columns)
        if (sum.*column.number != tally.*column.number) return std::string("totals.") + column.path;
    if (tally.digests_missing != total(Code::digest_missing)) return "totals.digests.missing";
    if (tally.logs_unlisted != total(Code::log_unlisted)) return "totals.logs.unlisted";
    if (tally.logs_pending != total(Code::log_pending)) return "totals.logs.pending";
    if (tally.logs_not_covered != total(Code::log_kind_not_covered)) return "totals.logs.not_covered";
    return {};
  }

  std::string in_chain(const ChainCoverage& chain) const {
    const OfChain& told = of(chain.chain);
    const Outcome stated = stated_.at(chain.chain);
    if (stated < told.least) return "outcome";
    const Outcome most = refused_ ? std::max(told.most, Outcome::open) : told.most;
    if (all_kept_ && stated > most) return "outcome";
    if (chain.head_stale && !is_told(told, Code::chain_head_stale)) return "head_state";
    for (std::size_t i = 0; i < chain.gaps.size(); ++i)
      if (!is_told(told, chain.gaps[i].cause)) return "gaps[" + std::to_string(i) + "].cause";
    return fills_its_span(chain) ? std::string() : "gaps";
  }

  bool is_told(const OfChain& told, Code code) const {
    if (!all_kept_ || told.codes.contains(code)) return true;
    if (code == Code::source_credentials_refused) return refused_;
    // What no cause fits has a finding only where it is not the ragged edge of something that is told.
    return code == Code::chain_gap && (refused_ || told.most != Outcome::verified);
  }

  bool is_told(const verdict::Explanation& explanation) const {
    if (!all_kept_ || totals_.contains(explanation.code)) return true;
    return std::ranges::any_of(verdict_.chains, [&](const ChainCoverage& chain) {
      return std::ranges::any_of(chain.gaps, [&](const verdict::Gap& gap) { return gap.cause == explanation.code; });
    });
  }

  // The gaps are what is left of the span, each with its cause.
  static bool fills_its_span(const ChainCoverage& chain) {
    std::vector<Interval> parts = chain.proven;
    for (const verdict::Gap& gap : chain.gaps) parts.push_back(gap.interval);
    std::ranges::sort(parts);
    Time at = chain.span.begin;
    for (const Interval& part : parts) {
      if (part.begin != at || part.end <= at) return false;
      at = part.end;
    }
    return at == chain.span.end;
  }

  const Verdict& verdict_;
  std::map<Code, std::uint64_t> totals_, numbers_;
  std::map<std::string, OfChain> chains_;
  std::map<std::string, Outcome> stated_;  // two prefixes may hold chains of one name
  bool all_kept_;
  bool refused_ = false;
};

}  // namespace

std::string contradiction(const Verdict& verdict) { return Agreement(verdict).first_contradiction(); }

}  // namespace trailseal::report
