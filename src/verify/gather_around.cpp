// The digests outside of a window that those inside need: one proven digest before it and one behind it, to judge the
// links at its borders, and the newest, because freshness and the logs without a digest are measured from it.
//
// The plan lists the days where these usually are and only names the others. A name proves nothing, and whoever can
// plant files can plant thousands that look like digests; so days are listed, and digests read, until one is proven,
// and of those that prove nothing only so many.
#include <algorithm>
#include <chrono>

#include "verify/gather.hpp"

namespace trailseal::verify {
namespace {

// In each direction. A chain whose 256 next digests prove nothing has lost ten days.
constexpr std::size_t kMostUnproven = 256;

Time begin_of(std::int32_t day) { return Time{std::chrono::sys_days{std::chrono::days{day}}}; }

}  // namespace

void Gatherer::read_around(std::uint32_t chain) {
  if (context_.window.since) read_before(chain, *context_.window.since);
  if (context_.window.until) {
    read_behind(chain, *context_.window.until);
    read_newest(chain);
  }
}

void Gatherer::read_before(std::uint32_t chain, Time since) {
  auto& refs = refs_[chain];
  const auto& reach = reach_[chain];
  std::size_t unproven = 0;
  for (std::size_t r = refs.size(); reach.oldest_end >= since && unproven < kMostUnproven && !context_.progress.stop;) {
    // The newest day that begins before the window and may hold a younger digest than the next one in the list.
    const auto& days = unlisted_[chain];
    const auto day = std::lower_bound(days.begin(), days.end(), since,
                                      [](const UnlistedDay& a, Time time) { return begin_of(a.day) < time; });
    if (day != days.begin() && (r == 0 || begin_of(std::prev(day)->day) > refs[r - 1].end)) {
      list_day_of(chain, static_cast<std::size_t>(std::prev(day) - days.begin()));
      r = refs.size();
      continue;
    }
    if (r == 0) break;
    --r;
    if (is_read(chain, r) || refs[r].backfill || refs[r].end >= since) continue;
    read({{chain, r}});
    ++unproven;
  }
}

void Gatherer::read_behind(std::uint32_t chain, Time until) {
  auto& refs = refs_[chain];
  const auto& reach = reach_[chain];
  std::size_t unproven = 0;
  for (std::size_t r = 0; reach.newest_start < until && unproven < kMostUnproven && !context_.progress.stop;) {
    const auto& days = unlisted_[chain];
    const auto day = std::upper_bound(days.begin(), days.end(), until,
                                      [](Time time, const UnlistedDay& a) { return time < begin_of(a.day); });
    while (r < refs.size() && (is_read(chain, r) || refs[r].backfill || refs[r].end <= until)) ++r;
    if (day != days.end() && (r == refs.size() || begin_of(day->day) < refs[r].end)) {
      list_day_of(chain, static_cast<std::size_t>(day - days.begin()));
      r = 0;
      continue;
    }
    if (r == refs.size()) break;
    read({{chain, r++}});
    ++unproven;
  }
  // Behind them may be the one that shows what is missing at the window's end.
  if (unproven == kMostUnproven && reach.newest_end < until)
    listing_findings_.add(listing_fault(
        group_.chains[chain].id.to_string(),
        Error{Errc::limit, "the next " + std::to_string(kMostUnproven) + " digests behind the window prove nothing"}));
}

void Gatherer::read_newest(std::uint32_t chain) {
  auto& refs = refs_[chain];
  const auto& reach = reach_[chain];
  std::size_t unproven = 0;
  for (std::size_t r = refs.size(); unproven < kMostUnproven && !context_.progress.stop;) {
    const auto& days = unlisted_[chain];
    if (!days.empty() && begin_of(days.back().day + 1) > reach.newest_end &&
        (r == 0 || begin_of(days.back().day) > refs[r - 1].end)) {
      list_day_of(chain, days.size() - 1);
      r = refs.size();
      continue;
    }
    if (r == 0) break;
    --r;
    if (refs[r].backfill) continue;
    if (!is_read(chain, r)) {
      read({{chain, r}});
      ++unproven;
    }
    if (reach.newest_end >= refs[r].end) break;
  }
}

void Gatherer::list_day_of(std::uint32_t chain, std::size_t unlisted) {
  const UnlistedDay day = unlisted_[chain][unlisted];
  unlisted_[chain].erase(unlisted_[chain].begin() + static_cast<std::ptrdiff_t>(unlisted));
  const Location& location = plan_.locations[day.location];
  const auto trouble = [&](std::string_view where, const Error& error) {
    listing_findings_.add(listing_fault(uri(context_.buckets[location.source], where), error));
  };
  auto& refs = refs_[chain];
  auto& read = read_[chain];
  for (const auto& digest : list_day(*context_.sources[location.source].store, location.root, group_.chains[chain].id,
                                     day.day, context_.progress.stop, trouble)) {
    const DigestRef ref{digest.end, day.location, day.day, digest.backfill};
    const auto at = std::lower_bound(refs.begin(), refs.end(), ref) - refs.begin();
    refs.insert(refs.begin() + at, ref);
    read.insert(read.begin() + at, false);
  }
}

}  // namespace trailseal::verify
