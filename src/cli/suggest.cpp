#include <algorithm>
#include <numeric>

#include "cli/command.hpp"

namespace trailseal::cli {
namespace {

// Levenshtein: how many characters must be added, dropped or changed.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t change = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({change, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<std::string> suggest(std::string_view word, const std::vector<std::string_view>& candidates) {
  constexpr std::size_t kLongest = 64;  // nobody mistypes more, and the cost is quadratic
  if (word.size() > kLongest) return std::nullopt;
  std::optional<std::string> best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    // A word that goes on ("digest.sig") or that lacks its first half ("missing") is a good guess too.
    const bool part = word.size() >= 3 && candidate.find(word) != std::string_view::npos;
    const std::size_t far = part ? std::min<std::size_t>(1, distance(word, candidate)) : distance(word, candidate);
    if (far < least) {
      least = far;
      best = std::string(candidate);
    }
  }
  return best;
}

}  // namespace trailseal::cli
