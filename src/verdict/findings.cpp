#include <algorithm>
#include <utility>

#include "trailseal/verdict.hpp"

namespace trailseal::verdict {

// The first n of a union are the first n of (the first n of each part), so keeping n per part loses nothing: that is
// what makes merging associative in spite of the cap.
void Findings::keep(PerCode& entry, Finding finding) {
  if (entry.kept.size() == kMaxPerCode) {
    const auto last = std::prev(entry.kept.end());
    if (!(finding < *last)) return;
    entry.kept.erase(last);
  }
  entry.kept.insert(std::move(finding));
}

void Findings::add(Finding finding) {
  PerCode& entry = by_code_[finding.code];
  ++entry.number;
  entry.total += finding.count;
  keep(entry, std::move(finding));
}

void Findings::merge(Findings other) {
  for (auto& [code, theirs] : other.by_code_) {
    PerCode& ours = by_code_[code];
    ours.number += theirs.number;
    ours.total += theirs.total;
    while (!theirs.kept.empty()) keep(ours, std::move(theirs.kept.extract(theirs.kept.begin()).value()));
  }
}

void Findings::add_unkept(Code code, std::uint64_t number, std::uint64_t total) {
  if (number == 0) return;
  PerCode& entry = by_code_[code];
  entry.number += number;
  entry.total += total;
}

void Findings::fold(Code code, std::string subject) {
  const auto found = by_code_.find(code);
  if (found == by_code_.end() || found->second.kept.empty()) return;
  PerCode& entry = found->second;
  Finding one = *entry.kept.begin();
  one.chain.clear();
  one.when.reset();
  one.subject = std::move(subject);
  one.count = entry.total;
  entry.kept = {std::move(one)};
  entry.number = 1;
}

void Findings::prefix_subjects(std::string_view prefix) {
  for (auto& [code, entry] : by_code_) {
    std::multiset<Finding> renamed;
    for (auto finding : entry.kept) {
      finding.subject.insert(0, prefix);
      renamed.insert(std::move(finding));
    }
    entry.kept = std::move(renamed);
  }
}

std::vector<Finding> Findings::sorted() const {
  std::vector<Finding> all;
  for (const auto& [code, entry] : by_code_) all.insert(all.end(), entry.kept.begin(), entry.kept.end());
  std::ranges::sort(all, std::less<>{});
  return all;
}

std::map<Code, std::uint64_t> Findings::totals() const {
  std::map<Code, std::uint64_t> totals;
  for (const auto& [code, entry] : by_code_) totals[code] = entry.total;
  return totals;
}

std::map<Code, std::uint64_t> Findings::numbers() const {
  std::map<Code, std::uint64_t> numbers;
  for (const auto& [code, entry] : by_code_) numbers[code] = entry.number;
  return numbers;
}

std::uint64_t Findings::dropped() const noexcept {
  std::uint64_t dropped = 0;
  for (const auto& [code, entry] : by_code_) dropped += entry.number - entry.kept.size();
  return dropped;
}

std::uint64_t Findings::count(Severity severity, bool strict) const {
  std::uint64_t number = 0;
  for (const auto& [code, entry] : by_code_) {
    const CodeInfo& about = info(code);
    if ((strict ? about.strict : about.severity) == severity) number += entry.number;
  }
  return number;
}

Outcome Findings::outcome(bool strict) const {
  if (count(Severity::violation, strict) != 0) return Outcome::violated;
  return count(Severity::open, strict) != 0 ? Outcome::open : Outcome::verified;
}

}  // namespace trailseal::verdict
