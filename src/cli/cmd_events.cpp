// trailseal events: what the logs that verify tell, as the console's Event history shows it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <mutex>

#include "base/escape.hpp"
#include "cli/command.hpp"
#include "cli/event_output.hpp"
#include "cli/evidence.hpp"
#include "forensics/read_events.hpp"
#include "trailseal/report.hpp"

namespace trailseal::cli {
namespace {

using forensics::EventFilter;
using verdict::Code;

constexpr std::size_t kMaxHistory = std::size_t{1} << 29;  // of one export: 200,000 events or so
// Events are delivered some minutes after they happened, so that those of the window's end lie in digests behind it.
// Less than the hour after which the head of a chain would be called stale.
constexpr std::chrono::minutes kDelivery{30};
constexpr std::size_t kNamedLogs = 3;

std::vector<Flag> flags() {
  std::vector<Flag> all = evidence_flags();
  for (Flag& flag : all) {
    if (flag.name == "since") flag.help = "events that happened at or after this, as a time or a span before the end";
    if (flag.name == "until") flag.help = "events that happened before this";
  }
  std::vector<Flag> ours = {
      {"event-name", "NAME", "events of this name; as below, \"*\" stands for anything and case does not matter", 0,
       true},
      {"event-id", "ID", "the event of this id", 0, true},
      {"event-source", "SERVICE", "of this service: s3, or s3.amazonaws.com", 0, true},
      {"user-name", "NAME", "of this user, role session or role, or of this ARN", 0, true},
      {"access-key-id", "ID", "by this access key", 0, true},
      {"source-ip", "ADDRESS", "from this address", 0, true},
      {"resource", "NAME", "that name this resource, or one of this type", 0, true},
      {"error-code", "CODE", "that failed so; \"*\": that failed", 0, true},
      {"kind", "KIND", "management, data, insight or network-activity", 0, true},
      {"read-only", "", "events that only read"},
      {"write", "", "events that do more than read"},
      {"event-history", "FILE", "also the events of this LookupEvents answer or console download, marked as such", 0,
       true},
      {"include-unverified", "", "also the events of logs that do not verify, marked as such"},
  };
  for (Flag& flag : event_output_flags()) ours.push_back(std::move(flag));
  all.insert(std::prev(all.end()), ours.begin(), ours.end());
  return all;
}

struct Plan {
  EvidencePlan evidence;
  EventFilter filter;
  EventOutput output;
  std::optional<std::uint64_t> limit;
};

std::optional<UsageError> read_filter(const Arguments& arguments, EventFilter& filter) {
  filter.ids = arguments.all("event-id");
  filter.names = arguments.all("event-name");
  filter.sources = arguments.all("event-source");
  filter.users = arguments.all("user-name");
  filter.access_keys = arguments.all("access-key-id");
  filter.source_ips = arguments.all("source-ip");
  filter.resources = arguments.all("resource");
  filter.errors = arguments.all("error-code");
  for (const std::string& word : arguments.all("kind")) {
    const auto kind = forensics::parse_kind(word);
    if (!kind)
      return UsageError{"--kind is no kind of event: '" + base::printable(word) + "'",
                        "management, data, insight or network-activity"};
    filter.kinds.push_back(*kind);
  }
  if (arguments.has("read-only") && arguments.has("write"))
    return UsageError{"--read-only and --write exclude each other", ""};
  if (arguments.has("read-only")) filter.read_only = true;
  if (arguments.has("write")) filter.read_only = false;
  return std::nullopt;
}

std::optional<UsageError> read_limit(const Arguments& arguments, std::optional<std::uint64_t>& limit) {
  const auto text = arguments.one("limit");
  if (!text) return std::nullopt;
  std::uint64_t number = 0;
  const auto [end, problem] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (problem != std::errc{} || end != text->data() + text->size() || number == 0)
    return UsageError{"--limit is no number of events: '" + base::printable(*text) + "'", ""};
  limit = number;
  return std::nullopt;
}

std::optional<UsageError> read_plan(const Arguments& arguments, Plan& plan) {
  if (auto mistake = read_evidence_plan(arguments, plan.evidence)) return mistake;
  if (auto mistake = read_filter(arguments, plan.filter)) return mistake;
  if (auto mistake = read_limit(arguments, plan.limit)) return mistake;
  if (auto mistake = read_event_output(arguments, plan.output)) return mistake;
  auto& request = plan.evidence.request;
  plan.filter.since = request.since;
  plan.filter.until = request.until;
  if (request.until) *request.until += kDelivery;
  return std::nullopt;
}

// Takes in events from all threads of a run.
class Intake {
 public:
  Intake(const EventFilter& filter, forensics::EventList& list) : filter_(filter), list_(list) {}

  template <class Log>
  void take(const Log& log, std::string_view key) {
    keep(forensics::read_events(log, filter_), key);
  }
  Result<void> take_history(const std::string& path) {
    TRY(const Bytes text, read_file(path, kMaxHistory));
    auto read = forensics::read_event_history(text, path, filter_);
    if (!read) return Error{read.error().code, path + ": " + read.error().message};
    keep(std::move(read), path);
    return {};
  }

  std::uint64_t unreadable = 0;     // records
  std::vector<std::string> unread;  // logs that are no logs, or too large
  std::optional<Error> trouble;     // the list cannot take more

 private:
  void keep(Result<forensics::EventsRead> read, std::string_view name) {
    const std::lock_guard lock(mutex_);
    if (!read) {
      unread.push_back(fmt::format("{}: {}", name, read.error().message));
      return;
    }
    unreadable += read->unreadable;
    if (auto added = list_.add(std::move(read->wanted)); !added && !trouble) trouble = added.error();
  }

  const EventFilter& filter_;
  forensics::EventList& list_;
  std::mutex mutex_;
};

// What the rows are drawn from, and what they do not show.
void state_coverage(const verdict::Verdict& verdict, const Intake& intake, std::uint64_t rows, const Plan& plan,
                    bool with_unverified) {
  std::string text = fmt::format("{} event{}{}; ", rows, rows == 1 ? "" : "s",
                                 plan.limit && rows == *plan.limit ? ", the newest" : "");
  text += fmt::format("{} of {} log files verified", verdict.tally.logs_verified, verdict.tally.logs_listed);
  std::uint64_t hidden = 0;
  std::string why;
  for (const auto& [code, number] : verdict.findings.totals()) {
    const auto& info = verdict::info(code);
    const bool unread = info.slug.starts_with("log.") || code == Code::chain_head_behind_logs;
    if (!unread || code == Code::log_foreign_object) continue;
    hidden += number;
    why += fmt::format("{}{} {}", why.empty() ? "" : ", ", number, info.slug);
  }
  if (hidden > 0)
    text +=
        fmt::format("; {} {}: {}", hidden, with_unverified ? "are marked, or could not be read" : "are hidden", why);
  text += "\n";
  if (hidden > 0 && !with_unverified)
    text += "hint: --include-unverified shows those that can be read, marked as such\n";
  if (intake.unreadable > 0)
    text += fmt::format("{} record{} could not be read\n", intake.unreadable, intake.unreadable == 1 ? "" : "s");
  auto names = intake.unread;
  std::ranges::sort(names);
  if (!names.empty())
    text += fmt::format("no records could be read of {} verified log file{}:\n", names.size(),
                        names.size() == 1 ? "" : "s");
  for (std::size_t i = 0; i < std::min(names.size(), kNamedLogs); ++i) text += "  " + base::printable(names[i]) + "\n";
  text += report::find_format("text")->write(verdict, {.quiet = true});
  std::fputs(text.c_str(), stderr);
}

int run_events(const Arguments& arguments) {
  Plan plan;
  if (const auto mistake = read_plan(arguments, plan))
    return fail(mistake->message, mistake->hint.empty() ? "trailseal events --help" : mistake->hint);
  Evidence evidence(arguments, std::move(plan.evidence));
  if (const auto status = evidence.open()) return *status;
  if (const auto status = evidence.load_trust()) return *status;
  forensics::EventList list({.newest = plan.limit});
  Intake intake(plan.filter, list);
  for (const std::string& path : arguments.all("event-history")) {
    if (const auto taken = intake.take_history(path); !taken)
      return fail("cannot read the event history: " + base::printable(taken.error().message));
  }
  const bool with_unverified = arguments.has("include-unverified");
  evidence.request().verified_log = [&](const auto& log) { intake.take(log, log.listed.key); };
  if (with_unverified) evidence.request().unverified_log = [&](const auto& log) { intake.take(log, log.key); };
  const auto verdict = evidence.verify(true);
  if (!verdict) return fail(base::printable(verdict.error().message), "trailseal-verify(1) describes SOURCE");
  if (intake.trouble) return fail(intake.trouble->message, "the environment variable TMPDIR names another place");
  const auto rows = write_events(list, plan.output);
  if (!rows) return rows.error().message.empty() ? kCouldNotStart : fail(rows.error().message);
  state_coverage(*verdict, intake, *rows, plan, with_unverified);
  const int status = exit_status(verdict->outcome());
  // What could not be shown of verified logs was not shown for reasons of ours.
  const bool incomplete = intake.unreadable > 0 || !intake.unread.empty();
  return status == 0 && incomplete ? exit_status(verdict::Outcome::open) : status;
}

}  // namespace

Command events_command() {
  return {
      "events",
      "Lists the events of logs that verify, newest first, as the console's Event history shows them.",
      "[options] [--keys FILE|DIR] SOURCE...",
      {{"who changed what in the last day of a copy", "trailseal events --keys keys.json --since 24h --write mirror/"},
       {"what one address did, and what failed of it, for a spreadsheet",
        "trailseal events --keys keys.json --source-ip 203.0.113.66 --output csv mirror/"},
       {"with what CloudTrail's event history knows while the trail was stopped",
        "trailseal events --keys keys.json --event-history lookup.json mirror/"}},
      flags(),
      run_events};
}

}  // namespace trailseal::cli
