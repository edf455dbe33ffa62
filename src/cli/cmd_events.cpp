// trailseal events: what the logs that verify tell, as the console's Event history shows it.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iterator>
#include <mutex>
#include <set>

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

  void take(const verify::VerifiedLog& log) {
    keep(forensics::read_events(log, filter_), log.listed.key, verified_);
    const std::lock_guard lock(mutex_);
    ++logs_;
  }
  void take(const verify::UnverifiedLog& log) { keep(forensics::read_events(log, filter_), log.key, others_); }
  // What the request says of accounts and regions selects logs; an export is filtered by it event by event.
  Result<void> take_history(const std::string& path, const verify::Request& request) {
    TRY(const Bytes text, read_file(path, kMaxHistory));
    EventFilter filter = filter_;
    filter.accounts = request.accounts;
    filter.regions = request.regions;
    auto read = forensics::read_event_history(text, path, filter);
    if (!read) return Error{read.error().code, path + ": " + read.error().message};
    keep(std::move(read), path, others_);
    return {};
  }

  // Why rows of logs that verified are missing, in sentences; empty: none is.
  std::string losses(const verdict::Tally& tally) const {
    std::string text = verified_.text("verified");
    if (logs_ < tally.logs_verified)
      text +=
          fmt::format("{} of the verified log files too large to be read for events\n", tally.logs_verified - logs_);
    return text;
  }
  std::string other_losses() const { return others_.text("other"); }
  const std::optional<Error>& trouble() const { return trouble_; }  // the list could not take all

 private:
  struct Unread {
    std::uint64_t records = 0, files = 0;
    std::set<std::string> first;  // of the files, in the order of their names

    std::string text(std::string_view which) const {
      std::string text;
      if (records > 0)
        text += fmt::format("{} record{} of {} files could not be read\n", records, records == 1 ? "" : "s", which);
      if (files > 0)
        text += fmt::format("no record could be read of {} {} log file{}:\n", files, which, files == 1 ? "" : "s");
      for (const std::string& name : first) text += "  " + base::printable(name) + "\n";
      return text;
    }
  };

  void keep(Result<forensics::EventsRead> read, std::string_view name, Unread& unread) {
    const std::lock_guard lock(mutex_);
    if (!read) {
      ++unread.files;
      unread.first.insert(fmt::format("{}: {}", name, read.error().message));
      if (unread.first.size() > kNamedLogs) unread.first.erase(std::prev(unread.first.end()));
      return;
    }
    unread.records += read->unreadable;
    if (auto added = list_.add(std::move(read->wanted)); !added && !trouble_) trouble_ = added.error();
  }

  const EventFilter& filter_;
  forensics::EventList& list_;
  std::mutex mutex_;
  std::uint64_t logs_ = 0;  // verified ones
  Unread verified_, others_;
  std::optional<Error> trouble_;
};

// Which log files give no rows, by the code of the reason.
std::string hidden_logs(const verdict::Verdict& verdict, bool with_unverified) {
  std::uint64_t hidden = 0;
  std::string why;
  for (const auto& [code, number] : verdict.findings.totals()) {
    const bool of_log = verdict::info(code).slug.starts_with("log.") || code == Code::chain_head_behind_logs;
    if (!of_log || code == Code::log_foreign_object) continue;
    hidden += number;
    why += fmt::format("{}{} {}", why.empty() ? "" : ", ", number, verdict::info(code).slug);
  }
  if (hidden == 0) return "\n";
  const char* const be = hidden == 1 ? "is" : "are";
  if (with_unverified) return fmt::format("; {} {} marked, or could not be read: {}\n", hidden, be, why);
  return fmt::format("; {} {} hidden: {}\nhint: --include-unverified shows those that can be read, marked as such\n",
                     hidden, be, why);
}

// What the rows are drawn from, and what they do not show.
void state_coverage(const verdict::Verdict& verdict, const Intake& intake, std::uint64_t rows, const Plan& plan,
                    bool with_unverified) {
  std::string text = fmt::format("{} event{}{}; {} of {} log files verified", rows, rows == 1 ? "" : "s",
                                 plan.limit && rows == *plan.limit ? ", the newest" : "", verdict.tally.logs_verified,
                                 verdict.tally.logs_listed);
  text += hidden_logs(verdict, with_unverified);
  if (plan.filter.until)
    text += fmt::format("events before {} that were delivered in digests from {} on are not shown\n",
                        to_string(*plan.filter.until), to_string(*plan.filter.until + kDelivery));
  text += intake.losses(verdict.tally) + intake.other_losses();
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
    if (const auto taken = intake.take_history(path, evidence.request()); !taken)
      return fail("cannot read the event history: " + base::printable(taken.error().message));
  }
  const bool with_unverified = arguments.has("include-unverified");
  evidence.request().verified_log = [&](const auto& log) { intake.take(log); };
  if (with_unverified) evidence.request().unverified_log = [&](const auto& log) { intake.take(log); };
  const auto verdict = evidence.verify(true);
  if (!verdict) return fail(base::printable(verdict.error().message), "trailseal-verify(1) describes SOURCE");
  if (intake.trouble()) return fail(intake.trouble()->message, "the environment variable TMPDIR names another place");
  const auto rows = write_events(list, plan.output);
  if (!rows) return rows.error().message.empty() ? kCouldNotStart : fail(rows.error().message);
  state_coverage(*verdict, intake, *rows, plan, with_unverified);
  const int status = exit_status(verdict->outcome());
  // Rows that are missing for reasons of ours are an open question, too.
  return status == 0 && !intake.losses(verdict->tally).empty() ? exit_status(verdict::Outcome::open) : status;
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
