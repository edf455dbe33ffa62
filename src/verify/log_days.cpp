#include "verify/log_days.hpp"

#include <algorithm>

#include "base/parallel.hpp"
#include "verify/scan.hpp"

namespace trailseal::verify {
namespace {

using std::chrono::sys_days;
using verdict::Code;

constexpr std::size_t kMostForeignFolders = 100;  // below one folder

// "…/region/", or a year or month below it.
struct Level {
  const LogFolder* folder;
  std::string prefix;
  int year = 0, month = 0;  // 0: not yet
};

struct Answer {
  std::vector<Level> below;
  std::vector<LogDay> days;
  verdict::Findings findings;
};

// The number that a folder's name is, if it has as many digits as it should.
std::optional<int> number(std::string_view text, std::size_t width) {
  if (text.size() != width || !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
    return std::nullopt;
  int value = 0;
  for (const char c : text) value = value * 10 + (c - '0');
  return value;
}

sys_days date(int year, int month, int day) {
  using namespace std::chrono;
  return sys_days{std::chrono::year{year} / std::chrono::month{static_cast<unsigned>(month)} / 1} + days{day - 1};
}

class Descent {
 public:
  Descent(Context& context, const Plan& plan, const DaysMatter& matter)
      : context_(context), plan_(plan), matter_(matter) {}

  Answer list(const Level& level) const {
    Answer out;
    const auto& location = plan_.locations[level.folder->location];
    const auto& bucket = context_.buckets[location.source];
    const auto trouble = [&](std::string_view where, const Error& error) {
      out.findings.add(listing_fault(uri(bucket, where), error));
    };
    std::size_t foreign = 0;
    const FolderZones zones(level.prefix, FolderZones::numbers());
    const auto end = scan(
        {*context_.sources[location.source].store, level.prefix, {}, "/", zones, context_.progress.stop},
        [&](const store::ObjectInfo& name, bool cut) {
          if (!cut) {
            if (!name.key.ends_with('/'))
              out.findings.add({.code = Code::log_foreign_object, .subject = uri(bucket, name.key)});
            return Seen::foreign;
          }
          if (take(level, name.key, out)) return Seen::ours;
          if (++foreign <= kMostForeignFolders) out.days.push_back({level.folder, name.key, std::nullopt});
          return Seen::foreign;
        },
        trouble);
    if (!end) {
      trouble(level.prefix, end.error());
    } else if (foreign > kMostForeignFolders || end->jumps > 0 || !end->left.empty()) {
      out.findings.add({.code = Code::log_foreign_object,
                        .subject = uri(bucket, level.prefix),
                        .detail = "so many that not all were looked at"});
      if (!end->left.empty()) trouble(level.prefix, Error{Errc::limit, "more folders than CloudTrail makes"});
    }
    return out;
  }

 private:
  // False: no folder of CloudTrail's.
  bool take(const Level& level, const std::string& folder, Answer& out) const {
    const auto value =
        number(std::string_view(folder).substr(level.prefix.size(), folder.size() - level.prefix.size() - 1),
               level.year == 0 ? 4 : 2);
    if (!value) return false;
    if (level.year == 0) {
      if (*value == 0) return false;
      if (matter_(date(*value, 1, 1), date(*value, 12, 31))) out.below.push_back({level.folder, folder, *value, 0});
      return true;
    }
    if (level.month == 0) {
      if (*value < 1 || *value > 12) return false;
      if (matter_(date(level.year, *value, 1), date(level.year, *value, 31)))
        out.below.push_back({level.folder, folder, level.year, *value});
      return true;
    }
    const std::chrono::year_month_day day{std::chrono::year{level.year},
                                          std::chrono::month{static_cast<unsigned>(level.month)},
                                          std::chrono::day{static_cast<unsigned>(*value)}};
    if (!day.ok()) return false;
    if (matter_(sys_days{day}, sys_days{day})) out.days.push_back({level.folder, folder, sys_days{day}});
    return true;
  }

  Context& context_;
  const Plan& plan_;
  const DaysMatter& matter_;
};

}  // namespace

std::vector<LogDay> find_log_days(Context& context, const Plan& plan, const GroupPlan& group, const DaysMatter& matter,
                                  verdict::Findings& findings) {
  std::vector<Level> levels;
  for (const auto& folder : group.folders) {
    const auto& root = plan.locations[folder.location].root;
    if (context.selects_logs(group.account, group.region, root.org))
      levels.push_back({&folder, root.key() + std::string(trail::folder_name(folder.kind)) + "/" + group.region + "/"});
  }
  const Descent descent(context, plan, matter);
  std::vector<LogDay> days;
  while (!levels.empty() && !context.progress.stop) {
    std::vector<Answer> answers(levels.size());
    base::parallel_for(context.jobs, levels.size(), 1, [&](std::size_t i) {
      if (!context.progress.stop) answers[i] = descent.list(levels[i]);
    });
    levels.clear();
    for (auto& answer : answers) {
      findings.merge(std::move(answer.findings));
      std::move(answer.below.begin(), answer.below.end(), std::back_inserter(levels));
      std::move(answer.days.begin(), answer.days.end(), std::back_inserter(days));
    }
  }
  return days;
}

}  // namespace trailseal::verify
