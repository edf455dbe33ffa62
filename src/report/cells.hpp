// What each hour, day or longer stretch of a chain is: the text report's timeline and the heat map are drawn of it.
//
// CloudTrail's digests end once an hour at some fixed minute and second of the chain ("13:52"). Cells are therefore
// laid along each chain's own hours, so that one missing digest is one cell and not two halves.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "trailseal/verdict.hpp"

namespace trailseal::report {

// In rising order: of what meets in one cell, the worst is shown.
enum class Cell : char { outside, tail, proven, open, violated };

struct Axis {
  Time begin;  // of the first cell; a multiple of the unit's natural border
  Seconds unit;
  std::size_t cells;

  Time begin_of(std::size_t at) const { return begin + unit * static_cast<std::int64_t>(at); }
};

// How far this chain's hours stand from the clock's: -30 to +30 minutes.
Seconds phase(const verdict::ChainCoverage& chain);

// From the first to the last second that has a cell, each chain moved by its phase; nullopt: there is none.
std::optional<Interval> extent(const std::vector<const verdict::ChainCoverage*>& chains);

// Cells of an hour, or of one or more days, over all of `span`.
Axis make_axis(const Interval& span, Seconds unit);

// The cells of one chain. `findings`: sorted, of all chains.
std::vector<Cell> row_of(const verdict::ChainCoverage& chain, const verdict::Verdict& verdict,
                         const std::vector<verdict::Finding>& findings, const Axis& axis);

}  // namespace trailseal::report
