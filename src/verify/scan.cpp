#include "verify/scan.hpp"

#include <algorithm>
#include <chrono>

namespace trailseal::verify {
namespace {

// A page of S3 has a thousand names: fewer than that have been paid for when the first is seen.
constexpr std::uint64_t kPatience = 2'000;
constexpr std::uint64_t kPatienceInZone = 20'000;

constexpr std::int32_t first_day() {
  using namespace std::chrono;
  return static_cast<std::int32_t>(sys_days{year{0} / January / 1}.time_since_epoch().count());
}
constexpr std::int32_t last_day() {
  using namespace std::chrono;
  return static_cast<std::int32_t>(sys_days{year{9999} / December / 31}.time_since_epoch().count());
}

}  // namespace

std::string day_text(std::int32_t days) {
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days{days}}};
  const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
  const auto month = static_cast<unsigned>(date.month()), day = static_cast<unsigned>(date.day());
  std::string text = "0000/00/00";
  const auto put = [&](std::size_t at, std::size_t width, unsigned number) {
    for (; width > 0; number /= 10) text[at + --width] = static_cast<char>('0' + number % 10);
  };
  put(0, 4, year);
  put(5, 2, month);
  put(8, 2, day);
  return text;
}

// ---- days ---------------------------------------------------------------------------------------------------------

std::optional<Zones::Place> DayZones::day(std::int32_t days) const {
  if (days > last_day()) return std::nullopt;
  return Place{prefix_ + day_text(days) + "/" + name_, false};
}

namespace {

// The first day whose "YYYY/MM/DD/" comes after `rest`.
std::int32_t day_behind(std::string_view rest) {
  std::int32_t low = first_day(), high = last_day() + 1;
  while (low < high) {
    const std::int32_t middle = low + (high - low) / 2;
    if (day_text(middle) + "/" > rest)
      high = middle;
    else
      low = middle + 1;
  }
  return low;
}

}  // namespace

std::optional<Zones::Place> DayZones::find(std::string_view name) const {
  if (name < prefix_) return day(first_day());
  const auto rest = name.substr(prefix_.size());
  const std::int32_t behind = day_behind(rest);
  if (behind == first_day()) return day(behind);
  const std::string before = day_text(behind - 1) + "/";
  if (!rest.starts_with(before)) return day(behind);
  const auto in_day = rest.substr(before.size());
  if (in_day.starts_with(name_)) return Place{std::string(name), true};
  return in_day < name_ ? day(behind - 1) : day(behind);
}

std::optional<Zones::Place> DayZones::next(std::string_view name) const {
  return day(day_behind(name.substr(std::min(prefix_.size(), name.size()))));
}

// ---- folders ------------------------------------------------------------------------------------------------------

std::optional<Zones::Place> FolderZones::find(std::string_view name) const {
  const auto rest = name < prefix_ ? std::string_view() : name.substr(prefix_.size());
  for (const auto& [first, last] : ranges_) {
    if (rest < first) return Place{prefix_ + std::string(first), false};
    if (rest <= last || rest.starts_with(last)) return Place{std::string(name), true};
  }
  return std::nullopt;
}

std::optional<Zones::Place> FolderZones::next(std::string_view name) const {
  const auto rest = name.substr(std::min(prefix_.size(), name.size()));
  for (const auto& [first, last] : ranges_)
    if (rest < first) return Place{prefix_ + std::string(first), false};
  return std::nullopt;
}

std::vector<FolderZones::Range> FolderZones::accounts() { return {{"0", "9"}, {"o-", "o-"}}; }

std::vector<FolderZones::Range> FolderZones::regions() {
  return {{"af-", "af-"}, {"ap-", "ap-"}, {"ca-", "ca-"}, {"cn-", "cn-"}, {"eu-", "eu-"}, {"eusc-", "eusc-"},
          {"il-", "il-"}, {"me-", "me-"}, {"mx-", "mx-"}, {"sa-", "sa-"}, {"us-", "us-"}};
}

std::vector<FolderZones::Range> FolderZones::numbers() { return {{"0", "9"}}; }

// ---- the scan -----------------------------------------------------------------------------------------------------

Result<ScanEnd> scan(const ScanQuestion& question,
                     const std::function<Seen(const store::ObjectInfo& name, bool cut)>& visit,
                     const store::TroubleVisitor& trouble) {
  ScanEnd end;
  std::string after = question.after;
  std::uint64_t foreign = 0, foreign_in_zone = 0;
  for (;;) {
    std::string last;
    const auto take = [&](const store::ObjectInfo& name, bool cut) {
      switch (visit(name, cut)) {
        case Seen::enough: return false;
        case Seen::ours: foreign = foreign_in_zone = 0; break;
        case Seen::foreign:
          if (++foreign < kPatience) break;
          last = name.key;
          return false;
      }
      return !question.stop;
    };
    if (question.delimiter.empty()) {
      TRY_VOID(question.store.list(
          question.prefix, after, [&](const store::ObjectInfo& name) { return take(name, false); }, trouble));
    } else {
      TRY_VOID(question.store.outline(question.prefix, after, question.delimiter, take, trouble));
    }
    if (last.empty()) return end;
    auto place = question.zones.find(last);
    foreign_in_zone += foreign;
    foreign = 0;
    if (place && place->inside && foreign_in_zone < kPatienceInZone) {
      after = last;  // a cut name may come again: it is before everything that it stands for
      if (!question.delimiter.empty() && last.ends_with(question.delimiter)) after += "\U0010FFFF";
      continue;
    }
    if (place && place->inside) {
      end.left.push_back(last);
      place = question.zones.next(last);
    } else if (end.jumps++ == 0) {
      end.first_jump = last;
    }
    foreign_in_zone = 0;
    if (!place) return end;
    after = place->begin;
  }
}

}  // namespace trailseal::verify
