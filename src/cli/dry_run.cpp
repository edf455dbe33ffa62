#include "cli/dry_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "cli/estimate.hpp"

namespace trailseal::cli {
namespace {

using verify::Amount;

constexpr int kNotAll = 2;

bool not_listed(verdict::Code code) {
  return code == verdict::Code::source_unreadable || code == verdict::Code::source_credentials_refused;
}

// 1234567 -> "1,234,567"
std::string grouped(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t at = text.size(); at > 3;) text.insert(at -= 3, ",");
  return text;
}

std::string size_of(std::uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "kB", "MB", "GB", "TB", "PB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 999.95 && unit + 1 < std::size(kUnits); ++unit) size /= 1000;
  return unit == 0 ? fmt::format("{} B", bytes) : fmt::format("{:.1f} {}", size, kUnits[unit]);
}

double cost_of_requests(const verify::Estimate& estimate) {
  return static_cast<double>(estimate.get_requests()) * kGetPrice / 1e9 +
         static_cast<double>(estimate.list_requests) * kListPrice / 1e9;
}

std::uint64_t bytes_of(const verify::Estimate& estimate) {
  return estimate.digests().bytes + estimate.log_files().bytes;
}

double cost_of_transfer(const verify::Estimate& estimate) {
  return static_cast<double>(bytes_of(estimate)) / 1e9 * kOutPrice / 1e6;
}

struct Row {
  std::string name;
  Amount amount;
};

void table(std::string& out, std::string_view title, std::string_view unit, const std::vector<Row>& rows) {
  if (rows.empty()) return;
  std::size_t width = title.size(), number = unit.size(), bytes = 5;
  for (const Row& row : rows) {
    width = std::max(width, row.name.size());
    number = std::max(number, grouped(row.amount.objects).size());
    bytes = std::max(bytes, size_of(row.amount.bytes).size());
  }
  out += fmt::format("{:<{}}  {:>{}}  {:>{}}\n", title, width, unit, number, "bytes", bytes);
  for (const Row& row : rows)
    out += fmt::format("{:<{}}  {:>{}}  {:>{}}\n", row.name, width, grouped(row.amount.objects), number,
                       size_of(row.amount.bytes), bytes);
  out += "\n";
}

std::string text_of(const verify::Estimate& estimate, bool verbose, bool interrupted) {
  std::string out = "Dry run: listings only, no object was read and nothing was checked.\n\n";
  std::vector<Row> chains, logs;
  for (const auto& [chain, amount] : estimate.chains) chains.push_back({base::printable(chain), amount});
  table(out, "digests of the chain", "files", chains);
  for (const auto& [group, days] : estimate.logs) {
    Amount sum;
    for (const auto& [day, amount] : days) sum.add(amount);
    logs.push_back({base::printable(group.first + "/" + group.second), sum});
    if (verbose)
      for (const auto& [day, amount] : days) logs.push_back({"  " + day, amount});
  }
  table(out, "log files of the account and region", "files", logs);
  if (estimate.empty()) out += "There is no digest in what was listed.\n\n";
  for (const auto& finding : estimate.findings.sorted())
    if (not_listed(finding.code))
      out += fmt::format("not listed: {}: {}\n", base::printable(finding.subject), base::printable(finding.detail));
  if (interrupted) out += "not listed: the rest, because the dry run was interrupted\n";
  const Amount digests = estimate.digests(), files = estimate.log_files();
  out += fmt::format("total      {} digests, {} log files, {}\n", grouped(digests.objects), grouped(files.objects),
                     size_of(bytes_of(estimate)));
  out += fmt::format("requests   about {} GET, {} LIST\n", grouped(estimate.get_requests()),
                     grouped(estimate.list_requests));
  out += fmt::format(
      "cost       about ${:.4f} for requests, and ${:.4f} if the bytes leave the region for the "
      "Internet\n",
      cost_of_requests(estimate), cost_of_transfer(estimate));
  out += fmt::format("           list price us-east-1, {}: 1,000 GET ${:.4f}, 1,000 LIST ${:.4f}, 1 GB out ${:.2f}\n",
                     kPriceDate, kGetPrice / 1e6, kListPrice / 1e6, kOutPrice / 1e6);
  out += "not in it  keys and settings; the logs around gaps, which are read once more; the versions of --versions\n";
  return out;
}

std::string json_of(const verify::Estimate& estimate, bool interrupted) {
  using Json = nlohmann::ordered_json;
  const auto amount = [](const Amount& of) { return Json{{"files", of.objects}, {"bytes", of.bytes}}; };
  Json chains = Json::array(), logs = Json::array(), troubles = Json::array();
  for (const auto& [chain, of] : estimate.chains) {
    Json row{{"chain", base::printable(chain)}};
    row.update(amount(of));
    chains.push_back(std::move(row));
  }
  for (const auto& [group, days] : estimate.logs)
    for (const auto& [day, of] : days) {
      Json row{{"account", group.first}, {"region", group.second}, {"day", day}};
      row.update(amount(of));
      logs.push_back(std::move(row));
    }
  for (const auto& finding : estimate.findings.sorted())
    if (not_listed(finding.code))
      troubles.push_back({{"subject", base::printable(finding.subject)}, {"detail", base::printable(finding.detail)}});
  const Json all{{"dry_run", true},
                 {"complete", !interrupted && troubles.empty()},
                 {"digests", chains},
                 {"logs", logs},
                 {"not_listed", troubles},
                 {"total", {{"digests", amount(estimate.digests())}, {"logs", amount(estimate.log_files())}}},
                 {"requests", {{"get", estimate.get_requests()}, {"list", estimate.list_requests}}},
                 {"cost_usd",
                  {{"requests", cost_of_requests(estimate)},
                   {"transfer_out", cost_of_transfer(estimate)},
                   {"prices", std::string("list price us-east-1, ") + kPriceDate}}}};
  return all.dump(2) + "\n";
}

}  // namespace

std::optional<UsageError> check_dry_run(const std::vector<ReportWish>& wishes) {
  for (const ReportWish& wish : wishes)
    if (wish.format->name != "json" && wish.format->name != "text")
      return UsageError{fmt::format("a dry run cannot be reported as {}", wish.format->name), "as text or json it can"};
  return std::nullopt;
}

int write_dry_run(const verify::Estimate& estimate, const std::vector<ReportWish>& wishes, bool verbose,
                  bool interrupted) {
  const auto totals = estimate.findings.totals();
  const bool listed = std::none_of(totals.begin(), totals.end(), [](const auto& row) { return not_listed(row.first); });
  const bool all = listed && !interrupted && !estimate.chains.empty();
  const int status = all ? 0 : kNotAll;
  const ReportWish* to_stdout = nullptr;
  const auto content = [&](const ReportWish& wish) {
    return wish.format->name == "json" ? json_of(estimate, interrupted) : text_of(estimate, verbose, interrupted);
  };
  for (const ReportWish& wish : wishes) {
    if (wish.path.empty()) {
      to_stdout = &wish;
      continue;
    }
    auto file = ReportFile::create(wish.path);
    if (!file) return fail("cannot write the report " + base::printable(file.error().message));
    if (const auto written = file->commit(content(wish)); !written)
      return fail("cannot write the report " + base::printable(written.error().message));
  }
  return to_stdout == nullptr ? status : print(content(*to_stdout), status);
}

}  // namespace trailseal::cli
