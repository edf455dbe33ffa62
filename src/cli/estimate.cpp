#include "cli/estimate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/escape.hpp"
#include "report/words.hpp"

namespace trailseal::cli {

std::string estimate_text(const std::map<std::string, Estimate>& rows, std::uint64_t lists) {
  std::size_t width = 5;
  Estimate sum;
  for (const auto& [name, row] : rows) {
    width = std::max(width, base::printable(name).size());
    sum.objects += row.objects;
    sum.bytes += row.bytes;
  }
  const auto line = [&](const std::string& name, const Estimate& row) {
    return fmt::format("  {:<{}}  {:>12} objects  {:>10}\n", name, width, report::thousands(row.objects),
                       report::bytes(row.bytes));
  };
  std::string out;
  for (const auto& [name, row] : rows) out += line(base::printable(name), row);
  out += line("total", sum);
  const std::uint64_t millionths = (sum.objects * kGetPrice + lists * kListPrice + 999) / 1000;
  out += fmt::format("requests: {} GET, {} LIST; about ${}.{:04} for them, transfer out of AWS not counted\n",
                     report::thousands(sum.objects), report::thousands(lists), millionths / 1'000'000,
                     millionths % 1'000'000 / 100);
  return out;
}

}  // namespace trailseal::cli
